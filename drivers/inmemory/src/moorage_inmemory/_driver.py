"""The in-memory driver itself."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

from moorage.driver import ROOT, Capabilities, FileInfo, StorageDriver, Swept
from moorage.errors import (
    BlobUploadInUseError,
    InvalidOffsetError,
    PathExistsError,
    PathNotFoundError,
)
from moorage_inmemory._store import MemoryStore, StoredFile, Upload
from moorage_inmemory._writer import MemoryWriter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import timedelta

    from moorage.driver import FileWriter

_WALK_BATCH = 1_000
"""Files that ``walk`` takes from the store at once: few enough to hold, many enough that the lock costs nothing."""


class InMemoryDriver(StorageDriver):
    """Content in this process, and only there. The reference for what the protocol means.

    Thread-safe. Every call sees the store at one moment; a walk sees it anew every thousand files.

    Args:
        store: Where content lives; a new store of its own if None. Drivers may share one.
    """

    name = "inmemory"
    capabilities = Capabilities(
        atomic_move=True,
        append_committed=True,
        hidden_until_commit=True,
        create_exclusive=True,
        exclusive_writer=True,
    )

    def __init__(self, store: MemoryStore | None = None) -> None:
        self._store = MemoryStore() if store is None else store

    def stat(self, path: str) -> FileInfo:
        """See `StorageDriver.stat`. A directory has the time of the first file beneath it."""
        store = self._store
        with store.lock:
            file = store.files.get(path)
            if file is not None:
                return FileInfo(path, len(file.content), file.mtime)
            first = store.files.first_beneath(path)
            if first is not None:
                return self._directory(path, first)
        if path == ROOT:
            return FileInfo(ROOT, 0, datetime.now(UTC), is_dir=True)
        raise PathNotFoundError(path)

    def list(self, path: str) -> Iterator[FileInfo]:
        """See `StorageDriver.list`."""
        store = self._store
        skip = len(path) if path == ROOT else len(path) + 1
        found = []
        with store.lock:
            for first in store.files.children(path):
                slash = first.find("/", skip)
                if slash >= 0:
                    found.append(self._directory(first[:slash], first))
                elif (file := store.files.get(first)) is not None:
                    found.append(FileInfo(first, len(file.content), file.mtime))
        if not found and path != ROOT:
            raise PathNotFoundError(path, "there is no such directory")
        # `a-b` is less than `a/`, but greater than `a`.
        found.sort(key=lambda info: info.path)
        return iter(found)

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        """See `StorageDriver.walk`."""
        store = self._store
        with store.lock:
            if path != ROOT and store.files.first_beneath(path) is None:
                raise PathNotFoundError(path, "there is no such directory")
        return self._walk(path, start_after or "")

    def _walk(self, path: str, after: str) -> Iterator[FileInfo]:
        while True:
            with self._store.lock:
                batch = self._store.files.beneath(path, after, _WALK_BATCH)
            for name, file in batch:
                yield FileInfo(name, len(file.content), file.mtime)
            if len(batch) < _WALK_BATCH:
                return
            after = batch[-1][0]

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        """See `StorageDriver.read_stream`. The stream shares the stored bytes and can seek."""
        content = self.get_content(path)
        if not 0 <= offset <= len(content):
            raise InvalidOffsetError(path, f"offset {offset} of {len(content)} bytes", offset=offset)
        stream = BytesIO(content)
        stream.seek(offset)
        return stream

    def get_content(self, path: str) -> bytes:
        """See `StorageDriver.get_content`."""
        with self._store.lock:
            file = self._store.files.get(path)
        if file is None:
            raise PathNotFoundError(path)
        return file.content

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:  # noqa: ARG002  # nothing in memory is durable
        """See `StorageDriver.put_content`."""
        file = StoredFile(bytes(content), datetime.now(UTC))
        with self._store.lock:
            self._store.refuse_conflict(path)
            self._store.files.set(path, file)

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        """See `StorageDriver.create_content`."""
        file = StoredFile(bytes(content), datetime.now(UTC))
        with self._store.lock:
            if path in self._store.files:
                raise PathExistsError(path)
            self._store.refuse_conflict(path)
            self._store.files.set(path, file)

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        """See `StorageDriver.writer`."""
        store = self._store
        with store.lock:
            if path in store.held:
                raise BlobUploadInUseError(path)
            upload = store.uploads.get(path) if append else Upload()
            if upload is None:
                committed = store.files.get(path)
                if committed is None:
                    raise PathNotFoundError(path, "there is nothing to append to")
                upload = Upload(base=committed.content)
            store.refuse_conflict(path)
            store.uploads.set(path, upload)
            store.held.add(path)
        return MemoryWriter(store, path, upload)

    def move(self, source: str, destination: str) -> None:
        """See `StorageDriver.move`."""
        files = self._store.files
        with self._store.lock:
            file = files.get(source)
            if file is None:
                raise PathNotFoundError(source)
            self._store.refuse_conflict(destination)
            files.set(destination, file)
            files.pop(source)

    def delete(self, path: str) -> None:
        """See `StorageDriver.delete`. A writer that was at work beneath it is told at its next call."""
        store = self._store
        found = False
        with store.lock:
            for paths in (store.files, store.uploads):
                for gone in [path, *(beneath for beneath, _ in paths.beneath(path))]:
                    found = paths.pop(gone) is not None or found
        if not found:
            raise PathNotFoundError(path)

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        """See `StorageDriver.sweep_incomplete`. An upload that an open writer holds is spared."""
        spared = frozenset(keep)
        newest = monotonic() - older_than.total_seconds()
        uploads = self._store.uploads
        with self._store.lock:
            spared |= self._store.held
            at = uploads.get(prefix)
            found = uploads.beneath(prefix) if at is None else [(prefix, at), *uploads.beneath(prefix)]
            swept = [path for path, upload in found if upload.changed <= newest and path not in spared]
            for path in swept:
                uploads.pop(path)
        return [Swept(path, "unfinished upload") for path in swept]

    def _directory(self, path: str, first: str) -> FileInfo:
        file = self._store.files.get(first)
        mtime = datetime.now(UTC) if file is None else file.mtime
        return FileInfo(path, 0, mtime, is_dir=True)
