"""Radios served to others."""
