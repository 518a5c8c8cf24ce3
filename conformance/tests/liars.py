"""Drivers that lie, each about one thing, and honest ones of several kinds.

This module is not collected by itself: `test_liars` runs it and reads the report. Each liar names the clause that must
find it out, and is put to that clause alone; an honest driver names none, and is put to all.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Literal

import pytest
from hypothesis import Phase, settings

from moorage.driver import Capabilities, FileInfo, FileWriter, StorageDriver, Swept
from moorage.errors import InvalidOffsetError, PathExistsError, PathNotFoundError, UnsupportedMethodError
from moorage_conformance import DriverConformance, Profile, clauses_of
from moorage_inmemory import InMemoryDriver, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import timedelta

# What counts is that a liar is found, not the shortest story of how; and that it is found in every run.
settings.register_profile("liars", phases=[Phase.generate], derandomize=True)
settings.load_profile("liars")

SLOW = 0.002
"""Seconds that a racy driver takes between its two steps: many calls of another thread."""


class Honest(InMemoryDriver):
    """The reference itself; every liar is one with a single thing changed."""

    found_by: ClassVar[str | None] = None


class WriterAround(FileWriter):
    """Passes every call on to the writer of an honest driver."""

    def __init__(self, inner: FileWriter, store: MemoryStore, path: str) -> None:
        self.inner = inner
        self.store = store
        self.path = path

    @property
    def size(self) -> int:
        return self.inner.size

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        return self.inner.write(data)

    def commit(self) -> None:
        self.inner.commit()

    def cancel(self) -> None:
        self.inner.cancel()

    def close(self) -> None:
        self.inner.close()


class LyingWriters(Honest):
    """A driver whose writers are ``Writer``."""

    Writer: ClassVar[type[WriterAround]] = WriterAround

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        return self.Writer(super().writer(path, append=append), self._store, path)


# Honest drivers with fewer promises, and with one more.


class Poor(Honest):
    """Promises nothing, and does just what is required."""

    capabilities = Capabilities()

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        StorageDriver.create_content(self, path, content)

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        store = self._store
        committed = store.files.get(path)
        if append and path not in store.uploads and committed is not None and committed.content:
            raise UnsupportedMethodError(path, method="writer")
        store.held.discard(path)
        return super().writer(path, append=append)


class Plain(Poor):
    """Uploads are files that everyone sees, and a cancel removes the file, as in a plain directory."""

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        if append and path in self._store.uploads:
            self._store.files.pop(path)
        return Showing(super().writer(path, append=append), self._store, path)

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        swept = super().sweep_incomplete(prefix, older_than, keep)
        for item in swept:
            self._store.files.pop(item.path)
        return swept


class Redirecting(Honest):
    """Serves its content from a web server of its own."""

    capabilities = replace(Honest.capabilities, redirect=True)

    def redirect_url(self, path: str, method: Literal["GET", "HEAD"], expires: timedelta) -> str:
        return f"http://127.0.0.1:{self._port()}{path}?{method}&{expires.total_seconds()}"

    def _port(self) -> int:
        return ports[id(self._store)]


ports: dict[int, int] = {}


@contextmanager
def served(store: MemoryStore) -> Iterator[None]:
    """Serve what is in the store."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            content = InMemoryDriver(store).get_content(path)
            self.send_response(200 if query.startswith(self.command) else 403)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815  # the names are the base class's

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        ports[id(store)] = server.server_port
        try:
            yield
        finally:
            del ports[id(store)]
            server.shutdown()
            thread.join()


# Liars about what is where.


class StatsByPrefix(Honest):
    """Takes ``/a/bc`` for a proof that ``/a/b`` exists."""

    found_by = "driver.stat.component-wise"

    def stat(self, path: str) -> FileInfo:
        try:
            return super().stat(path)
        except PathNotFoundError:
            for info in super().walk("/"):
                if info.path.startswith(path):
                    return replace(info, path=path, size=0, is_dir=True)
            raise


class FoldsCase(Honest):
    """Takes ``A`` and ``a`` for the same name."""

    found_by = "driver.path.case-sensitive"

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        super().put_content(path.lower(), content, durable=durable)

    def get_content(self, path: str) -> bytes:
        return super().get_content(path.lower())


