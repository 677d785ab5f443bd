"""Values to msgpack records and back."""
