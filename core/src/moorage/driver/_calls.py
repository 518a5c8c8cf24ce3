"""One call of a driver: its slot, its time, its bytes, its error, its event."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from moorage.driver._events import DriverEvent
from moorage.driver._oserror import from_oserror
from moorage.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import BoundedSemaphore

    from moorage.driver._events import EventSink


class Call:
    """A call, of one step or (a stream, a listing) of many; a slot is held during a step, never between two.

    Between two steps the caller may well call the driver again, so holding on would deadlock at ``maxthreads: 1``.
    """

    __slots__ = ("_driver", "_on_event", "_operation", "_path", "_slots", "bytes", "error", "seconds")

    def __init__(
        self, driver: str, operation: str, path: str, slots: BoundedSemaphore, on_event: EventSink | None
    ) -> None:
        self._driver = driver
        self._operation = operation
        self._path = path
        self._slots = slots
        self._on_event = on_event
        self.bytes = 0
        self.seconds = 0.0
        self.error: BaseException | None = None

    @contextmanager
    def step(self) -> Iterator[None]:
        """Hold a slot, take the time, and let only Moorage's errors out, stamped with driver and path."""
        with self._slots:
            started = perf_counter()
            try:
                yield
            except DriverError as error:
                self.error = error
                error.driver = error.driver or self._driver
                error.path = error.path or self._path
                raise
            except OSError as error:
                raised = self.error = from_oserror(error, self._path)
                raised.driver = self._driver
                raise raised from error
            except BaseException as error:
                self.error = error
                raise
            finally:
                self.seconds += perf_counter() - started

    def finish(self) -> None:
        """Emit the event."""
        if self._on_event is not None:
            self._on_event(DriverEvent(self._driver, self._operation, self._path, self.bytes, self.seconds, self.error))
