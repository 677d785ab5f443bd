"""What the bytes on the air mean."""
