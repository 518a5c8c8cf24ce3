"""Clauses on ``move``."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from moorage.errors import InvalidPathError, PathConflictError, PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of
from moorage_conformance._elsewhere import outcome, run_together
from moorage_conformance._suite import DriverSuite, exists

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class MoveClauses(DriverSuite):
    """``move`` brings content to its place, whole, and takes it from where it was."""

    @clause("driver.move.moves")
    def test_move_moves(self, storage: StorageDriver, base: str) -> None:
        """The content is at the destination, whose parents need not exist, and no longer at the source."""
        for content in (b"", b"content"):
            storage.put_content(f"{base}/a/source", content)
            storage.move(f"{base}/a/source", f"{base}/new/parent/destination")
            assert storage.get_content(f"{base}/new/parent/destination") == content
            assert [(i.path, i.size) for i in storage.walk(base)] == [(f"{base}/new/parent/destination", len(content))]
            with pytest.raises(PathNotFoundError):
                storage.stat(f"{base}/a/source")
            with pytest.raises(PathNotFoundError):
                storage.get_content(f"{base}/a/source")

    @clause("driver.move.large")
    def test_move_large(self, storage: StorageDriver, base: str) -> None:
        """Large content, come by a writer, is moved whole."""
        content = content_of(self.large_size(storage))
        with storage.writer(f"{base}/a/source") as writer:
            writer.write(content)
            writer.commit()
        storage.move(f"{base}/a/source", f"{base}/b/destination")
        assert storage.get_content(f"{base}/b/destination") == content
        assert not exists(storage, f"{base}/a/source")

    @clause("driver.move.while-held")
    def test_move_while_held(self, storage: StorageDriver, base: str) -> None:
        """Content can be moved between the writer's commit and its close, and the close does not undo it."""
        with storage.writer(f"{base}/source") as writer:
            writer.write(b"content")
            writer.commit()
            storage.move(f"{base}/source", f"{base}/destination")
        assert [info.path for info in storage.walk(base)] == [f"{base}/destination"]
        assert storage.get_content(f"{base}/destination") == b"content"

    @clause("driver.move.replaces-destination")
    def test_move_replaces_destination(self, storage: StorageDriver, base: str) -> None:
        """What the destination had is replaced, all of it."""
        storage.put_content(f"{base}/destination", b"a longer old content")
        storage.put_content(f"{base}/source", b"new")
        storage.move(f"{base}/source", f"{base}/destination")
        assert storage.get_content(f"{base}/destination") == b"new"
        assert [info.path for info in storage.list(base)] == [f"{base}/destination"]

    @clause("driver.move.missing-source")
    def test_move_missing_source(self, storage: StorageDriver, base: str) -> None:
        """A missing source raises `PathNotFoundError`, and nothing comes to be at the destination."""
        storage.put_content(f"{base}/sourcery", b"")
        with pytest.raises(PathNotFoundError):
            storage.move(f"{base}/source", f"{base}/destination")
        assert [info.path for info in storage.walk(base)] == [f"{base}/sourcery"]

    @clause("driver.move.missing-source-is-never-success")
    def test_move_missing_source_is_never_success(self, storage: StorageDriver, base: str) -> None:
        """A missing source raises `PathNotFoundError` although the destination has content, which stays."""
        storage.put_content(f"{base}/destination", b"kept")
        with pytest.raises(PathNotFoundError):
            storage.move(f"{base}/source", f"{base}/destination")
        storage.put_content(f"{base}/source", b"moved")
        storage.move(f"{base}/source", f"{base}/destination")
        with pytest.raises(PathNotFoundError):
            storage.move(f"{base}/source", f"{base}/destination")
        assert storage.get_content(f"{base}/destination") == b"moved"

    @clause("driver.move.of-directory")
    def test_move_of_directory(self, storage: StorageDriver, base: str) -> None:
        """A directory has no content to move: `PathNotFoundError`, and it stays as it is."""
        storage.put_content(f"{base}/source/a", b"kept")
        with pytest.raises(PathNotFoundError):
            storage.move(f"{base}/source", f"{base}/destination")
        assert [info.path for info in storage.walk(base)] == [f"{base}/source/a"]

    @clause("driver.move.onto-directory")
    def test_move_onto_directory(self, storage: StorageDriver, base: str) -> None:
        """Onto a directory a move raises `PathConflictError` or stores beside it; no content is lost."""
        storage.put_content(f"{base}/destination/a", b"kept")
        storage.put_content(f"{base}/source", b"moved")
        refused = outcome(lambda: storage.move(f"{base}/source", f"{base}/destination"), PathConflictError)
        assert storage.get_content(f"{base}/destination/a") == b"kept"
        assert storage.get_content(f"{base}/source" if refused else f"{base}/destination") == b"moved"

    @clause("driver.move.onto-itself")
    def test_move_onto_itself(self, storage: StorageDriver, base: str) -> None:
        """A move onto itself keeps the content; its own ancestor or descendant is refused, harmlessly."""
        storage.put_content(f"{base}/a/b", b"kept")
        storage.move(f"{base}/a/b", f"{base}/a/b")
        for destination in (f"{base}/a", f"{base}/a/b/c"):
            with pytest.raises(InvalidPathError):
                storage.move(f"{base}/a/b", destination)
        with pytest.raises(PathNotFoundError):
            storage.move(f"{base}/missing", f"{base}/missing")
        assert storage.get_content(f"{base}/a/b") == b"kept"

    @clause("driver.move.runs-again")
    def test_move_runs_again(self, storage: StorageDriver, base: str) -> None:
        """A move that was interrupted after the copy, with source and destination both there, can be run again."""
        storage.put_content(f"{base}/source", b"content")
        storage.put_content(f"{base}/destination", b"content")
        storage.move(f"{base}/source", f"{base}/destination")
        assert [info.path for info in storage.list(base)] == [f"{base}/destination"]
        assert storage.get_content(f"{base}/destination") == b"content"

    @clause("driver.move.spares-siblings")
    def test_move_spares_siblings(self, storage: StorageDriver, base: str) -> None:
        """Only the source moves, not what begins with its name."""
        for name in ("b", "bc", "b-c", "b.c/d"):
            storage.put_content(f"{base}/{name}", name.encode())
        storage.move(f"{base}/b", f"{base}/z")
        assert [(info.path, storage.get_content(info.path)) for info in storage.walk(base)] == [
            (f"{base}/b-c", b"b-c"),
            (f"{base}/b.c/d", b"b.c/d"),
            (f"{base}/bc", b"bc"),
            (f"{base}/z", b"b"),
        ]

    @clause("driver.move.never-partial")
    def test_move_never_partial(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Readers of the destination see the old content or the new one: never a part, a mixture, or nothing."""
        destination = f"{base}/destination"
        contents = [content_of(60_000, "old"), content_of(90_000, "new")]
        storage.put_content(destination, contents[0])
        done = Event()

        def move() -> None:
            try:
                for round_ in range(self.profile.rounds):
                    storage.put_content(f"{base}/source", contents[(round_ + 1) % 2], durable=False)
                    storage.move(f"{base}/source", destination)
            finally:
                done.set()

        def read() -> None:
            while not done.is_set():
                assert another.get_content(destination) in contents

        run_together(move, read)

    @clause("driver.move.atomic")
    def test_move_atomic(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """An ``atomic_move`` never shows content in both places; any move shows it in the destination in the end."""
        destination = f"{base}/destination"
        contents = [content_of(60_000, str(round_)) for round_ in range(self.profile.rounds)]
        sources = {content: f"{base}/source-{round_}" for round_, content in enumerate(contents)}
        in_both: list[str] = []
        storage.put_content(destination, b"")
        done = Event()

        def move() -> None:
            try:
                for content in contents:
                    storage.put_content(sources[content], content, durable=False)
                    storage.move(sources[content], destination)
            finally:
                done.set()

        def look() -> None:
            while not done.is_set():
                arrived = another.get_content(destination)
                if arrived and exists(another, sources[arrived]):
                    in_both.append(sources[arrived])

        run_together(move, look)
        if storage.capabilities.atomic_move:
            assert in_both == []
        assert storage.get_content(destination) == contents[-1]
        assert [info.path for info in storage.list(base)] == [destination]
