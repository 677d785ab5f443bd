"""One or more radios joined to one store."""
