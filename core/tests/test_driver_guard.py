"""The guard around a driver: what reaches the driver, what gets out of it, and what is told of it."""

from __future__ import annotations

import errno
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moorage.driver import (
    Capabilities,
    DriverEvent,
    FileInfo,
    FileWriter,
    GuardedDriver,
    StorageDriver,
    Swept,
    from_oserror,
    guard,
)
from moorage.errors import (
    AccessDeniedError,
    BackendUnavailableError,
    DriverError,
    InvalidOffsetError,
    InvalidPathError,
    PathConflictError,
    PathExistsError,
    PathNotFoundError,
    StorageFullError,
    UnsupportedMethodError,
    WriterStateError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Backend(StorageDriver):
    """Files in a dict. It notes its calls, and raises ``fault`` from the call of that name."""

    name: ClassVar[str] = "backend"
    capabilities = Capabilities(create_exclusive=True)

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.faults: dict[str, BaseException] = {}

    def note(self, call: str) -> None:
        self.calls.append(call)
        if call in self.faults:
            raise self.faults[call]

    def stat(self, path: str) -> FileInfo:
        self.note("stat")
        if path not in self.files:
            raise PathNotFoundError(path)
        return FileInfo(path, len(self.files[path]), NOW)

    def list(self, path: str) -> Iterator[FileInfo]:
        self.note("list")
        return self.listing(path)

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        self.note("walk")
        return self.listing(path, start_after or "")

    def listing(self, directory: str, after: str = "") -> Iterator[FileInfo]:
        for path in sorted(self.files):
            self.note("listing.next")
            if path.startswith(directory) and path > after:
                yield FileInfo(path, len(self.files[path]), NOW)

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        self.note("read_stream")
        return cast("BinaryIO", Stream(self, self.files[path][offset:]))

    def get_content(self, path: str) -> bytes:
        self.note("get_content")
        return self.files[path]

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        self.note("put_content")
        self.calls += [] if durable else ["not durable"]
        self.files[path] = bytes(content)

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        self.note("create_content")
        self.files[path] = bytes(content)

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        self.note("writer")
        return Writer(self, path, self.files[path] if append else b"")

    def move(self, source: str, destination: str) -> None:
        self.note("move")
        self.files[destination] = self.files.pop(source)

    def delete(self, path: str) -> None:
        self.note("delete")
        del self.files[path]

    def redirect_url(self, path: str, method: Literal["GET", "HEAD"], expires: timedelta) -> str:
        self.note("redirect_url")
        return f"https://example.org{path}?{method}&{expires.total_seconds():.0f}"

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        self.note("sweep_incomplete")
        return [Swept(prefix, f"{older_than} {sorted(keep)}")]

    def close(self) -> None:
        self.note("close")


class Stream(io.BytesIO):
    def __init__(self, backend: Backend, content: bytes) -> None:
        super().__init__(content)
        self.backend = backend

    def read(self, size: int | None = -1, /) -> bytes:
        self.backend.note("stream.read")
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  # as in typeshed, whatever is a buffer
        self.backend.note("stream.readinto")
        return super().readinto(buffer)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.backend.note("stream.seek")
        return super().seek(offset, whence)

    def close(self) -> None:
        self.backend.calls.append("stream.close")
        super().close()


class Writer(FileWriter):
    def __init__(self, backend: Backend, path: str, content: bytes) -> None:
        self.backend = backend
        self.path = path
        self.content = content

    @property
    def size(self) -> int:
        return len(self.content)

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        accepted = bytes(data)
        if "writer.write" in self.backend.faults:  # the disk was full in the middle
            self.content += accepted[: len(accepted) // 2]
        self.backend.note("writer.write")
        self.content += accepted
        return len(accepted)

    def commit(self) -> None:
        self.backend.note("writer.commit")
        self.backend.files[self.path] = self.content

    def cancel(self) -> None:
        self.backend.note("writer.cancel")

    def close(self) -> None:
        self.backend.note("writer.close")


class Room:
    """A backend in its guard, and the events that came out."""

    def __init__(self, maxthreads: int = 100) -> None:
        self.backend = Backend()
        self.events: list[DriverEvent] = []
        self.driver = guard(self.backend, maxthreads=maxthreads, on_event=self.events.append)

    def told(self) -> list[tuple[str, str, int]]:
        """Return operation, path and bytes of the events since it was last asked."""
        told = [(event.operation, event.path, event.bytes) for event in self.events]
        self.events.clear()
        return told


@pytest.fixture
def room() -> Room:
    return Room()


# Each call of the protocol with a path, and the name it has in events.
CALLS: dict[str, Callable[[StorageDriver, str], object]] = {
    "stat": lambda driver, path: driver.stat(path),
    "list": lambda driver, path: list(driver.list(path)),
    "walk": lambda driver, path: list(driver.walk(path)),
    "read_stream": lambda driver, path: driver.read_stream(path).close(),
    "get_content": lambda driver, path: driver.get_content(path),
    "put_content": lambda driver, path: driver.put_content(path, b"new"),
    "create_content": lambda driver, path: driver.create_content(path, b"new"),
    "writer": lambda driver, path: driver.writer(path).close(),
    "move": lambda driver, path: driver.move(path, "/elsewhere"),
    "delete": lambda driver, path: driver.delete(path),
    "redirect_url": lambda driver, path: driver.redirect_url(path, "GET", HOUR),
    "sweep_incomplete": lambda driver, path: driver.sweep_incomplete(path, HOUR),
}
OF_DIRECTORIES = {"stat", "list", "walk", "sweep_incomplete"}

calls = pytest.mark.parametrize("call", CALLS)


# What reaches the driver.


def test_a_guarded_driver_looks_like_the_driver_and_is_not_guarded_twice(room: Room) -> None:
    assert room.driver.name == "backend"
    assert room.driver.capabilities is room.backend.capabilities
    assert guard(room.driver) is room.driver
    assert isinstance(room.driver, GuardedDriver)


def test_results_and_arguments_pass_through(room: Room) -> None:
    driver, backend = room.driver, room.backend
    driver.put_content("/a/x", b"one", durable=False)
    driver.create_content("/a/y", memoryview(b"two"))
    driver.put_content("/a/x", b"one")
    assert backend.calls == ["put_content", "not durable", "create_content", "put_content"]
    assert backend.files == {"/a/x": b"one", "/a/y": b"two"}
    assert driver.stat("/a/x") == FileInfo("/a/x", 3, NOW)
    assert driver.get_content("/a/y") == b"two"
    assert [info.path for info in driver.list("/a")] == ["/a/x", "/a/y"]
    assert [info.path for info in driver.walk("/a", "/a/x")] == ["/a/y"]
    with driver.read_stream("/a/x", 1) as stream:
        assert stream.read() == b"ne"
    with driver.writer("/a/x", append=True) as writer:
        assert writer.write(b"more") == 4
        assert writer.size == 7
        writer.commit()
    assert backend.files["/a/x"] == b"onemore"
    driver.move("/a/x", "/b")
    driver.delete("/a/y")
    assert backend.files == {"/b": b"onemore"}
    assert driver.redirect_url("/b", "HEAD", HOUR) == "https://example.org/b?HEAD&3600"
    assert driver.sweep_incomplete("/b", HOUR, ["/b/c"]) == [Swept("/b", "1:00:00 ['/b/c']")]
    driver.close()
    assert backend.calls[-1] == "close"


@calls
@pytest.mark.parametrize("path", ["", "a", "/a/", "/a/../b", "/a/./b", "//a", "/a~tail", "/a\0", "/é"])
def test_an_invalid_path_never_reaches_the_driver(room: Room, call: str, path: str) -> None:
    with pytest.raises(InvalidPathError) as refused:
        CALLS[call](room.driver, path)
    assert (refused.value.driver, refused.value.path) == ("backend", path)
    assert room.backend.calls == []


@calls
def test_the_root_is_a_directory_and_no_file(room: Room, call: str) -> None:
    room.backend.files["/"] = b""
    if call in OF_DIRECTORIES:
        CALLS[call](room.driver, "/")
        assert room.backend.calls[0] == call
    else:
        with pytest.raises(InvalidPathError) as refused:
            CALLS[call](room.driver, "/")
        assert refused.value.driver == "backend"
        assert room.backend.calls == []


def test_the_second_path_is_checked_too(room: Room) -> None:
    for wrong in ("", "/..", "/a/"):
        with pytest.raises(InvalidPathError):
            room.driver.move("/a", wrong)
        with pytest.raises(InvalidPathError):
            list(room.driver.walk("/a", wrong))
    with pytest.raises(InvalidPathError):
        room.driver.move("/a", "/")
    assert room.backend.calls == []


def test_a_negative_offset_never_reaches_the_driver(room: Room) -> None:
    with pytest.raises(InvalidOffsetError) as refused:
        room.driver.read_stream("/a", -1)
    assert (refused.value.driver, refused.value.path, refused.value.offset) == ("backend", "/a", -1)
    assert room.backend.calls == []


def test_a_path_cannot_be_moved_into_itself_or_over_its_directory(room: Room) -> None:
    for source, destination in (("/a", "/a/b"), ("/a/b", "/a"), ("/a", "/a/b/c")):
        with pytest.raises(InvalidPathError) as refused:
            room.driver.move(source, destination)
        assert (refused.value.driver, refused.value.path) == ("backend", source)
    assert room.backend.calls == []
    room.backend.files["/a"] = b""
    room.driver.move("/a", "/ab")  # not beneath it
    assert room.backend.files == {"/ab": b""}


def test_moving_a_file_onto_itself_keeps_it_and_needs_it(room: Room) -> None:
    room.backend.files["/a"] = b"content"
    room.driver.move("/a", "/a")
    assert room.backend.files == {"/a": b"content"}
    with pytest.raises(PathNotFoundError):
        room.driver.move("/b", "/b")
    assert "move" not in room.backend.calls


# The order of a writer's calls.


METHODS: dict[str, Callable[[FileWriter], object]] = {
    "write": lambda writer: writer.write(b"x"),
    "commit": lambda writer: writer.commit(),
    "cancel": lambda writer: writer.cancel(),
    "close": lambda writer: writer.close(),
}


@given(st.lists(st.sampled_from(sorted(METHODS)), max_size=8))
def test_a_driver_is_only_called_in_order(sequence: list[str]) -> None:
    room = Room()
    writer = room.driver.writer("/a")
    expected, state, size = ["writer"], "open", 0
    for method in sequence:
        allowed = state == "open" or (method == "close" and state == "committed")
        if allowed:
            METHODS[method](writer)
            expected.append(f"writer.{method}")
            size += method == "write"
            state = {"write": "open", "commit": "committed"}.get(method, "finished")
        elif method == "close":
            METHODS[method](writer)  # closing again does nothing
        else:
            with pytest.raises(WriterStateError) as refused:
                METHODS[method](writer)
            assert (refused.value.path, method in refused.value.detail) == ("/a", True)
        assert writer.size == size
    assert room.backend.calls == expected


def test_a_context_closes_and_never_commits(room: Room) -> None:
    def fail() -> None:
        with room.driver.writer("/a") as writer:
            writer.write(b"x")
            raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError, match="of the caller"):
        fail()
    with room.driver.writer("/b") as writer:
        writer.write(b"x")
        writer.cancel()
    assert room.backend.calls == [
        *("writer", "writer.write", "writer.close"),
        *("writer", "writer.write", "writer.cancel"),
    ]
    assert room.backend.files == {}


def test_a_commit_that_failed_may_be_tried_again(room: Room) -> None:
    writer = room.driver.writer("/a")
    room.backend.faults["writer.commit"] = StorageFullError()
    with pytest.raises(StorageFullError):
        writer.commit()
    room.backend.faults.clear()
    writer.write(b"x")
    writer.commit()
    assert room.backend.files == {"/a": b"x"}


def test_a_write_that_failed_tells_what_was_accepted(room: Room) -> None:
    writer = room.driver.writer("/a")
    room.backend.faults["writer.write"] = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StorageFullError):
        writer.write(b"12345678")
    assert writer.size == 4
    assert room.told()[-1] == ("writer.write", "/a", 4)
    room.backend.faults.clear()
    writer.write(b"5678")
    writer.commit()
    writer.close()
    assert room.backend.files == {"/a": b"12345678"}


