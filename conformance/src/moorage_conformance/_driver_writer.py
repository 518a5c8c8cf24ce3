"""Clauses on a writer from its opening to its commit."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from moorage.errors import BlobUploadInUseError, DriverError, PathConflictError, PathNotFoundError, WriterStateError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of, split
from moorage_conformance._elsewhere import outcome
from moorage_conformance._suite import DriverSuite, Elsewhere, exists, files_beneath

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import FileWriter, StorageDriver


class _Interrupted(Exception):  # noqa: N818  # not an error: it leaves a `with` block the way one would
    pass


class WriterClauses(DriverSuite):
    """A writer takes content piece by piece and publishes it at once."""

    @clause("driver.writer.commit-publishes")
    def test_writer_commit_publishes(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """When ``commit`` returns, before ``close``, every instance reads all of the content."""
        content = content_of(10_000)
        with storage.writer(f"{base}/new/parent/a") as writer:
            for piece in split(content, 1, 0, 17, 4_096):
                writer.write(piece)
            writer.commit()
            for instance in (storage, another):
                assert instance.get_content(f"{base}/new/parent/a") == content
                assert instance.stat(f"{base}/new/parent/a").size == len(content)
        assert [(info.path, info.size) for info in another.walk(base)] == [(f"{base}/new/parent/a", len(content))]

    @clause("driver.writer.empty")
    def test_writer_empty(self, storage: StorageDriver, base: str) -> None:
        """A commit without a write, or of empty writes, makes an empty file."""
        for name, writes in (("none", 0), ("empty", 2)):
            with storage.writer(f"{base}/{name}") as writer:
                for _ in range(writes):
                    assert writer.write(b"") == 0
                assert writer.size == 0
                writer.commit()
            assert storage.get_content(f"{base}/{name}") == b""

    @clause("driver.writer.size")
    def test_writer_size(self, storage: StorageDriver, base: str) -> None:
        """``write`` accepts all and returns its length; ``size`` counts every byte accepted, buffered ones included."""
        with storage.writer(f"{base}/a") as writer:
            assert writer.size == 0
            total = 0
            for size in (1, 10, 0, 100_000, 3):
                assert writer.write(b"x" * size) == size
                total += size
                assert writer.size == total
            writer.commit()
            assert writer.size == total
        assert writer.size == total
        assert storage.stat(f"{base}/a").size == total

    @clause("driver.writer.large")
    def test_writer_large(self, storage: StorageDriver, base: str) -> None:
        """Content of several parts comes back whole, written in small pieces or in one."""
        content = content_of(self.large_size(storage))
        step = 65_521  # a prime, so that pieces never end where parts do
        for pieces in ([content], [content[start : start + step] for start in range(0, len(content), step)]):
            with storage.writer(f"{base}/a") as writer:
                for piece in pieces:
                    writer.write(piece)
                writer.commit()
            assert storage.get_content(f"{base}/a") == content

    @clause("driver.writer.buffers")
    def test_writer_buffers(self, storage: StorageDriver, base: str) -> None:
        """``bytes``, ``bytearray`` and ``memoryview`` are accepted, and the caller may reuse them after the call."""
        content = content_of(self.large_size(storage))
        buffer = bytearray(100_000)
        with storage.writer(f"{base}/a") as writer:
            writer.write(content[:5])
            for start in range(5, len(content), len(buffer)):
                piece = content[start : start + len(buffer)]
                buffer[: len(piece)] = piece
                assert writer.write(memoryview(buffer)[: len(piece)]) == len(piece)
                buffer[:] = bytes(len(buffer))
            writer.write(buffer)
            buffer[:] = b"\xff" * len(buffer)
            writer.commit()
        assert storage.get_content(f"{base}/a") == content + bytes(len(buffer))

    @clause("driver.writer.replaces")
    def test_writer_replaces(self, storage: StorageDriver, base: str) -> None:
        """A commit replaces the content that the path had, all of it."""
        storage.put_content(f"{base}/a", b"a longer old content")
        with storage.writer(f"{base}/a") as writer:
            assert writer.size == 0
            writer.write(b"new")
            writer.commit()
        assert storage.get_content(f"{base}/a") == b"new"
        assert [info.path for info in storage.list(base)] == [f"{base}/a"]

    @clause("driver.writer.begins-anew")
    def test_writer_begins_anew(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Without ``append`` an earlier upload that nobody committed is replaced."""
        for size in (20, self.large_size(storage)):
            with storage.writer(f"{base}/a") as writer:
                writer.write(b"x" * size)
            with another.writer(f"{base}/a") as writer:
                assert writer.size == 0
                writer.write(b"new")
                writer.commit()
            assert storage.get_content(f"{base}/a") == b"new"

    @clause("driver.writer.hidden-until-commit")
    def test_writer_hidden_until_commit(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """With ``hidden_until_commit`` an upload shows nowhere; otherwise it shows at most what was written."""

        def look() -> None:
            if storage.capabilities.hidden_until_commit:
                assert files_beneath(another, base) == []
                assert not exists(another, f"{base}/d")
                assert not exists(another, f"{base}/d/a")
                with pytest.raises(PathNotFoundError):
                    another.get_content(f"{base}/d/a")
                with pytest.raises(PathNotFoundError):
                    next(another.list(f"{base}/d"))
            else:
                assert [(i.path, i.size <= writer.size) for i in files_beneath(another, base)] in (
                    [],
                    [(f"{base}/d/a", True)],
                )

        with storage.writer(f"{base}/d/a") as writer:
            look()
            writer.write(b"small")
            look()
            writer.write(bytes(self.large_size(storage)))
            look()
        look()
        with storage.writer(f"{base}/d/a", append=True) as writer:
            look()
            writer.commit()
        assert another.stat(f"{base}/d/a").size == 5 + self.large_size(storage)

    @clause("driver.writer.spares-committed")
    def test_writer_spares_committed(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """With ``hidden_until_commit`` committed content stays readable until, and unless, a commit replaces it."""
        old, new = content_of(1_000, "old"), content_of(self.large_size(storage), "new")
        hidden = storage.capabilities.hidden_until_commit
        storage.put_content(f"{base}/a", old)
        with storage.writer(f"{base}/a") as writer:
            assert not hidden or another.get_content(f"{base}/a") == old
            writer.write(new[:100])
            assert not hidden or another.get_content(f"{base}/a") == old
            writer.write(new[100:])
            assert not hidden or another.get_content(f"{base}/a") == old
        assert not hidden or another.get_content(f"{base}/a") == old
        with another.writer(f"{base}/a") as writer:
            writer.cancel()
        if hidden:
            assert another.get_content(f"{base}/a") == old
            assert [(info.path, info.size) for info in storage.list(base)] == [(f"{base}/a", len(old))]
        with another.writer(f"{base}/a") as writer:
            writer.write(new)
            writer.commit()
        assert storage.get_content(f"{base}/a") == new

    @clause("driver.writer.exit-never-commits")
    def test_writer_exit_never_commits(self, storage: StorageDriver, base: str) -> None:
        """Leaving the ``with`` block closes the writer, by an exception too, and never commits; the upload goes on."""
        writer = storage.writer(f"{base}/a")
        with suppress(_Interrupted), writer:
            writer.write(b"begun")
            raise _Interrupted
        with pytest.raises(WriterStateError):
            writer.write(b"late")
        assert not (storage.capabilities.hidden_until_commit and exists(storage, f"{base}/a"))
        with storage.writer(f"{base}/a", append=True) as writer:
            assert writer.size == 5
            writer.commit()
        assert storage.get_content(f"{base}/a") == b"begun"

    @clause("driver.writer.order")
    def test_writer_order(self, storage: StorageDriver, base: str) -> None:
        """After commit only close is left; after close or cancel nothing, but that closing again is harmless."""

        def refused(writer: FileWriter) -> None:
            calls: list[Callable[[], object]] = [lambda: writer.write(b"late"), writer.commit, writer.cancel]
            for call in calls:
                with pytest.raises(WriterStateError):
                    call()

        for name in ("committed", "closed", "cancelled"):
            writer = storage.writer(f"{base}/{name}")
            writer.write(b"content")
            if name == "committed":
                writer.commit()
                refused(writer)
                writer.close()
            elif name == "closed":
                writer.close()
            else:
                writer.cancel()
            refused(writer)
            writer.close()
            assert writer.size == 7
        assert storage.get_content(f"{base}/committed") == b"content"
        storage.delete(f"{base}/closed")
        assert [info.path for info in storage.walk(base)] == [f"{base}/committed"]

    @clause("driver.writer.exclusive")
    def test_writer_exclusive(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """An ``exclusive_writer`` refuses a second until it is closed, commit included; others at least never mix."""
        path = f"{base}/a"
        if storage.capabilities.exclusive_writer:
            for end in ("close", "commit", "cancel"):
                writer = storage.writer(path)
                writer.write(end.encode())
                self._refuse_second(storage, another, path)
                if end == "commit":
                    writer.commit()
                    assert not _accepted(another, path, append=False)
                if end == "cancel":
                    writer.cancel()
                else:
                    writer.close()
                with another.writer(path) as second:
                    self._refuse_second(storage, another, path)
                    second.cancel()
            return
        ours, theirs = content_of(self.large_size(storage), "ours"), content_of(self.large_size(storage), "theirs")
        with storage.writer(path) as one, another.writer(path) as two:
            published = _race({one: ours, two: theirs})
        assert storage.get_content(path) in published

    @staticmethod
    def _refuse_second(storage: StorageDriver, another: StorageDriver, path: str) -> None:
        for instance in (storage, another):
            for append in (False, True):
                assert not _accepted(instance, path, append=append)

    @clause("driver.writer.exclusive-everywhere")
    def test_writer_exclusive_everywhere(self, storage: StorageDriver, base: str, elsewhere: Elsewhere) -> None:
        """An ``exclusive_writer`` refuses one from elsewhere (another process, if persistent) until it is closed."""
        with storage.writer(f"{base}/a") as writer:
            writer.write(b"held")
            accepted = elsewhere(_accepted, f"{base}/a", append=True)
            assert not (accepted and storage.capabilities.exclusive_writer)
        assert elsewhere(_accepted, f"{base}/a", append=True)
        storage.delete(f"{base}/a")

    @clause("driver.writer.exclusive-per-path")
    def test_writer_exclusive_per_path(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Writers of different paths do not hinder each other, nor does a writer hinder readers of its directory."""
        with storage.writer(f"{base}/a/b") as one, storage.writer(f"{base}/a/bc") as two, another.writer(f"{base}/c"):
            one.write(b"one")
            two.write(b"two")
            two.commit()
            storage.put_content(f"{base}/a/d", b"put")
            one.commit()
        storage.delete(f"{base}/c")
        assert [(info.path, storage.get_content(info.path)) for info in storage.walk(base)] == [
            (f"{base}/a/b", b"one"),
            (f"{base}/a/bc", b"two"),
            (f"{base}/a/d", b"put"),
        ]

    @clause("driver.writer.conflict")
    def test_writer_conflict(self, storage: StorageDriver, base: str) -> None:
        """Where a directory stands, or beneath a file, a writer raises `PathConflictError` or stores beside it."""

        def write(path: str) -> None:
            with storage.writer(path) as writer:
                writer.write(b"new")
                writer.commit()

        storage.put_content(f"{base}/directory/a", b"kept")
        storage.put_content(f"{base}/file", b"kept")
        for path in (f"{base}/directory", f"{base}/file/a"):
            if outcome(lambda path=path: write(path), PathConflictError) is None:  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                assert storage.get_content(path) == b"new"
        assert storage.get_content(f"{base}/directory/a") == b"kept"
        assert storage.get_content(f"{base}/file") == b"kept"


def _accepted(driver: StorageDriver, path: str, *, append: bool) -> bool:
    """Tell whether a writer can be opened; it is closed again."""
    try:
        driver.writer(path, append=append).close()
    except BlobUploadInUseError:
        return False
    return True


def _race(uploads: dict[FileWriter, bytes]) -> list[bytes]:
    """Write each content through its writer, in turns, commit each, and return those that nothing refused.

    Where writers do not exclude each other, one may find its upload gone; what counts is that none is mixed.
    """
    refused = set()
    for start in range(0, max(map(len, uploads.values())), 100_000):
        for writer, content in uploads.items():
            piece = content[start : start + 100_000]
            if writer not in refused and outcome(partial(writer.write, piece), DriverError):
                refused.add(writer)
    published = [
        content
        for writer, content in uploads.items()
        if writer not in refused and not outcome(writer.commit, DriverError)
    ]
    assert published, "of several writers of one path, one must come through"
    return published
