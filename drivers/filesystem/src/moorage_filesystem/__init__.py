"""Moorage's filesystem driver: durable, confined to its root, safe between processes."""

from moorage_filesystem._driver import FilesystemDriver
from moorage_filesystem._parameters import FilesystemParameters

__all__ = ["FilesystemDriver", "FilesystemParameters"]
