"""Widgets that paint lines of spans, and repaint no more than what changed."""
