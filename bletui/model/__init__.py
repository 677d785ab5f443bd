"""The values that everything is built on."""
