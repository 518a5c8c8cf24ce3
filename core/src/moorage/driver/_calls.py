"""One call of a driver: its slot, its time, its bytes, its error, its event."""

from __future__ import annotations

from queue import SimpleQueue
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Self

from moorage.driver._events import DriverEvent
from moorage.driver._oserror import from_oserror
from moorage.errors import DriverError

if TYPE_CHECKING:
    from types import TracebackType

    from moorage.driver._events import EventSink


class Slots:
    """The calls that may be at work at once. A queue of tokens: unlike a semaphore's, its waiting is all C."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._free.put(None)
        self.acquire = self._free.get
        self.release = self._free.put


class Steps:
    """A call of many steps, each a ``with`` block: it holds a slot, is timed, and lets only Moorage's errors out.

    No slot is held between two steps (of a stream, or a listing): the caller may well call the driver again in
    between, which would deadlock at ``maxthreads: 1``. Whoever makes one calls `finish` in the end.

    Attributes:
        bytes: Content bytes so far; whoever moves them counts them here.
    """

    __slots__ = ("_driver", "_error", "_on_event", "_operation", "_path", "_seconds", "_slots", "_started", "bytes")

    def __init__(self, driver: str, operation: str, path: str, slots: Slots, on_event: EventSink | None) -> None:
        self.bytes = 0
        self._driver = driver
        self._operation = operation
        self._path = path
        self._slots = slots
        self._on_event = on_event
        self._seconds = 0.0
        self._started = 0.0
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        """Take a slot."""
        self._slots.acquire()
        self._started = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """Give the slot back, and stamp driver and path into what was raised."""
        self._seconds += perf_counter() - self._started
        self._slots.release(None)
        if error is None:
            return False
        if isinstance(error, OSError) and not isinstance(error, DriverError):
            self._error = raised = from_oserror(error, self._path)
            raised.driver = self._driver
            raise raised from error
        self._error = error
        if isinstance(error, DriverError):
            error.driver = error.driver or self._driver
            error.path = error.path or self._path
        return False

    def finish(self) -> None:
        """Emit the event."""
        if self._on_event is not None:
            self._on_event(
                DriverEvent(self._driver, self._operation, self._path, self.bytes, self._seconds, self._error)
            )


class Call(Steps):
    """A call of one step, whose event is emitted when the ``with`` block ends."""

    __slots__ = ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """End the step and emit the event."""
        try:
            return super().__exit__(kind, error, trace)
        finally:
            self.finish()