class ListsOnePage(Honest):
    """Forgets that there are further pages."""

    found_by = "driver.list.complete"

    def list(self, path: str) -> Iterator[FileInfo]:
        return islice(super().list(path), 13)


class ListsInKeyOrder(Honest):
    """Lists ``a-b`` before the directory ``a``, as keys ``a-b`` and ``a/`` sort."""

    found_by = "driver.list.sorted"

    def list(self, path: str) -> Iterator[FileInfo]:
        return iter(sorted(super().list(path), key=lambda info: info.path + "/" * info.is_dir))


class WalksByNames(Honest):
    """Walks as a naive file system does: the names in order, and into each directory."""

    found_by = "driver.walk.byte-order"

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        return iter(sorted(super().walk(path, start_after), key=lambda info: info.path.split("/")))


class WalksFromStart(Honest):
    """Begins with the path that it should begin after."""

    found_by = "driver.walk.start-after"

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        return (info for info in super().walk(path) if start_after is None or info.path >= start_after)


class CachesDescriptions(Honest):
    """Remembers what it once told of a path."""

    found_by = "driver.instance.sees-all"

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._seen: dict[str, FileInfo] = {}

    def stat(self, path: str) -> FileInfo:
        if path not in self._seen:
            self._seen[path] = super().stat(path)
        return self._seen[path]


# Liars about reading and putting.


class ReadsBeyondEnd(Honest):
    """Gives nothing where it should refuse."""

    found_by = "driver.read.offset-beyond-end"

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        with suppress(InvalidOffsetError):
            return super().read_stream(path, offset)
        return BytesIO(b"")


