"""The target string, parsed to a frozen value."""
