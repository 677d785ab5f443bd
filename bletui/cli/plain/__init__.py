"""Plain mode: one line for each change, commands typed at a prompt; for serial consoles, screen readers and pipes."""
