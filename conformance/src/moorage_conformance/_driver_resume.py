"""Clauses on going on with what an earlier writer began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.errors import UnsupportedMethodError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of, split
from moorage_conformance._suite import DriverSuite, Elsewhere, files_beneath
from moorage_conformance._uploads import assert_no_upload, begin, finish, go_on, upload

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class ResumeClauses(DriverSuite):
    """What was accepted and closed is there for the next writer, wherever it runs."""

    @clause("driver.resume.missing")
    def test_resume_missing(self, storage: StorageDriver, base: str) -> None:
        """Where nothing was begun, ``append`` raises `PathNotFoundError` and begins nothing."""
        storage.put_content(f"{base}/ab", b"")
        for path in (f"{base}/a", f"{base}/c/d"):
            for _ in range(2):
                assert_no_upload(storage, path)
        assert [info.path for info in storage.walk(base)] == [f"{base}/ab"]

    @clause("driver.resume.new-instance")
    def test_resume_in_new_instance(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Another instance goes on where a closed writer ended: every accepted byte counts, buffered ones too."""
        large = self.large_size(storage)
        for sizes in ((1,), (10, 1, 5), (100_000, 1), (large, 3, large)):
            content = content_of(sum(sizes) + 7)
            pieces = split(content, *sizes)
            begin(storage, f"{base}/a", pieces[0])
            done = len(pieces[0])
            for number, piece in enumerate(pieces[1:]):
                with (another, storage)[number % 2].writer(f"{base}/a", append=True) as writer:
                    assert writer.size == done
                    writer.write(piece)
                    done += len(piece)
                    assert writer.size == done
                    if number == len(sizes) - 1:
                        writer.commit()
            assert storage.get_content(f"{base}/a") == content
            storage.delete(f"{base}/a")

    @clause("driver.resume.new-process")
    def test_resume_in_new_process(self, storage: StorageDriver, base: str, elsewhere: Elsewhere) -> None:
        """Elsewhere (another process, if persistent) an upload is gone on with and committed, and back here again."""
        content = content_of(self.large_size(storage) + 30)
        pieces = split(content, 10, self.large_size(storage), 7)
        begin(storage, f"{base}/a", pieces[0])
        assert elsewhere(go_on, f"{base}/a", pieces[1]) == 10
        assert go_on(storage, f"{base}/a", pieces[2]) == len(pieces[0] + pieces[1])
        assert elsewhere(finish, f"{base}/a", pieces[3]) == len(content) - len(pieces[3])
        assert storage.get_content(f"{base}/a") == content

    @clause("driver.resume.nothing-written")
    def test_resume_nothing_written(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """An upload of no bytes yet can be gone on with, as often as one likes."""
        storage.writer(f"{base}/a").close()
        for instance in (another, storage, another):
            assert go_on(instance, f"{base}/a", b"") == 0
        assert finish(storage, f"{base}/a", b"content") == 0
        assert another.get_content(f"{base}/a") == b"content"

    @clause("driver.resume.commit-at-once")
    def test_resume_commit_at_once(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """A resumed upload can be committed without another write, whatever its size."""
        for size in (0, 1, 100_000, self.large_size(storage)):
            content = content_of(size)
            begin(storage, f"{base}/a", content)
            assert finish(another, f"{base}/a") == size
            assert storage.get_content(f"{base}/a") == content
            storage.delete(f"{base}/a")

    @clause("driver.resume.any-split")
    def test_resume_any_split(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """However content is split into writes, and writes into writers, it is the same content."""

        @settings(
            max_examples=self.profile.examples,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],  # a backend's latency is not the strategy's
        )
        @given(st.lists(st.lists(st.binary(max_size=200), max_size=3), min_size=1, max_size=5))
        def write_and_read(sessions: list[list[bytes]]) -> None:
            written = b""
            for number, pieces in enumerate(sessions):
                with (storage, another)[number % 2].writer(f"{base}/a", append=number > 0) as writer:
                    assert writer.size == len(written)
                    for piece in pieces:
                        assert writer.write(piece) == len(piece)
                        written += piece
                    if number == len(sessions) - 1:
                        writer.commit()
            assert storage.get_content(f"{base}/a") == written
            storage.delete(f"{base}/a")

        write_and_read()

    @clause("driver.resume.committed")
    def test_resume_committed(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """With ``append_committed`` a writer goes on after committed content; without, it is refused, harmlessly."""
        for store in (put, upload):
            store(storage, f"{base}/a", b"committed")
            if not storage.capabilities.append_committed:
                with pytest.raises(UnsupportedMethodError):
                    another.writer(f"{base}/a", append=True)
                assert storage.get_content(f"{base}/a") == b"committed"
                continue
            with another.writer(f"{base}/a", append=True) as writer:
                assert writer.size == 9
                writer.write(b", and")
                if storage.capabilities.hidden_until_commit:
                    assert storage.get_content(f"{base}/a") == b"committed"
            assert finish(storage, f"{base}/a", b" more") == 14
            assert another.get_content(f"{base}/a") == b"committed, and more"
            assert finish(storage, f"{base}/a") == 19
            assert another.get_content(f"{base}/a") == b"committed, and more"
        assert [info.path for info in files_beneath(storage, base)] == [f"{base}/a"]

    @clause("driver.resume.committed-empty")
    def test_resume_committed_empty(self, storage: StorageDriver, base: str) -> None:
        """Any driver goes on after committed content that is empty."""
        for store in (put, upload):
            store(storage, f"{base}/a", b"")
            assert finish(storage, f"{base}/a", b"content") == 0
            assert storage.get_content(f"{base}/a") == b"content"


def put(storage: StorageDriver, path: str, content: bytes) -> None:
    """Store content with a put; the other way to store it is `upload`."""
    storage.put_content(path, content)
