"""What bridge and client say to each other, as values and as bytes. `docs/bridge.md` has it for other languages."""
