"""The guard: what is the same for every driver is done once, around it.

It validates paths, checks the order of a writer's calls, stamps the driver's name and path into errors, turns
stray `OSError` into Moorage's own, bounds how many calls are at work at once, and emits one event per call.
So a driver is only its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from moorage.driver._calls import Call, Slots, Steps
from moorage.driver._paths import ROOT, is_beneath, validate_path
from moorage.driver._protocol import FileInfo, FileWriter, StorageDriver, Swept
from moorage.driver._streams import GuardedStream
from moorage.driver._writers import GuardedWriter
from moorage.errors import InvalidOffsetError, InvalidPathError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import timedelta

    from moorage.driver._events import EventSink


class GuardedDriver(StorageDriver):
    """A driver inside its guard; what `guard` returns. As thread-safe as the driver inside must be."""

    def __init__(self, inner: StorageDriver, *, maxthreads: int, on_event: EventSink | None) -> None:
        self.name = inner.name  # type: ignore[misc]  # a ClassVar of drivers; the guard takes its driver's
        self.capabilities = inner.capabilities
        self._inner = inner
        self._slots = Slots(maxthreads)
        self._on_event = on_event

    def _call(self, operation: str, path: str) -> Call:
        return Call(self.name, operation, path, self._slots, self._on_event)

    def _steps(self, operation: str, path: str) -> Steps:
        return Steps(self.name, operation, path, self._slots, self._on_event)

    def _valid(self, path: str) -> str:
        try:
            return validate_path(path)
        except InvalidPathError as error:
            error.driver = self.name
            raise

    def _valid_file(self, path: str) -> str:
        if self._valid(path) == ROOT:
            raise InvalidPathError(path, "the root is a directory", driver=self.name)
        return path

    def stat(self, path: str) -> FileInfo:
        """See `StorageDriver.stat`."""
        with self._call("stat", self._valid(path)):
            return self._inner.stat(path)

    def list(self, path: str) -> Iterator[FileInfo]:
        """See `StorageDriver.list`."""
        self._valid(path)
        return self._listing("list", path, lambda: self._inner.list(path))

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        """See `StorageDriver.walk`."""
        self._valid(path)
        if start_after is not None:
            self._valid(start_after)
        return self._listing("walk", path, lambda: self._inner.walk(path, start_after))

    def _listing(self, operation: str, path: str, begin: Callable[[], Iterator[FileInfo]]) -> Iterator[FileInfo]:
        call = self._steps(operation, path)
        try:
            with call:
                entries = begin()
            while True:
                with call:
                    entry = next(entries, None)
                if entry is None:
                    return
                yield entry
        finally:
            call.finish()

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        """See `StorageDriver.read_stream`."""
        self._valid_file(path)
        if offset < 0:
            raise InvalidOffsetError(path, offset=offset, driver=self.name)
        call = self._steps("read_stream", path)
        try:
            with call:
                stream = self._inner.read_stream(path, offset)
        except BaseException:
            call.finish()
            raise
        return cast("BinaryIO", GuardedStream(stream, call))

    def get_content(self, path: str) -> bytes:
        """See `StorageDriver.get_content`."""
        with self._call("get_content", self._valid_file(path)) as call:
            content = self._inner.get_content(path)
            call.bytes = len(content)
            return content

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        """See `StorageDriver.put_content`."""
        with self._call("put_content", self._valid_file(path)) as call:
            self._inner.put_content(path, content, durable=durable)
            call.bytes = memoryview(content).nbytes

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        """See `StorageDriver.create_content`."""
        with self._call("create_content", self._valid_file(path)) as call:
            self._inner.create_content(path, content)
            call.bytes = memoryview(content).nbytes

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        """See `StorageDriver.writer`."""
        with self._call("writer", self._valid_file(path)):
            return GuardedWriter(self._inner.writer(path, append=append), path, self.name, self._call)

    def move(self, source: str, destination: str) -> None:
        """See `StorageDriver.move`. A path and its own ancestor cannot be source and destination."""
        self._valid_file(source)
        self._valid_file(destination)
        if is_beneath(source, destination) or is_beneath(destination, source):
            raise InvalidPathError(source, f"cannot be moved to {destination}", driver=self.name)
        with self._call("move", source):
            if source == destination:
                if self._inner.stat(source).is_dir:
                    raise PathNotFoundError(source, "a directory has no content to move")
                return
            self._inner.move(source, destination)

    def delete(self, path: str) -> None:
        """See `StorageDriver.delete`. The root itself cannot be deleted."""
        with self._call("delete", self._valid_file(path)):
            self._inner.delete(path)

    def redirect_url(self, path: str, method: Literal["GET", "HEAD"], expires: timedelta) -> str:
        """See `StorageDriver.redirect_url`."""
        with self._call("redirect_url", self._valid_file(path)):
            return self._inner.redirect_url(path, method, expires)

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        """See `StorageDriver.sweep_incomplete`."""
        with self._call("sweep_incomplete", self._valid(prefix)):
            return self._inner.sweep_incomplete(prefix, older_than, keep)

    def close(self) -> None:
        """See `StorageDriver.close`."""
        with self._call("close", ""):
            self._inner.close()


def guard(driver: StorageDriver, *, maxthreads: int = 100, on_event: EventSink | None = None) -> GuardedDriver:
    """Put ``driver`` in its guard; a driver that is guarded already is returned as it is.

    Args:
        driver: The driver.
        maxthreads: Calls that may be inside the driver at once; more wait.
        on_event: Called after each call with its `DriverEvent`, in the caller's thread. It must not raise.
    """
    if isinstance(driver, GuardedDriver):
        return driver
    return GuardedDriver(driver, maxthreads=maxthreads, on_event=on_event)
