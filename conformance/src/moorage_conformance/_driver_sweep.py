"""Clauses on ``sweep_incomplete``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite
from moorage_conformance._uploads import assert_no_upload, begin, finish

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class SweepClauses(DriverSuite):
    """A sweep removes what crashed writers left, and never what lives."""

    @clause("driver.sweep.keeps")
    def test_sweep_keeps(self, storage: StorageDriver, base: str) -> None:
        """An upload whose path is in ``keep`` is spared, however old."""
        begin_all(storage, f"{base}/a", f"{base}/b/c")
        swept = storage.sweep_incomplete(base, timedelta(0), keep=[f"{base}/a", f"{base}/b/c"])
        assert list(swept) == []
        finish_all(storage, f"{base}/a", f"{base}/b/c")

    @clause("driver.sweep.spares-recent")
    def test_sweep_spares_recent(self, storage: StorageDriver, base: str) -> None:
        """What changed more recently than ``older_than`` is spared."""
        begin_all(storage, f"{base}/a")
        assert list(storage.sweep_incomplete(base, timedelta(days=1))) == []
        finish_all(storage, f"{base}/a")

    @clause("driver.sweep.removes")
    def test_sweep_removes(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """What is swept is reported and gone; a hidden upload is always swept. What is not reported goes on."""
        path = f"{base}/a"
        begin_all(storage, path)
        swept = another.sweep_incomplete(base, timedelta(0))
        for leftover in swept:
            assert leftover.path
            assert leftover.kind
        assert swept or not storage.capabilities.hidden_until_commit
        if swept:
            for instance in (storage, another):
                assert_no_upload(instance, path)
        else:
            finish_all(storage, path)
        assert list(storage.sweep_incomplete(base, timedelta(0))) == []

    @clause("driver.sweep.component-wise")
    def test_sweep_component_wise(self, storage: StorageDriver, base: str) -> None:
        """Only what lies at or beneath the prefix is swept: ``/a/b`` never reaches ``/a/bc``."""
        begin_all(storage, f"{base}/a/bc", f"{base}/a/b.c/d")
        assert list(storage.sweep_incomplete(f"{base}/a/b", timedelta(0))) == []
        finish_all(storage, f"{base}/a/bc", f"{base}/a/b.c/d")

    @clause("driver.sweep.spares-content")
    def test_sweep_spares_content(self, storage: StorageDriver, base: str) -> None:
        """Committed content is never swept, whichever way it came."""
        storage.put_content(f"{base}/put", b"kept")
        begin_all(storage, f"{base}/written")
        finish_all(storage, f"{base}/written")
        assert list(storage.sweep_incomplete(base, timedelta(0))) == []
        assert [(info.path, storage.get_content(info.path)) for info in storage.walk(base)] == [
            (f"{base}/put", b"kept"),
            (f"{base}/written", b"begun"),
        ]


def begin_all(storage: StorageDriver, *paths: str) -> None:
    """Begin an upload at each path, and leave it."""
    for path in paths:
        begin(storage, path, b"begun")


def finish_all(storage: StorageDriver, *paths: str) -> None:
    """Check that nothing of the uploads was lost, and commit them."""
    for path in paths:
        assert finish(storage, path) == 5
        assert storage.get_content(path) == b"begun"
