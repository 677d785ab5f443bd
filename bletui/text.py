"""Hostile text made visible; the only door for strings from outside."""
