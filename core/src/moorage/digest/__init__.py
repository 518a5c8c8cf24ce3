"""Digests, and digesters whose state can be stored and resumed in Go's form."""
