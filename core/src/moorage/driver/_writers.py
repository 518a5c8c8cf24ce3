"""The guard's side of ``writer``: the order of calls, errors and events."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from moorage.driver._protocol import FileWriter
from moorage.errors import WriterStateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver._calls import Call


class _State(Enum):
    OPEN = auto()
    COMMITTED = auto()
    FINISHED = auto()


class GuardedWriter(FileWriter):
    """A driver's writer that is only called in order.

    After ``commit`` only ``close`` is left, after ``close`` or ``cancel`` nothing (closing again does nothing).
    A ``commit`` that raised may be tried again.
    """

    def __init__(self, inner: FileWriter, path: str, driver: str, call: Callable[[str, str], Call]) -> None:
        self._inner = inner
        self._path = path
        self._driver = driver
        self._call = call
        self._state = _State.OPEN
        self._final_size = 0

    @property
    def size(self) -> int:
        """See `FileWriter.size`; it can also be asked of a finished writer."""
        return self._final_size if self._state is _State.FINISHED else self._inner.size

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """See `FileWriter.write`."""
        with self._in_order("write") as call:
            before = self._inner.size
            try:
                return self._inner.write(data)
            finally:
                call.bytes = self._inner.size - before

    def commit(self) -> None:
        """See `FileWriter.commit`."""
        with self._in_order("commit"):
            self._inner.commit()
            self._state = _State.COMMITTED

    def cancel(self) -> None:
        """See `FileWriter.cancel`."""
        with self._in_order("cancel"):
            self._finish()
            self._inner.cancel()

    def close(self) -> None:
        """See `FileWriter.close`."""
        if self._state is not _State.FINISHED:
            with self._call("writer.close", self._path):
                self._finish()
                self._inner.close()

    def _finish(self) -> None:
        self._final_size = self._inner.size
        self._state = _State.FINISHED

    def _in_order(self, method: str) -> Call:
        if self._state is not _State.OPEN:
            done = "committed" if self._state is _State.COMMITTED else "closed or cancelled"
            raise WriterStateError(self._path, f"{method} after the writer was {done}", driver=self._driver)
        return self._call(f"writer.{method}", self._path)
