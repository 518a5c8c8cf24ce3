"""The engine of last resort: Python's own hashlib, which cannot export its state."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from moorage.digest._state import HashState


class _Hasher:
    __slots__ = ("_hash",)

    def __init__(self, running: hashlib._Hash) -> None:
        self._hash = running

    def update(self, data: bytes | memoryview, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.digest()

    def copy(self) -> _Hasher:
        return _Hasher(self._hash.copy())

    def export(self) -> None:
        return None


class _Engine:
    resumable: Final = False

    def new(self, algorithm: str, /) -> _Hasher:
        return _Hasher(hashlib.new(algorithm, usedforsecurity=False))

    def restore(self, _state: HashState, /) -> None:
        return None


def load() -> _Engine:
    """Return the engine; it always loads."""
    return _Engine()