class ReadsByPath(Honest):
    """Asks for each piece anew, and gets it from whatever is there by then."""

    found_by = "driver.put.spares-open-streams"

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        class Ranged(BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                start = self.tell()
                self.seek(0)
                super().write(driver.get_content(path))
                self.seek(start)
                return super().read(size)

        driver = InMemoryDriver(self._store)
        stream = Ranged(driver.read_stream(path, offset).read())
        stream.seek(offset)
        return stream


class PutsInPlace(Honest):
    """Empties the file before it writes."""

    found_by = "driver.put.atomic"

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        if path in self._store.files:
            super().put_content(path, b"", durable=durable)
            time.sleep(SLOW)
        super().put_content(path, content, durable=durable)


class PutsLeaveTemporaries(Honest):
    """Leaves a temporary file behind."""

    found_by = "driver.put.stores"

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        super().writer(path + "~put").close()
        super().put_content(path, content, durable=durable)


class CreatesAfterLooking(Honest):
    """Looks first, and creates a little later."""

    found_by = "driver.create.one-winner"

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        if path in self._store.files:
            raise PathExistsError(path)
        time.sleep(SLOW)
        self.put_content(path, content)


class CreatesOverEmpty(Honest):
    """Takes empty content for none."""

    found_by = "driver.create.respects-all-content"

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        there = self._store.files.get(path)
        if there is not None and not there.content:
            self.put_content(path, content)
        else:
            super().create_content(path, content)


class CreatesWithoutClaim(Honest):
    """Can do more than it says, so that nobody can rely on what it says."""

    found_by = "driver.create.only-once"
    capabilities = replace(Honest.capabilities, create_exclusive=False)


# Liars about moving, deleting and sweeping.


class MovesTwice(Honest):
    """Takes a destination that is there for a proof that the move happened."""

    found_by = "driver.move.missing-source-is-never-success"

    def move(self, source: str, destination: str) -> None:
        if source in self._store.files or destination not in self._store.files:
            super().move(source, destination)


class CopiesOnMove(Honest):
    """Leaves the source where it was."""

    found_by = "driver.move.moves"

    def move(self, source: str, destination: str) -> None:
        content = self.get_content(source)
        super().move(source, destination)
        self.put_content(source, content)


class MovesInTwoSteps(Honest):
    """Claims a rename, and does a copy and a delete."""

    found_by = "driver.move.atomic"

    def move(self, source: str, destination: str) -> None:
        content = self.get_content(source)
        self.put_content(destination, content)
        time.sleep(SLOW)
        super().move(source, destination)


class DeletesByPrefix(Honest):
    """Deletes ``/a/bc`` with ``/a/b``."""

    found_by = "driver.delete.component-wise"

    def delete(self, path: str) -> None:
        super().delete(path)
        for info in [*super().walk("/")]:
            if info.path.startswith(path):
                super().delete(info.path)


class DeletesNothingGladly(Honest):
    """Does not tell that there was nothing to delete."""

    found_by = "driver.delete.missing"

    def delete(self, path: str) -> None:
        with suppress(PathNotFoundError):
            super().delete(path)


class DeletesFilesOnly(Honest):
    """Leaves incomplete uploads, parts and all, where they are."""

    found_by = "driver.delete.uploads-beneath"

    def delete(self, path: str) -> None:
        uploads = self._store.uploads.beneath(path)
        super().delete(path)
        for upload_path, upload in uploads:
            self._store.uploads.set(upload_path, upload)


class SweepsTheLiving(Honest):
    """Does not look at ``keep``."""

    found_by = "driver.sweep.keeps"

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        del keep
        return super().sweep_incomplete(prefix, older_than)


class SweepsTheFresh(Honest):
    """Does not look at the age."""

    found_by = "driver.sweep.spares-recent"

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        return super().sweep_incomplete(prefix, older_than * 0, keep)


# Liars about uploads.


class KeepsBuffers(LyingWriters):
    """Keeps the caller's buffer until it is closed or committed."""

    found_by = "driver.writer.buffers"

    class Writer(WriterAround):
        def __init__(self, inner: FileWriter, store: MemoryStore, path: str) -> None:
            super().__init__(inner, store, path)
            self.kept: list[bytes | bytearray | memoryview] = []

        @property
        def size(self) -> int:
            return self.inner.size + sum(memoryview(data).nbytes for data in self.kept)

        def write(self, data: bytes | bytearray | memoryview, /) -> int:
            self.kept.append(data.obj if isinstance(data, memoryview) and isinstance(data.obj, bytearray) else data)
            return memoryview(data).nbytes

        def commit(self) -> None:
            self.flush()
            super().commit()

        def close(self) -> None:
            self.flush()
            super().close()

        def flush(self) -> None:
            for data in self.kept:
                self.inner.write(data)
            self.kept.clear()


class CountsWhatIsSent(LyingWriters):
    """Does not count what waits in the buffer."""

    found_by = "driver.writer.size"

    class Writer(WriterAround):
        @property
        def size(self) -> int:
            return self.inner.size // 1_000 * 1_000


class CommitsOnClose(LyingWriters):
    """Makes content of whatever was written when it is closed, as fsspec's files do."""

    found_by = "driver.writer.exit-never-commits"

    class Writer(WriterAround):
        def close(self) -> None:
            with suppress(PathNotFoundError):
                self.inner.commit()
            self.inner.close()


class Showing(WriterAround):
    """A writer whose every byte is readable at once, and gone when it is cancelled."""

    def __init__(self, inner: FileWriter, store: MemoryStore, path: str) -> None:
        super().__init__(inner, store, path)
        self.write(b"")

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        count = self.inner.write(data)
        upload = self.store.uploads.get(self.path)
        assert upload is not None
        InMemoryDriver(self.store).put_content(self.path, upload.content())
        return count

    def cancel(self) -> None:
        self.inner.cancel()
        self.store.files.pop(self.path)


class ShowsUploads(LyingWriters):
    """Claims that uploads are hidden, and writes them where everyone can read."""

    found_by = "driver.writer.hidden-until-commit"
    Writer = Showing


class DropsTheRest(LyingWriters):
    """Closes without sending what is too little for a part."""

    found_by = "driver.resume.new-instance"

    class Writer(WriterAround):
        def close(self) -> None:
            upload = self.store.uploads.get(self.path)
            if upload is not None:
                del upload.tail[upload.size // 1_000 * 1_000 :]
            self.inner.close()


class AppendsToNothing(Honest):
    """Begins an upload where there is none to go on with."""

    found_by = "driver.resume.missing"

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        try:
            return super().writer(path, append=append)
        except PathNotFoundError:
            return super().writer(path)


class AppendsOver(Honest):
    """Claims to go on after committed content, and begins anew, as gcsfs does."""

    found_by = "driver.resume.committed"

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        return super().writer(path, append=append and (path in self._store.uploads or path not in self._store.files))


class CancelsByClosing(LyingWriters):
    """Leaves the parts where they are."""

    found_by = "driver.cancel.new-upload"

    class Writer(WriterAround):
        def cancel(self) -> None:
            self.inner.close()


class CancelsToEmptyFile(LyingWriters):
    """Leaves an empty file."""

    found_by = "driver.cancel.new-upload"

    class Writer(WriterAround):
        def cancel(self) -> None:
            self.inner.cancel()
            InMemoryDriver(self.store).put_content(self.path, b"")


class LetsGoAtCommit(LyingWriters):
    """Lets the next writer in before it is closed."""

    found_by = "driver.writer.exclusive"

    class Writer(WriterAround):
        def commit(self) -> None:
            self.inner.commit()
            self.store.held.discard(self.path)


class HoldsForItself(Honest):
    """Knows its own writers only."""

    found_by = "driver.writer.exclusive"

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._mine: set[str] = set()

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        if path not in self._mine:
            self._store.held.discard(path)
        self._mine = {mine for mine in self._mine if mine in self._store.held} | {path}
        return super().writer(path, append=append)


class MixesWriters(Poor):
    """Without a hold, lets two writers fill one upload in turns."""

    found_by = "driver.writer.exclusive"

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        held = path in self._store.held
        return super().writer(path, append=append or held)


# Liars about errors, and one that only a sequence of calls finds out.


class OddError(PathNotFoundError):
    """Cannot be pickled."""

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(path)
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        return OddError, (self.path,)


class RaisesOddErrors(Honest):
    """Raises what does not cross a process boundary."""

    found_by = "driver.error.picklable"

    def stat(self, path: str) -> FileInfo:
        try:
            return super().stat(path)
        except PathNotFoundError as error:
            raise OddError(path, reason="none") from error


class BlamesTheParent(Honest):
    """Says where it looked, and not what it was asked for."""

    found_by = "driver.error.names-driver-and-path"

    def delete(self, path: str) -> None:
        try:
            super().delete(path)
        except PathNotFoundError as error:
            raise PathNotFoundError(path.rpartition("/")[0] or "/") from error


class NeverForgets(Honest):
    """Refuses to create where content once was, if that was moved away."""

    found_by = "driver.machine.any-order"

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._moved: set[str] = set()

    def move(self, source: str, destination: str) -> None:
        super().move(source, destination)
        self._moved.add(source)

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        if path in self._moved:
            raise PathExistsError(path)
        super().create_content(path, content)


class LiarSuite(DriverConformance):
    """The driver suite in small, over a kind of in-memory driver."""

    profile = Profile(many=20, large=10_000, threads=4, rounds=5, examples=10, steps=20)
    kind: ClassVar[type[Honest]]

    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        store = MemoryStore()
        with served(store) if self.kind.capabilities.redirect else nullcontext():
            yield store

    @pytest.fixture
    def driver(self, store: MemoryStore) -> StorageDriver:
        return self.kind(store)

    @pytest.fixture
    def open_again(self, store: MemoryStore) -> Callable[[], StorageDriver]:
        return partial(self.kind, store)

    @pytest.fixture(autouse=True)
    def _report_liar(self, request: pytest.FixtureRequest) -> None:
        request.node.user_properties.append(("found_by", self.kind.found_by or ""))


class PatientSuite(LiarSuite):
    """The same, for a lie that takes luck to find."""

    profile = Profile(examples=300, steps=50)


def suite_of(kind: type[Honest]) -> type[LiarSuite]:
    """Return the suite for one kind, reduced to the clause that must find a liar out."""
    base = PatientSuite if kind.found_by == "driver.machine.any-order" else LiarSuite
    others = {one.test: None for one in clauses_of(DriverConformance) if kind.found_by not in {None, one.id}}
    return type(f"Test{kind.__name__}", (base,), {"kind": kind, **others})


for _kind in [*globals().values()]:
    if isinstance(_kind, type) and issubclass(_kind, Honest) and _kind is not LyingWriters:
        globals()[f"Test{_kind.__name__}"] = suite_of(_kind)
