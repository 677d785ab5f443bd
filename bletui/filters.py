"""The filter language: parse once, match fast."""
