"""Drivers around drivers: every call goes through one place, where a subclass can change it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeVar

from moorage.driver import ROOT, FileInfo, FileWriter, StorageDriver, Swept

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import timedelta

T = TypeVar("T")


class WrappingDriver(StorageDriver):
    """Passes every call on to another driver. As thread-safe as that one.

    Args:
        inner: The driver that does the work.
    """

    def __init__(self, inner: StorageDriver) -> None:
        self.name = inner.name  # type: ignore[misc]  # a ClassVar of drivers; the wrapper takes its driver's
        self.capabilities = inner.capabilities
        self._inner = inner

    def run(self, call: Callable[[], T], path: str) -> T:  # noqa: ARG002  # subclasses read the path
        """Make one call of the inner driver, about ``path``."""
        return call()

    def to_inner(self, path: str) -> str:
        """Return what the inner driver calls ``path``."""
        return path

    def from_inner(self, path: str) -> str:
        """Return what the caller calls the inner driver's ``path``."""
        return path

    def stat(self, path: str) -> FileInfo:
        """See `StorageDriver.stat`."""
        return self._outside(self.run(lambda: self._inner.stat(self.to_inner(path)), path))

    def list(self, path: str) -> Iterator[FileInfo]:
        """See `StorageDriver.list`."""
        return map(self._outside, self.run(lambda: self._inner.list(self.to_inner(path)), path))

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        """See `StorageDriver.walk`."""
        after = None if start_after is None else self.to_inner(start_after)
        return map(self._outside, self.run(lambda: self._inner.walk(self.to_inner(path), after), path))

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        """See `StorageDriver.read_stream`."""
        return self.run(lambda: self._inner.read_stream(self.to_inner(path), offset), path)

    def get_content(self, path: str) -> bytes:
        """See `StorageDriver.get_content`."""
        return self.run(lambda: self._inner.get_content(self.to_inner(path)), path)

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        """See `StorageDriver.put_content`."""
        self.run(lambda: self._inner.put_content(self.to_inner(path), content, durable=durable), path)

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        """See `StorageDriver.create_content`."""
        self.run(lambda: self._inner.create_content(self.to_inner(path), content), path)

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        """See `StorageDriver.writer`."""
        inner = self.run(lambda: self._inner.writer(self.to_inner(path), append=append), path)
        return WrappingWriter(self, inner, path)

    def move(self, source: str, destination: str) -> None:
        """See `StorageDriver.move`."""
        self.run(lambda: self._inner.move(self.to_inner(source), self.to_inner(destination)), source)

    def delete(self, path: str) -> None:
        """See `StorageDriver.delete`."""
        self.run(lambda: self._inner.delete(self.to_inner(path)), path)

    def redirect_url(self, path: str, method: Literal["GET", "HEAD"], expires: timedelta) -> str:
        """See `StorageDriver.redirect_url`."""
        return self.run(lambda: self._inner.redirect_url(self.to_inner(path), method, expires), path)

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        """See `StorageDriver.sweep_incomplete`."""
        kept = [self.to_inner(path) for path in keep]
        swept = self.run(lambda: self._inner.sweep_incomplete(self.to_inner(prefix), older_than, kept), prefix)
        return [replace(item, path=self.from_inner(item.path)) for item in swept]

    def _outside(self, info: FileInfo) -> FileInfo:
        return replace(info, path=self.from_inner(info.path))


class WrappingWriter(FileWriter):
    """The writer of a `WrappingDriver`."""

    def __init__(self, driver: WrappingDriver, inner: FileWriter, path: str) -> None:
        self._driver = driver
        self._inner = inner
        self._path = path

    @property
    def size(self) -> int:
        """See `FileWriter.size`."""
        return self._inner.size

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """See `FileWriter.write`."""
        return self._driver.run(lambda: self._inner.write(data), self._path)

    def commit(self) -> None:
        """See `FileWriter.commit`."""
        self._driver.run(self._inner.commit, self._path)

    def cancel(self) -> None:
        """See `FileWriter.cancel`."""
        try:
            self._driver.run(self._inner.cancel, self._path)
        finally:
            self._inner.close()  # where the call was not let through, a dying process would release it

    def close(self) -> None:
        """See `FileWriter.close`."""
        try:
            self._driver.run(self._inner.close, self._path)
        finally:
            self._inner.close()


class RootedDriver(WrappingDriver):
    """A directory of another driver, as if it were all there is: the kit works in its own corner of a backend.

    Args:
        inner: The driver; it must be guarded.
        directory: The directory, which need not exist.
    """

    def __init__(self, inner: StorageDriver, directory: str) -> None:
        super().__init__(inner)
        self._directory = directory

    def to_inner(self, path: str) -> str:
        """Put the directory in front."""
        return self._directory if path == ROOT else self._directory + path

    def from_inner(self, path: str) -> str:
        """Take the directory away."""
        return path.removeprefix(self._directory) or ROOT