# What gets out: errors.


@calls
def test_errors_are_stamped_with_driver_and_path(room: Room, call: str) -> None:
    room.backend.faults[call] = error = BackendUnavailableError(detail="it is down")
    with pytest.raises(BackendUnavailableError) as raised:
        CALLS[call](room.driver, "/a")
    assert raised.value is error
    assert (error.driver, error.path) == ("backend", "/a")


@calls
def test_what_the_driver_stamped_is_kept(room: Room, call: str) -> None:
    room.backend.faults[call] = error = PathNotFoundError("/a/own", driver="inner")
    with pytest.raises(PathNotFoundError):
        CALLS[call](room.driver, "/a")
    assert (error.driver, error.path) == ("inner", "/a/own")


@calls
def test_a_stray_oserror_becomes_one_of_moorage(room: Room, call: str) -> None:
    room.backend.faults[call] = stray = FileNotFoundError(errno.ENOENT, "No such file", "/secret/root/a")
    with pytest.raises(PathNotFoundError) as raised:
        CALLS[call](room.driver, "/a")
    assert (raised.value.driver, raised.value.path) == ("backend", "/a")
    assert raised.value.__cause__ is stray
    assert "/secret/root" not in str(raised.value)


@calls
def test_a_bug_of_the_driver_is_not_disguised(room: Room, call: str) -> None:
    room.backend.faults[call] = bug = RuntimeError("a bug")
    with pytest.raises(RuntimeError) as raised:
        CALLS[call](room.driver, "/a")
    assert raised.value is bug
    assert [event.error for event in room.events] == [bug]


