"""A backend with its seats, snapshot and sequence numbers."""
