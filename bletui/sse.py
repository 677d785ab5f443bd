"""text/event-stream bytes to events."""