def reading(use: Callable[[Any], object]) -> Callable[[StorageDriver], object]:
    def run(driver: StorageDriver) -> None:
        with driver.read_stream("/a/x") as stream:
            use(stream)

    return run


# Each step of a longer call, and the operation that its event names.
STEPS: dict[str, tuple[str, Callable[[StorageDriver], object]]] = {
    "listing.next": ("list", lambda driver: list(driver.list("/a"))),
    "stream.read": ("read_stream", reading(lambda stream: stream.read())),
    "stream.readinto": ("read_stream", reading(lambda stream: stream.readinto(bytearray(9)))),
    "stream.seek": ("read_stream", reading(lambda stream: stream.seek(1))),
    "writer.write": ("writer.write", lambda driver: driver.writer("/a").write(b"x")),
    "writer.commit": ("writer.commit", lambda driver: driver.writer("/a").commit()),
    "writer.cancel": ("writer.cancel", lambda driver: driver.writer("/a").cancel()),
    "writer.close": ("writer.close", lambda driver: driver.writer("/a").close()),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_later_step_that_fails_is_stamped_and_told(room: Room, step: str) -> None:
    operation, run = STEPS[step]
    room.backend.files["/a/x"] = b"content"
    room.backend.faults[step] = stray = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    with pytest.raises(BackendUnavailableError) as raised:
        run(room.driver)
    assert raised.value.driver == "backend"
    assert raised.value.path.startswith("/a")
    assert raised.value.retryable
    assert raised.value.__cause__ is stray
    told = [event for event in room.events if event.operation == operation]
    assert [event.error for event in told] == [raised.value]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, PathNotFoundError),
        (errno.EEXIST, PathExistsError),
        (errno.EISDIR, PathConflictError),
        (errno.ENOTDIR, PathConflictError),
        (errno.ENOTEMPTY, PathConflictError),
        (errno.ENAMETOOLONG, InvalidPathError),
        (errno.ELOOP, InvalidPathError),
        (errno.ENOSPC, StorageFullError),
        (errno.EDQUOT, StorageFullError),
        (errno.EACCES, AccessDeniedError),
        (errno.EPERM, AccessDeniedError),
        (errno.EROFS, AccessDeniedError),
        (errno.ECONNREFUSED, BackendUnavailableError),
        (errno.ECONNRESET, BackendUnavailableError),
        (errno.EPIPE, BackendUnavailableError),
        (errno.ETIMEDOUT, BackendUnavailableError),
        (errno.EHOSTUNREACH, BackendUnavailableError),
        (errno.ENETUNREACH, BackendUnavailableError),
        (errno.ESTALE, BackendUnavailableError),
        (errno.EMFILE, BackendUnavailableError),
        (errno.ENFILE, BackendUnavailableError),
        (errno.EIO, DriverError),
        (errno.EXDEV, DriverError),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else "",
)
def test_oserror_is_mapped_by_its_number(number: int, kind: type[DriverError]) -> None:
    mapped = from_oserror(OSError(number, "what happened", "/srv/a"), "/a")
    assert type(mapped) is kind
    assert (mapped.path, mapped.detail) == ("/a", "what happened")
    assert "/root" not in str(mapped)


