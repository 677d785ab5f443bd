"""Built-in backends; found through entry points, never named from above."""
