"""Doubles and checks that plug-in authors need too."""
