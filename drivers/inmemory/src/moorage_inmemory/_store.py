"""Where content lives: committed files, unfinished uploads, and who holds which path."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from moorage.driver import ROOT, split_path
from moorage.errors import PathConflictError
from moorage_inmemory._pathmap import PathMap

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Committed content. It is never changed, only replaced, so readers need no lock once they have it."""

    content: bytes
    mtime: datetime


@dataclass(slots=True, eq=False)
class Upload:
    """What writers of one path accepted and nobody committed.

    Attributes:
        base: Committed content that the upload goes on after; shared until the first write copies it.
        tail: What was written: all of the upload once ``base`` was copied into it.
        changed: When it last changed, by the monotonic clock, in seconds.
    """

    base: bytes = b""
    tail: bytearray = field(default_factory=bytearray)
    changed: float = field(default_factory=monotonic)

    @property
    def size(self) -> int:
        """Bytes accepted so far."""
        return len(self.base) + len(self.tail)

    def append(self, data: bytes | bytearray | memoryview) -> None:
        """Accept ``data``, in time linear in its length (but for the one copy of ``base``)."""
        if self.base:
            self.tail = bytearray(self.base)
            self.base = b""
        self.tail += data
        self.changed = monotonic()

    def content(self) -> bytes:
        """Return all of it."""
        return self.base or bytes(self.tail)


class MemoryStore:
    """The content that one or more in-memory drivers share. All state is used under ``lock``.

    Attributes:
        lock: Held around every use of the other attributes, never while user code runs.
        files: Committed content by path.
        uploads: Unfinished uploads by path.
        held: The paths that an open writer holds.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.files: PathMap[StoredFile] = PathMap()
        self.uploads: PathMap[Upload] = PathMap()
        self.held: set[str] = set()

    def refuse_conflict(self, path: str) -> None:
        """Check that content may stand at ``path``.

        Raises:
            PathConflictError: A directory stands there, or a file above it.
        """
        if self.files.first_beneath(path) is not None:
            raise PathConflictError(path, "it is a directory")
        parent, _ = split_path(path)
        while parent != ROOT:
            if parent in self.files:
                raise PathConflictError(path, f"{parent} is a file")
            parent, _ = split_path(parent)


_stores: dict[str, MemoryStore] = {}
_stores_lock = Lock()


def shared_store(name: str) -> MemoryStore:
    """Return the store that this process keeps under ``name``, made when first asked for. Thread-safe."""
    with _stores_lock:
        return _stores.setdefault(name, MemoryStore())