def test_an_oserror_without_a_number_still_says_something() -> None:
    assert from_oserror(OSError("something odd"), "/a").detail == "something odd"
    assert from_oserror(TimeoutError(), "/a").detail == "TimeoutError"
    assert type(from_oserror(OSError(), "/a")) is DriverError
    error = PathNotFoundError("/b")
    assert from_oserror(error, "/a") is error  # it is an OSError too


# What is told: events.


@calls
def test_every_call_is_told_once(room: Room, call: str) -> None:
    room.backend.files["/a"] = b"content"
    CALLS[call](room.driver, "/a")
    event = next(event for event in room.events if event.operation == call)
    assert (event.driver, event.path, event.error) == ("backend", "/a", None)
    assert event.seconds >= 0
    room.driver.close()
    others = ["writer.close"] if call == "writer" else []
    assert [event.operation for event in room.events] == [call, *others, "close"]


@calls
def test_every_failure_is_told_with_its_error(room: Room, call: str) -> None:
    room.backend.faults[call] = OSError(errno.EACCES, "Permission denied")
    with pytest.raises(AccessDeniedError) as raised:
        CALLS[call](room.driver, "/a")
    assert [(event.operation, event.path, event.error) for event in room.events] == [(call, "/a", raised.value)]


def test_content_bytes_are_counted(room: Room) -> None:
    driver = room.driver
    driver.put_content("/a", b"12345")
    driver.create_content("/b", bytearray(6))
    driver.get_content("/a")
    writer = driver.writer("/c")
    writer.write(memoryview(b"1234567"))
    writer.write(b"")
    writer.commit()
    writer.close()
    writer.close()
    assert room.told() == [
        ("put_content", "/a", 5),
        ("create_content", "/b", 6),
        ("get_content", "/a", 5),
        ("writer", "/c", 0),
        ("writer.write", "/c", 7),
        ("writer.write", "/c", 0),
        ("writer.commit", "/c", 0),
        ("writer.close", "/c", 0),
    ]


