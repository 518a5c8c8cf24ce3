"""Clauses on ``cancel``, at every stage of an upload."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite, exists, files_beneath
from moorage_conformance._uploads import assert_no_upload, begin, finish

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class CancelClauses(DriverSuite):
    """A cancelled upload leaves nothing behind."""

    @clause("driver.cancel.new-upload")
    def test_cancel_new_upload(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Cancelled before, between or after writes, buffered or sent, an upload leaves nothing behind."""
        large = self.large_size(storage)
        for sizes in ((), (0,), (10,), (large,), (large, large, 1)):
            writer = storage.writer(f"{base}/d/a")
            for size in sizes:
                writer.write(b"x" * size)
            writer.cancel()
            nothing_is_left(storage, another, base, f"{base}/d/a")

    @clause("driver.cancel.resumed-upload")
    def test_cancel_resumed_upload(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """A resumed upload is cancelled whole: what earlier writers left goes too."""
        large = self.large_size(storage)
        for before, after in ((0, 0), (10, 0), (10, 10), (large, 0), (large, 10), (10, large)):
            begin(storage, f"{base}/d/a", b"x" * before)
            resumed = another.writer(f"{base}/d/a", append=True)
            resumed.write(b"x" * after)
            resumed.cancel()
            nothing_is_left(storage, another, base, f"{base}/d/a")

    @clause("driver.cancel.makes-room")
    def test_cancel_makes_room(self, storage: StorageDriver, base: str) -> None:
        """After a cancel a new upload of the path begins at nothing and commits."""
        writer = storage.writer(f"{base}/a")
        writer.write(b"cancelled content")
        writer.cancel()
        with storage.writer(f"{base}/a") as writer:
            assert writer.size == 0
            writer.write(b"new")
            writer.commit()
        assert storage.get_content(f"{base}/a") == b"new"

    @clause("driver.cancel.spares-others")
    def test_cancel_spares_others(self, storage: StorageDriver, base: str) -> None:
        """A cancel touches no other file and no other upload, however close by its name."""
        storage.put_content(f"{base}/a.b", b"kept")
        begin(storage, f"{base}/ab", b"other")
        writer = storage.writer(f"{base}/a")
        writer.write(b"x")
        writer.cancel()
        assert finish(storage, f"{base}/ab") == 5
        assert [(info.path, info.size) for info in storage.walk(base)] == [(f"{base}/a.b", 4), (f"{base}/ab", 5)]


def nothing_is_left(storage: StorageDriver, another: StorageDriver, base: str, path: str) -> None:
    """Check that no trace of an upload is left."""
    for instance in (storage, another):
        assert not exists(instance, path)
        assert files_beneath(instance, base) == []
        assert_no_upload(instance, path)
    assert list(storage.sweep_incomplete(base, timedelta(0))) == []
