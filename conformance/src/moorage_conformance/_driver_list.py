"""Clauses on ``list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moorage.driver import ROOT
from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite, fill

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class ListClauses(DriverSuite):
    """``list`` yields the direct children of a directory."""

    @clause("driver.list.children")
    def test_list_children(self, storage: StorageDriver, base: str) -> None:
        """The direct children of a directory are listed, each once: files with their size, directories with 0."""
        for name in ("file", "dir/x", "dir/y", "dir/deep/er/z", "other"):
            storage.put_content(f"{base}/{name}", name.encode())
        assert [(info.path, info.size, info.is_dir) for info in storage.list(base)] == [
            (f"{base}/dir", 0, True),
            (f"{base}/file", 4, False),
            (f"{base}/other", 5, False),
        ]

    @clause("driver.list.sorted")
    def test_list_sorted(self, storage: StorageDriver, base: str) -> None:
        """Children are sorted by name, byte by byte, whether they are files or directories."""
        names = ["-", "0", "A", "Z", "_", "a", "a-b", "a.b", "a0", "a_b", "ab", "b"]
        for name in reversed(names):
            storage.put_content(f"{base}/{name}/x" if name in {"a", "a0", "Z"} else f"{base}/{name}", b"")
        assert [info.path for info in storage.list(base)] == [f"{base}/{name}" for name in names]

    @clause("driver.list.component-wise")
    def test_list_component_wise(self, storage: StorageDriver, base: str) -> None:
        """Listing ``/a/b`` shows nothing of ``/a/bc``."""
        for name in ("b/x", "bc/y", "b-c", "b.c/z"):
            storage.put_content(f"{base}/a/{name}", b"")
        assert [info.path for info in storage.list(f"{base}/a/b")] == [f"{base}/a/b/x"]

    @clause("driver.list.missing")
    def test_list_missing(self, storage: StorageDriver, base: str) -> None:
        """A missing directory raises `PathNotFoundError`; so does a name that others only begin with."""
        storage.put_content(f"{base}/abc/x", b"")
        for path in (f"{base}/a", f"{base}/ab", f"{base}/abcd", f"{base}/abc/y"):
            with pytest.raises(PathNotFoundError):
                next(storage.list(path))

    @clause("driver.list.of-file")
    def test_list_of_file(self, storage: StorageDriver, base: str) -> None:
        """A file has no children to list: `PathNotFoundError`."""
        storage.put_content(f"{base}/a", b"")
        with pytest.raises(PathNotFoundError):
            next(storage.list(f"{base}/a"))

    @clause("driver.list.root")
    def test_list_root(self, storage: StorageDriver, base: str) -> None:
        """The root can be listed, also when nothing is stored."""
        assert base not in {info.path for info in storage.list(ROOT)}
        storage.put_content(f"{base}/a", b"")
        assert [info.is_dir for info in storage.list(ROOT) if info.path == base] == [True]

    @clause("driver.list.complete")
    def test_list_complete(self, storage: StorageDriver, base: str) -> None:
        """A listing is complete, past any page size of the backend."""
        paths = fill(storage, f"{base}/many", self.profile.many)
        assert [info.path for info in storage.list(f"{base}/many")] == paths

    @clause("driver.list.directory-once")
    def test_list_directory_once(self, storage: StorageDriver, base: str) -> None:
        """A directory is listed once, however many files are beneath it, and what comes after it is listed too."""
        fill(storage, f"{base}/many", self.profile.many)
        storage.put_content(f"{base}/next", b"")
        assert [(info.path, info.is_dir) for info in storage.list(base)] == [
            (f"{base}/many", True),
            (f"{base}/next", False),
        ]
