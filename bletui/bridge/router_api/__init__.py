"""The Cassia router's HTTP and SSE API over any radio: software written for the router runs against this machine."""
