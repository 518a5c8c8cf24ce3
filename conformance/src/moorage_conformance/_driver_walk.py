"""Clauses on ``walk``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moorage.driver import ROOT
from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite, fill

if TYPE_CHECKING:
    from moorage.driver import StorageDriver

TRICKY = ("a-b", "a.b/c", "a.b/d", "a/-", "a/b/c", "a/b0", "a/bc", "a/c", "a0", "aa/b", "b", "b-/c")
"""In byte order of the whole path, in which ``-`` and ``.`` come before ``/``, and digits and letters after it."""


class WalkClauses(DriverSuite):
    """``walk`` streams the files beneath a directory."""

    @clause("driver.walk.byte-order")
    def test_walk_byte_order(self, storage: StorageDriver, base: str) -> None:
        """Files come in byte order of their full paths, as an object store lists them."""
        for name in reversed(TRICKY):
            storage.put_content(f"{base}/{name}", b"")
        assert [info.path for info in storage.walk(base)] == [f"{base}/{name}" for name in TRICKY]

    @clause("driver.walk.files-only")
    def test_walk_files_only(self, storage: StorageDriver, base: str) -> None:
        """Only files are yielded, each with the size of its content."""
        storage.put_content(f"{base}/a/b/c", b"123")
        storage.put_content(f"{base}/a/d", b"")
        assert [(info.path, info.size, info.is_dir) for info in storage.walk(base)] == [
            (f"{base}/a/b/c", 3, False),
            (f"{base}/a/d", 0, False),
        ]

    @clause("driver.walk.component-wise")
    def test_walk_component_wise(self, storage: StorageDriver, base: str) -> None:
        """Walking ``/a/b`` yields nothing of ``/a/bc``."""
        for name in ("b/x", "bc/y", "b-c", "b.c/z"):
            storage.put_content(f"{base}/a/{name}", b"")
        assert [info.path for info in storage.walk(f"{base}/a/b")] == [f"{base}/a/b/x"]

    @clause("driver.walk.missing")
    def test_walk_missing(self, storage: StorageDriver, base: str) -> None:
        """A missing directory, or a file, raises `PathNotFoundError` before anything is yielded."""
        storage.put_content(f"{base}/abc", b"")
        for path in (f"{base}/a", f"{base}/ab", f"{base}/abc", f"{base}/abc/d"):
            with pytest.raises(PathNotFoundError):
                next(storage.walk(path))

    @clause("driver.walk.start-after")
    def test_walk_start_after(self, storage: StorageDriver, base: str) -> None:
        """``start_after`` yields exactly the greater paths, wherever it lies and whether or not it exists."""
        paths = [f"{base}/{name}" for name in TRICKY]
        for path in paths:
            storage.put_content(path, b"")
        missing = ("-", "a", "a-", "a.b", "a.b/c0", "a/b", "a/b/c/d", "a/bb", "a/z", "a00", "b-", "b0", "z")
        for after in [*paths, *(f"{base}/{name}" for name in missing), base, ROOT, base + "0", "/-"]:
            expected = [path for path in paths if path > after]
            assert [info.path for info in storage.walk(base, after)] == expected, f"start_after={after}"

    @clause("driver.walk.complete")
    def test_walk_complete(self, storage: StorageDriver, base: str) -> None:
        """A walk is complete, past any page size of the backend, from the beginning and from anywhere else."""
        paths = fill(storage, f"{base}/many", self.profile.many)
        assert [info.path for info in storage.walk(base)] == paths
        assert [info.path for info in storage.walk(base, paths[10])] == paths[11:]

    @clause("driver.walk.root")
    def test_walk_root(self, storage: StorageDriver, base: str) -> None:
        """The root can be walked."""
        storage.put_content(f"{base}/a", b"")
        assert next(storage.walk(ROOT, base)).path == f"{base}/a"

    @clause("driver.walk.while-deleting")
    def test_walk_while_deleting(self, storage: StorageDriver, base: str) -> None:
        """Every file is yielded although those before it are deleted as the walk goes on."""
        paths = sorted(f"{base}/{directory}/{name}" for directory in "abc" for name in "xyz")
        for path in paths:
            storage.put_content(path, b"")
        walked = []
        for info in storage.walk(base):
            walked.append(info.path)
            storage.delete(info.path)
        assert walked == paths
