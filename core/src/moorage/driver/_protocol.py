"""The storage-driver protocol: what a backend must do so that images can be trusted to it.

The semantics come from Distribution's ``storagedriver.StorageDriver``; where that leaves behaviour open, it is
decided here, and `moorage_conformance` tests it. All methods are synchronous and may be called from many
threads at once. Paths were validated by the guard that core puts around every driver: a driver need not check
them again, but it must never let one lead out of its root.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Literal, Self

from moorage.driver._capabilities import Capabilities
from moorage.errors import PathNotFoundError, UnsupportedMethodError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime, timedelta
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What ``stat``, ``list`` and ``walk`` tell of a path.

    Attributes:
        path: The full driver path.
        size: Size of the content in bytes; 0 for a directory.
        mtime: Time of the last change, aware, in UTC. For a directory it may be any time not in the future.
        is_dir: Whether this is a directory, that is, whether something lies beneath it.
    """

    path: str
    size: int
    mtime: datetime
    is_dir: bool = False


@dataclass(frozen=True, slots=True)
class Swept:
    """One leftover that ``sweep_incomplete`` removed.

    Attributes:
        path: The path that the leftover belonged to; what the driver keeps for itself, in the driver's own terms.
        kind: What it was, for people: ``temporary file``, ``multipart upload``, ``uncommitted blocks``.
    """

    path: str
    kind: str


