"""From foreign failures to the vocabulary, and from the vocabulary to remedies."""
