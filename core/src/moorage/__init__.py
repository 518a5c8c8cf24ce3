"""Moorage: the storage half of a container registry, over pluggable storage drivers."""
