"""Clauses on ``stat``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from moorage.driver import FileInfo, StorageDriver

CLOCK_SKEW = timedelta(hours=1)
"""How far a backend's clock may be from ours. Signed requests are refused long before that."""


class StatClauses(DriverSuite):
    """``stat`` tells what is at one path."""

    @clause("driver.stat.file")
    def test_stat_file(self, storage: StorageDriver, base: str) -> None:
        """A file has its path, the size of its content in bytes, and is no directory."""
        storage.put_content(f"{base}/a", b"12345")
        info = storage.stat(f"{base}/a")
        assert (info.path, info.size, info.is_dir) == (f"{base}/a", 5, False)

    @clause("driver.stat.empty-file")
    def test_stat_empty_file(self, storage: StorageDriver, base: str) -> None:
        """A file without content is a file of size 0."""
        storage.put_content(f"{base}/a", b"")
        info = storage.stat(f"{base}/a")
        assert (info.path, info.size, info.is_dir) == (f"{base}/a", 0, False)

    @clause("driver.stat.follows-content")
    def test_stat_follows_content(self, storage: StorageDriver, base: str) -> None:
        """The size is that of the content now, after each replacement."""
        for size in (3, 7, 0, 1):
            storage.put_content(f"{base}/a", b"x" * size)
            assert storage.stat(f"{base}/a").size == size

    @clause("driver.stat.directory")
    def test_stat_directory(self, storage: StorageDriver, base: str) -> None:
        """Every ancestor of a file is a directory, of size 0."""
        storage.put_content(f"{base}/a/b/c", b"12345")
        for path in (base, f"{base}/a", f"{base}/a/b"):
            info = storage.stat(path)
            assert (info.path, info.size, info.is_dir) == (path, 0, True)

    @clause("driver.stat.missing")
    def test_stat_missing(self, storage: StorageDriver, base: str) -> None:
        """Where nothing is, ``stat`` raises `PathNotFoundError`."""
        for path in (base, f"{base}/a"):
            with pytest.raises(PathNotFoundError):
                storage.stat(path)

    @clause("driver.stat.beneath-file")
    def test_stat_beneath_file(self, storage: StorageDriver, base: str) -> None:
        """Nothing is beneath a file."""
        storage.put_content(f"{base}/a", b"x")
        with pytest.raises(PathNotFoundError):
            storage.stat(f"{base}/a/b")

    @clause("driver.stat.component-wise")
    def test_stat_component_wise(self, storage: StorageDriver, base: str) -> None:
        """A path exists by whole components: ``/a/bc`` does not make ``/a/b`` exist."""
        for name in ("bc", "b-c", "b.c", "b0/c"):
            storage.put_content(f"{base}/a/{name}", b"x")
        with pytest.raises(PathNotFoundError):
            storage.stat(f"{base}/a/b")

    @clause("driver.stat.time")
    def test_stat_time(self, storage: StorageDriver, base: str) -> None:
        """The time of a file is when it was last changed, aware and in UTC; in listings as in ``stat``."""
        storage.put_content(f"{base}/d/a", b"x")
        with storage.writer(f"{base}/d/b") as writer:
            writer.write(b"x")
            writer.commit()
        infos = [storage.stat(f"{base}/d/a"), storage.stat(f"{base}/d/b")]
        infos += [*storage.list(f"{base}/d"), *storage.walk(base)]
        assert len(infos) == 6
        for info in infos:
            assert in_utc(info)
            assert abs(datetime.now(UTC) - info.mtime) < CLOCK_SKEW

    @clause("driver.stat.time-of-directory")
    def test_stat_time_of_directory(self, storage: StorageDriver, base: str) -> None:
        """The time of a directory is aware, in UTC, and not in the future."""
        storage.put_content(f"{base}/d/a", b"x")
        for info in (storage.stat(f"{base}/d"), *storage.list(base)):
            assert info.is_dir
            assert in_utc(info)
            assert info.mtime < datetime.now(UTC) + CLOCK_SKEW


def in_utc(info: FileInfo) -> bool:
    """Tell whether the time of ``info`` is aware and in UTC."""
    return info.mtime.utcoffset() == timedelta(0)
