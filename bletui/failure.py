"""What went wrong, in the one vocabulary."""
