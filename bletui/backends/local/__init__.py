"""The adapter of this machine, through bleak."""
