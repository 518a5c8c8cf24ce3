"""The in-memory reference driver: process-local, thread-safe, and to the letter of the protocol."""

from moorage_inmemory._driver import InMemoryDriver
from moorage_inmemory._parameters import InMemoryParameters
from moorage_inmemory._store import MemoryStore, shared_store

__all__ = ["InMemoryDriver", "InMemoryParameters", "MemoryStore", "shared_store"]
