"""From foreign failures to the vocabulary, and from the vocabulary to remedies."""

from bletui.errors.classify import Context, classify
from bletui.errors.native import Native

__all__ = ["Context", "Native", "classify"]