class FileWriter(ABC):
    """Writes one file, piece by piece, possibly by several processes after one another.

    One thread at a time uses a writer. As a context manager it closes on exit and never commits: content that
    nobody committed must not become readable because of an exception.

    The guard enforces the order of calls: any number of ``write``; then one of ``close``, ``cancel``, or
    ``commit`` followed by ``close``. A driver is never called out of that order.
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """All bytes accepted so far, buffered ones and those of earlier writers of this upload included."""

    @abstractmethod
    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Accept all of ``data`` and return its length in bytes.

        The caller may reuse the buffer when the call returns. When it raises, ``size`` says how much was
        accepted (a prefix of ``data``, possibly nothing), and the writer can still be used.

        Raises:
            StorageFullError: No room is left; once there is, writing can go on.
        """

    @abstractmethod
    def commit(self) -> None:
        """Make everything that was accepted the content of the path, readable by all.

        A hold on the path (``exclusive_writer``) lasts until ``close``, so that the caller can move the
        content to its place before another writer gets at it.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Drop the upload and leave nothing behind: no file, no multipart upload, no block."""

    @abstractmethod
    def close(self) -> None:
        """Release the writer. Without a commit, first flush, so that another process can append to it."""

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened; never commit."""
        self.close()


class StorageDriver(ABC):
    """A backend. Subclass it, implement the eight required methods, and prove it with `moorage_conformance`.

    Attributes:
        name: The driver's name, as configuration spells it.
        capabilities: What this instance promises beyond the required methods.
    """

    name: ClassVar[str]
    capabilities: Capabilities = Capabilities()

    @abstractmethod
    def stat(self, path: str) -> FileInfo:
        """Describe what is at ``path``.

        A directory exists exactly when something lies beneath it, component-wise: ``/a/bc`` does not make
        ``/a/b`` exist. (A file system may also show directories that have become empty.)

        Raises:
            PathNotFoundError: Nothing is there.
        """

    @abstractmethod
    def list(self, path: str) -> Iterator[FileInfo]:
        """Yield the direct children of a directory, sorted by name, complete past any page size of the backend.

        The root can always be listed. A missing path, or a file, is reported before the first child is yielded.

        Raises:
            PathNotFoundError: There is no such directory.
        """

    @abstractmethod
    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        """Open the content from ``offset`` (bytes) on, as a binary file that the caller closes.

        It has ``read`` and ``readinto``. An offset equal to the size gives an empty stream.

        Raises:
            PathNotFoundError: No content is there (a directory has none).
            InvalidOffsetError: The offset is negative or beyond the end.
        """

    @abstractmethod
    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        """Store ``content`` (small: a link, a manifest, a small blob) as the whole content of ``path``.

        It replaces atomically: a reader at any moment, and whatever fails, sees the old bytes or the new,
        never a mixture or an empty file. Parents need not exist.

        Args:
            path: Where to store it.
            content: All of it.
            durable: False lets the driver answer before the content would survive a power cut, for what only
                saves work (the state of an upload). Atomicity holds all the same.

        Raises:
            PathConflictError: The backend has real directories, and one stands at ``path``, or a file above it.
            StorageFullError: No room is left; the old content, if any, is unchanged.
        """

    @abstractmethod
    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        """Open a writer on ``path``: a new upload, or with ``append`` the one that another writer closed.

        Without ``append`` an earlier upload on the path that was never committed is replaced.

        Raises:
            PathNotFoundError: ``append``, and nothing was begun at ``path``.
            BlobUploadInUseError: Another writer holds the path (where the driver is an ``exclusive_writer``).
            UnsupportedMethodError: ``append`` to committed, non-empty content without ``append_committed``.
            PathConflictError: As in ``put_content``.
        """

    @abstractmethod
    def move(self, source: str, destination: str) -> None:
        """Move the content of a file, replacing what ``destination`` had; afterwards ``source`` is gone.

        Interrupted, it can be run again as long as ``source`` is there; ``destination`` never shows a part.

        Raises:
            PathNotFoundError: ``source`` has no content, whether or not ``destination`` has.
        """

    @abstractmethod
    def delete(self, path: str) -> None:
        """Delete a file, or a directory and all beneath it, incomplete uploads included.

        ``/a/b`` never touches ``/a/bc``.

        Raises:
            PathNotFoundError: Nothing is there, not even an incomplete upload.
        """

    def get_content(self, path: str) -> bytes:
        """Return the whole content of a small file.

        Raises:
            PathNotFoundError: No content is there.
        """
        with self.read_stream(path) as stream:
            return stream.read()

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        """Store ``content`` as ``put_content`` does, durably, but only if the path has no content.

        Needs the capability ``create_exclusive``: of many callers at once, exactly one succeeds.

        Raises:
            PathExistsError: The path has content; it is unchanged.
            UnsupportedMethodError: The driver lacks the capability.
        """
        raise UnsupportedMethodError(path, method="create_content")

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        """Yield the files beneath a directory in byte order of their full paths, streaming.

        So an object store streams its own listing; a file system sorts a directory as if its name ended in a
        slash. Directories are not yielded. A missing path is reported before the first file is yielded.

        Args:
            path: The directory.
            start_after: Yield only paths greater than this one, which need not exist.

        Raises:
            PathNotFoundError: There is no such directory.
        """
        children = [(i.path + "/" if i.is_dir else i.path, i) for i in self.list(path)]
        children.sort(key=itemgetter(0))
        return _walk_children(self, children, start_after)

    def redirect_url(self, path: str, method: Literal["GET", "HEAD"], expires: timedelta) -> str:
        """Return a URL that serves the content to a client without credentials of its own, until it expires.

        Raises:
            UnsupportedMethodError: The driver lacks the capability ``redirect``.
            PathNotFoundError: May be raised when no content is there; a driver need not ask.
        """
        raise UnsupportedMethodError(path, method="redirect_url")

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        """Remove what crashed writers left beneath ``prefix``: multipart uploads, temporary files, blocks.

        Args:
            prefix: A directory; what lies at or beneath it is swept.
            older_than: Spare what changed more recently than this.
            keep: Paths of uploads that live, which only the caller knows; they are spared.

        Returns:
            What was removed. A driver that leaves nothing behind has nothing to remove.
        """
        return ()

    def close(self) -> None:
        """Release connections and threads. The driver is not used afterwards."""


def _walk_children(
    driver: StorageDriver, children: list[tuple[str, FileInfo]], start_after: str | None
) -> Iterator[FileInfo]:
    after = start_after or ""  # paths are ASCII, so the order of str is the byte order
    for key, info in children:
        if not info.is_dir:
            if key > after:
                yield info
        elif key > after or after.startswith(key):
            try:
                yield from driver.walk(info.path, start_after)
            except PathNotFoundError:
                continue  # deleted, or emptied, since it was listed