def test_a_stream_is_told_when_it_is_closed_with_what_was_read(room: Room) -> None:
    room.backend.files["/a"] = bytes(100)
    stream = room.driver.read_stream("/a", 10)
    assert len(stream.read(20)) == 20
    assert stream.readinto(bytearray(30)) == 30  # type: ignore[attr-defined]  # part of the contract
    assert room.told() == []
    assert len(stream.read()) == 40
    assert stream.read() == b""
    stream.close()
    stream.close()
    assert stream.closed
    assert room.told() == [("read_stream", "/a", 90)]
    assert room.backend.calls.count("stream.close") >= 1


def test_a_stream_is_a_real_file(room: Room) -> None:
    room.backend.files["/a"] = b"one\ntwo\n"
    with room.driver.read_stream("/a") as stream:
        assert (stream.readable(), stream.seekable(), stream.writable()) == (True, True, False)
        assert list(io.TextIOWrapper(io.BufferedReader(cast("Any", stream)))) == ["one\n", "two\n"]
    with room.driver.read_stream("/a") as stream:
        assert (stream.seek(4), stream.tell(), stream.read(None)) == (4, 4, b"two\n")  # type: ignore[arg-type]  # files take it
        with pytest.raises(OSError, match="fileno"):
            stream.fileno()


def test_a_listing_is_told_when_it_ends_or_is_given_up(room: Room) -> None:
    room.backend.files.update(dict.fromkeys(("/a/x", "/a/y", "/a/z"), b"content"))
    entries = room.driver.list("/a")
    next(entries)
    assert room.told() == []
    assert len(list(entries)) == 2
    assert room.told() == [("list", "/a", 0)]
    entries = room.driver.walk("/a")
    next(entries)
    cast("Any", entries).close()
    assert room.told() == [("walk", "/a", 0)]


def test_without_a_listener_all_is_the_same() -> None:
    driver = guard(Backend())
    driver.put_content("/a", b"content")
    with driver.read_stream("/a") as stream:
        assert stream.read() == b"content"
    assert [info.path for info in driver.list("/")] == ["/a"]
    with pytest.raises(PathNotFoundError):
        driver.stat("/b")


