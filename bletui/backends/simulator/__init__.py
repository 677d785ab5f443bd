"""A seeded site of devices that broadcast recorded payloads."""
