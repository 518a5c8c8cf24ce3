"""The digests of an upload, kept in step with its file: while a piece is written, another thread hashes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from moorage.digest import CANONICAL, Digester

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from moorage.digest import Digest

OVERLAP = 128 << 10
"""Bytes from which on handing a piece to the other thread is cheaper than waiting for its hash."""


class UploadHasher:
    """Digesters of one or more algorithms, the canonical one among them, always at the same offset.

    Pieces are hashed in the order in which they are fed. A piece that the file accepted only in part is taken
    back with `keep_of_last`. Used by one thread at a time.

    Args:
        digesters: One for each algorithm, all at one offset.
        whole: Whether they saw every byte in this process. Otherwise they were restored from stored states, and
            a stored state may be damaged.
    """

    def __init__(self, digesters: dict[str, Digester], *, whole: bool) -> None:
        self.whole = whole
        self._digesters = digesters
        self._before = digesters
        self._last: memoryview = memoryview(b"")
        self._pool: ThreadPoolExecutor | None = None
        self._queue: list[Future[None]] = []

    @classmethod
    def new(cls, algorithms: Iterable[str] = ()) -> UploadHasher:
        """Return a hasher at offset 0, of the canonical algorithm and the given ones."""
        return cls({name: Digester(name) for name in dict.fromkeys((CANONICAL, *algorithms))}, whole=True)

    def feed(self, piece: memoryview) -> None:
        """Hash ``piece``; if it is large, perhaps later: it must not change before `settle` returns."""
        self._last = piece
        if len(piece) < OVERLAP and not self._queue:
            self._update(piece)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="moorage-hash")
        self._queue.append(self._pool.submit(self._update, piece))

    def _update(self, piece: memoryview) -> None:
        self._before = {name: digester.copy() for name, digester in self._digesters.items()}
        for digester in self._digesters.values():
            digester.update(piece)

    def settle(self, *, leave: int = 0) -> None:
        """Wait until at most ``leave`` fed pieces are not hashed yet; the buffers of the others can be reused."""
        while len(self._queue) > leave:
            self._queue[0].result()
            del self._queue[0]  # only now: an interrupt while waiting must not lose sight of a piece in work

    def keep_of_last(self, accepted: int) -> None:
        """Take the last piece back, but for its first ``accepted`` bytes."""
        self.settle()
        self._digesters = self._before
        self._update(self._last[:accepted])

    def digest(self, algorithm: str = CANONICAL) -> Digest | None:
        """Return the digest of all that was fed, None for an algorithm that is not hashed."""
        self.settle()
        digester = self._digesters.get(algorithm)
        return digester.digest() if digester else None

    def states(self) -> dict[str, bytes]:
        """Return the state of each digester in its stored form; empty where the engine cannot export any."""
        self.settle()
        states = {name: digester.state() for name, digester in self._digesters.items()}
        return {name: state for name, state in states.items() if state is not None}

    def close(self) -> None:
        """End the thread, once it has hashed what was fed."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
