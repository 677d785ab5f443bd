"""Advertisements merged into one row per device."""
