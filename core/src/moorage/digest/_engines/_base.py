"""What an engine provides. Each engine module has a ``load() -> Engine`` that raises if it cannot work here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from moorage.digest._state import HashState


class Hasher(Protocol):
    """One hash in progress. One thread at a time."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Hash ``data``; a memoryview is contiguous, of format ``B``, and not empty."""

    def digest(self) -> bytes:
        """Return the digest so far, without finishing the hash."""

    def copy(self) -> Self:
        """Return an independent hash in the same state."""

    def export(self) -> HashState | None:
        """Return the state, or None if the engine is not `Engine.resumable`."""


class Engine(Protocol):
    """A library that hashes sha256 and sha512. Any thread may call it."""

    @property
    def resumable(self) -> bool:
        """Whether states can be exported and restored."""

    def new(self, algorithm: str, /) -> Hasher:
        """Begin a hash."""

    def restore(self, state: HashState, /) -> Hasher | None:
        """Resume a hash, or return None if the engine is not `resumable`."""
