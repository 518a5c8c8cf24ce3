"""Clauses on many threads at work at once."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of
from moorage_conformance._elsewhere import in_threads, outcome, run_together
from moorage_conformance._suite import DriverSuite, files_beneath

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class ConcurrencyClauses(DriverSuite):
    """Threads that share a driver do not disturb each other."""

    @clause("driver.threads.different-paths")
    def test_threads_different_paths(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Threads at work on different paths of one directory each get what they stored, and nothing is lost."""

        def work(number: int) -> None:
            instance = (storage, another)[number % 2]
            content = content_of(50_000, str(number))
            instance.put_content(f"{base}/{number}-put", content)
            with instance.writer(f"{base}/{number}-upload") as writer:
                writer.write(content[:30_000])
            with instance.writer(f"{base}/{number}-upload", append=True) as writer:
                writer.write(content[30_000:])
                writer.commit()
            assert instance.get_content(f"{base}/{number}-put") == content
            instance.move(f"{base}/{number}-upload", f"{base}/{number}-moved")
            instance.delete(f"{base}/{number}-put")
            assert instance.get_content(f"{base}/{number}-moved") == content

        in_threads(work, range(self.profile.threads))
        assert [info.path for info in storage.walk(base)] == [
            f"{base}/{number}-moved" for number in range(self.profile.threads)
        ]

    @clause("driver.threads.same-path")
    def test_threads_same_path(self, storage: StorageDriver, base: str) -> None:
        """Of many puts to one path at once, one is what stays, whole."""
        contents = [content_of(30_000 + number, str(number)) for number in range(self.profile.threads)]
        for _ in range(self.profile.rounds // 3):
            in_threads(lambda content: storage.put_content(f"{base}/a", content, durable=False), contents)
            assert storage.get_content(f"{base}/a") in contents
        assert [info.path for info in storage.list(base)] == [f"{base}/a"]

    @clause("driver.threads.same-delete")
    def test_threads_same_delete(self, storage: StorageDriver, base: str) -> None:
        """Of many deletes of one path at once, at least one succeeds and the others raise `PathNotFoundError`."""
        for _ in range(self.profile.rounds // 3):
            storage.put_content(f"{base}/a/b", b"", durable=False)
            errors = in_threads(
                lambda _: outcome(lambda: storage.delete(f"{base}/a"), PathNotFoundError), range(self.profile.threads)
            )
            assert None in errors
            assert files_beneath(storage, base) == []

    @clause("driver.threads.same-move")
    def test_threads_same_move(self, storage: StorageDriver, base: str) -> None:
        """Of many moves from one path at once, at least one succeeds, the others raise; no content is lost or mixed."""
        content = content_of(40_000)
        for _ in range(self.profile.rounds // 3):
            storage.put_content(f"{base}/source", content, durable=False)
            errors = in_threads(
                lambda number: outcome(
                    lambda: storage.move(f"{base}/source", f"{base}/destination-{number}"), PathNotFoundError
                ),
                range(self.profile.threads),
            )
            arrived = [number for number, error in enumerate(errors) if error is None]
            assert arrived
            assert len(arrived) == 1 or not storage.capabilities.atomic_move
            assert [info.path for info in storage.walk(base)] == [f"{base}/destination-{n}" for n in arrived]
            for number in arrived:
                assert storage.get_content(f"{base}/destination-{number}") == content
            storage.delete(base)

    @clause("driver.threads.put-beside-delete")
    def test_threads_put_beside_delete(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """A put succeeds although the last file of its directory is being deleted at the same moment."""

        def work(number: int) -> None:
            instance = (storage, another)[number % 2]
            for round_ in range(self.profile.rounds):
                path = f"{base}/d/e/{number}-{round_}"
                instance.put_content(path, b"content", durable=False)
                assert instance.get_content(path) == b"content"
                instance.delete(path)

        in_threads(work, range(self.profile.threads // 2))
        assert files_beneath(storage, base) == []

    @clause("driver.threads.stable-listing")
    def test_threads_stable_listing(self, storage: StorageDriver, base: str) -> None:
        """A listing shows each file that is there all the while exactly once, whatever comes and goes beside it."""
        kept = [f"{base}/d/{number:02}" for number in range(20)]
        for path in kept:
            storage.put_content(path, b"", durable=False)
        done = Event()

        def change() -> None:
            try:
                for round_ in range(self.profile.rounds):
                    storage.put_content(f"{base}/d/{round_ % 20:02}-x", b"", durable=False)
                    storage.delete(f"{base}/d/{round_ % 20:02}-x")
            finally:
                done.set()

        def look() -> None:
            while not done.is_set():
                for infos in (storage.list(f"{base}/d"), storage.walk(base)):
                    assert [info.path for info in infos if not info.path.endswith("-x")] == kept

        run_together(change, look)
