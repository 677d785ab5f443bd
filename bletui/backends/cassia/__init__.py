"""A Cassia Bluetooth router over HTTP and server-sent events."""