def test_the_defaults_of_the_protocol_go_through_the_guard() -> None:
    class Plain(Backend):
        get_content = StorageDriver.get_content
        create_content = StorageDriver.create_content
        redirect_url = StorageDriver.redirect_url
        sweep_incomplete = StorageDriver.sweep_incomplete

    driver = guard(Plain())
    driver.put_content("/a", b"content")
    assert driver.get_content("/a") == b"content"
    assert driver.sweep_incomplete("/", HOUR) == ()
    for call in ("create_content", "redirect_url"):
        with pytest.raises(UnsupportedMethodError) as refused:
            CALLS[call](driver, "/a")
        assert (refused.value.driver, refused.value.path, refused.value.method) == ("backend", "/a", call)


# How many at once.


class Crowd(Backend):
    """Counts the calls inside; each stays until ``expected`` are there, or until nobody else can come."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.inside = self.most = 0
        self.full = threading.Barrier(expected)

    def stat(self, path: str) -> FileInfo:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.full.wait(timeout=60)  # breaks, and fails the test, if fewer are let in
        with self.lock:
            self.inside -= 1
        return FileInfo(path, 0, NOW)


@pytest.mark.parametrize("maxthreads", [1, 2, 5])
def test_as_many_calls_as_maxthreads_are_inside_and_no_more(maxthreads: int) -> None:
    crowd = Crowd(maxthreads)
    driver = guard(crowd, maxthreads=maxthreads)
    with ThreadPoolExecutor(maxthreads * 4) as pool:
        results = list(pool.map(driver.stat, [f"/{n}" for n in range(maxthreads * 8)]))
    assert [info.path for info in results] == [f"/{n}" for n in range(maxthreads * 8)]
    assert crowd.most == maxthreads


@pytest.fixture
def narrow() -> Room:
    room = Room(maxthreads=1)
    room.backend.files.update({"/a/x": b"one", "/a/y": b"two"})
    return room


def within_a_minute(work: Callable[[], object]) -> None:
    """Fail instead of hanging: the work is given up if it deadlocks."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # reported below
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive(), "deadlock"
    assert failures == []


def test_one_thread_suffices_to_work_while_a_listing_a_stream_and_a_writer_are_open(narrow: Room) -> None:
    driver = narrow.driver

    def work() -> None:
        with driver.read_stream("/a/x") as stream, driver.writer("/b") as writer:
            for info in driver.list("/a"):
                for deeper in driver.walk("/a"):
                    assert driver.stat(deeper.path).size == 3
                driver.put_content("/c", driver.get_content(info.path))
                writer.write(stream.read(1))
            writer.commit()
        assert narrow.backend.files["/b"] == b"on"

    within_a_minute(work)


@pytest.mark.parametrize(
    "fault", [OSError(errno.EIO, "I/O error"), StorageFullError(), ValueError(), KeyboardInterrupt()]
)
def test_a_slot_is_given_back_whatever_is_raised(narrow: Room, fault: BaseException) -> None:
    driver, backend = narrow.driver, narrow.backend

    def work() -> None:
        for name in (*CALLS, *STEPS):
            backend.faults = {name: fault}
            with pytest.raises((DriverError, type(fault))):
                STEPS[name][1](driver) if name in STEPS else CALLS[name](driver, "/a")
        backend.faults = {}
        assert driver.get_content("/a/x") == b"one"

    within_a_minute(work)


def test_a_refused_call_takes_no_slot(narrow: Room) -> None:
    def work() -> None:
        for call in CALLS.values():
            with pytest.raises(InvalidPathError):
                call(narrow.driver, "no/path")
        writer = narrow.driver.writer("/b")
        writer.close()
        with pytest.raises(WriterStateError):
            writer.write(b"late")
        assert narrow.driver.get_content("/a/x") == b"one"

    within_a_minute(work)


def test_a_listing_that_is_given_up_holds_no_slot(narrow: Room) -> None:
    def work() -> None:
        entries = narrow.driver.list("/a")
        next(entries)
        assert narrow.driver.stat("/a/x").size == 3
        del entries
        assert narrow.driver.stat("/a/y").size == 3

    within_a_minute(work)
