"""Clauses on ``put_content`` and ``create_content``."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from moorage.errors import DriverError, PathConflictError, PathExistsError, PathNotFoundError, UnsupportedMethodError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of
from moorage_conformance._elsewhere import in_threads, outcome, run_together
from moorage_conformance._suite import DriverSuite, files_beneath

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver


class PutClauses(DriverSuite):
    """Small content is stored whole or not at all."""

    @clause("driver.put.stores")
    def test_put_stores(self, storage: StorageDriver, base: str) -> None:
        """What was put is read back, byte for byte, whatever the bytes; parents need not exist."""
        for number, content in enumerate((b"x", bytes(range(256)), b"\r\n\n\r\x00\x1a", content_of(200_000))):
            storage.put_content(f"{base}/new/{number}/parent/a", content)
            assert storage.get_content(f"{base}/new/{number}/parent/a") == content

    @clause("driver.put.empty")
    def test_put_empty(self, storage: StorageDriver, base: str) -> None:
        """Empty content is content: the file exists and reads as ``b""``."""
        storage.put_content(f"{base}/a", b"")
        assert storage.get_content(f"{base}/a") == b""
        assert [(info.path, info.size) for info in storage.list(base)] == [(f"{base}/a", 0)]

    @clause("driver.put.buffers")
    def test_put_buffers(self, storage: StorageDriver, base: str) -> None:
        """``bytes``, ``bytearray`` and ``memoryview`` are stored alike, and may be reused after the call."""
        for content in (b"12345", bytearray(b"12345"), memoryview(b"0123456")[1:6], memoryview(bytearray(b"12345"))):
            storage.put_content(f"{base}/a", content)
            if not isinstance(content, bytes) and not memoryview(content).readonly:
                content[:] = b"XXXXX"
            assert storage.get_content(f"{base}/a") == b"12345"
            storage.put_content(f"{base}/a", b"")

    @clause("driver.put.replaces")
    def test_put_replaces(self, storage: StorageDriver, base: str) -> None:
        """A put replaces all of the old content; nothing of a longer one is left."""
        for content in (b"a long first content", b"short", b"", b"longer again"):
            storage.put_content(f"{base}/a", content)
            assert storage.get_content(f"{base}/a") == content
        assert [info.path for info in storage.walk(base)] == [f"{base}/a"]

    @clause("driver.put.without-durability")
    def test_put_without_durability(self, storage: StorageDriver, base: str) -> None:
        """With ``durable=False`` the content is readable when the call returns, and replaces as ever."""
        for content in (b"first", b"second", b"3"):
            storage.put_content(f"{base}/a", content, durable=False)
            assert storage.get_content(f"{base}/a") == content

    @clause("driver.put.atomic")
    def test_put_atomic(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Readers during replacements see the old bytes or the new: never a mixture, a part, or nothing."""
        path = f"{base}/a"
        contents = [content_of(60_000, "old"), content_of(90_000, "new")]
        storage.put_content(path, contents[0])
        done = Event()

        def write() -> None:
            try:
                for round_ in range(self.profile.rounds):
                    storage.put_content(path, contents[(round_ + 1) % 2], durable=False)
            finally:
                done.set()

        def read_whole() -> None:
            while not done.is_set():
                assert another.get_content(path) in contents

        def read_stream() -> None:
            while not done.is_set():
                with storage.read_stream(path) as stream:
                    assert stream.read() in contents

        def look() -> None:
            while not done.is_set():
                assert another.stat(path).size in {60_000, 90_000}
                assert [info.size for info in storage.list(base)] in ([60_000], [90_000])

        run_together(write, read_whole, read_stream, look)

    @clause("driver.put.spares-open-streams")
    def test_put_spares_open_streams(self, storage: StorageDriver, base: str) -> None:
        """A stream that is open during a replacement goes on with the old bytes or fails; it never mixes."""
        old, new = content_of(self.large_size(storage), "old"), content_of(self.large_size(storage), "new")
        storage.put_content(f"{base}/a", old)
        with storage.read_stream(f"{base}/a") as stream:
            start = stream.read(10)
            storage.put_content(f"{base}/a", new)
            try:
                rest = stream.read()
            except DriverError:
                rest = old[10:]
        went_on_with_the_old = start + rest == old  # not in the assert: pytest would spell out megabytes of difference
        assert went_on_with_the_old
        assert storage.get_content(f"{base}/a") == new

    @clause("driver.put.where-directory-stands")
    def test_put_where_directory_stands(self, storage: StorageDriver, base: str) -> None:
        """Where a directory stands, a put raises `PathConflictError` or stores beside it; the directory is unharmed."""
        storage.put_content(f"{base}/a/b", b"kept")
        if outcome(lambda: storage.put_content(f"{base}/a", b"new"), PathConflictError) is None:
            assert storage.get_content(f"{base}/a") == b"new"
        assert storage.get_content(f"{base}/a/b") == b"kept"

    @clause("driver.put.beneath-file")
    def test_put_beneath_file(self, storage: StorageDriver, base: str) -> None:
        """Beneath a file, a put raises `PathConflictError` or stores beside it; the file is unharmed."""
        storage.put_content(f"{base}/a", b"kept")
        for path in (f"{base}/a/b", f"{base}/a/c/d"):
            if outcome(lambda path=path: storage.put_content(path, b"new"), PathConflictError) is None:  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                assert storage.get_content(path) == b"new"
        assert storage.get_content(f"{base}/a") == b"kept"

    @clause("driver.create.only-once")
    def test_create_only_once(self, storage: StorageDriver, base: str) -> None:
        """``create_content`` stores only where nothing is (`PathExistsError`), or is refused as not supported."""
        path = f"{base}/new/parent/a"
        if not storage.capabilities.create_exclusive:
            with pytest.raises(UnsupportedMethodError):
                storage.create_content(path, b"first")
            assert files_beneath(storage, base) == []
            return
        storage.create_content(path, b"first")
        for content in (b"second", b"", b"first"):
            with pytest.raises(PathExistsError):
                storage.create_content(path, content)
        assert storage.get_content(path) == b"first"
        assert [info.path for info in storage.walk(base)] == [path]

    @clause("driver.create.respects-all-content")
    def test_create_respects_all_content(self, storage: StorageDriver, base: str) -> None:
        """Content that came by put, writer or move is not created over, empty content neither; deleted, it is gone."""
        storage.put_content(f"{base}/put", b"")
        with storage.writer(f"{base}/writer") as writer:
            writer.write(b"kept")
            writer.commit()
        storage.put_content(f"{base}/source", b"kept")
        storage.move(f"{base}/source", f"{base}/move")
        expected = PathExistsError if storage.capabilities.create_exclusive else UnsupportedMethodError
        for name, content in (("put", b""), ("writer", b"kept"), ("move", b"kept")):
            with pytest.raises(expected):
                storage.create_content(f"{base}/{name}", b"new")
            assert storage.get_content(f"{base}/{name}") == content
        storage.delete(f"{base}/put")
        error = outcome(lambda: storage.create_content(f"{base}/put", b"new"), UnsupportedMethodError)
        if error is None:
            assert storage.get_content(f"{base}/put") == b"new"
        else:
            with pytest.raises(PathNotFoundError):
                storage.get_content(f"{base}/put")

    @clause("driver.create.one-winner")
    def test_create_one_winner(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Of many callers at once exactly one creates, and its content is what is there, whole."""
        expected = PathExistsError if storage.capabilities.create_exclusive else UnsupportedMethodError
        winners = 1 if storage.capabilities.create_exclusive else 0
        for round_ in range(self.profile.rounds):
            path = f"{base}/{round_}"
            contents = [content_of(20_000, str(number)) for number in range(self.profile.threads)]

            def create(number: int, path: str = path, contents: list[bytes] = contents) -> Exception | None:
                instance = (storage, another)[number % 2]
                call: Callable[[], None] = lambda: instance.create_content(path, contents[number])  # noqa: E731  # read once
                return outcome(call, expected)

            results = in_threads(create, range(self.profile.threads))
            won = [number for number, error in enumerate(results) if error is None]
            assert len(won) == winners
            for number in won:
                assert storage.get_content(path) == contents[number]
