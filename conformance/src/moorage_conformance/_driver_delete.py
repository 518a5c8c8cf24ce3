"""Clauses on ``delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite, fill
from moorage_conformance._uploads import assert_no_upload, begin, finish

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class DeleteClauses(DriverSuite):
    """``delete`` takes away all that is at and beneath a path, and nothing else."""

    @clause("driver.delete.file")
    def test_delete_file(self, storage: StorageDriver, base: str) -> None:
        """A deleted file is gone from every method; the others in its directory stay."""
        storage.put_content(f"{base}/a", b"gone")
        storage.put_content(f"{base}/b", b"kept")
        storage.delete(f"{base}/a")
        with pytest.raises(PathNotFoundError):
            storage.stat(f"{base}/a")
        with pytest.raises(PathNotFoundError):
            storage.get_content(f"{base}/a")
        assert [info.path for info in storage.list(base)] == [f"{base}/b"]
        assert storage.get_content(f"{base}/b") == b"kept"

    @clause("driver.delete.recursive")
    def test_delete_recursive(self, storage: StorageDriver, base: str) -> None:
        """Deleting a directory deletes all beneath it, and the directory is gone too."""
        for name in ("a/b", "a/c/d", "a/c/e/f", "z"):
            storage.put_content(f"{base}/{name}", b"")
        storage.delete(f"{base}/a")
        assert [info.path for info in storage.walk(base)] == [f"{base}/z"]
        assert [info.path for info in storage.list(base)] == [f"{base}/z"]
        for path in (f"{base}/a", f"{base}/a/c", f"{base}/a/c/e/f"):
            with pytest.raises(PathNotFoundError):
                storage.stat(path)

    @clause("driver.delete.complete")
    def test_delete_complete(self, storage: StorageDriver, base: str) -> None:
        """All beneath a directory is deleted, past any page size of the backend."""
        fill(storage, f"{base}/many", self.profile.many)
        storage.delete(f"{base}/many")
        with pytest.raises(PathNotFoundError):
            storage.stat(f"{base}/many")

    @clause("driver.delete.component-wise")
    def test_delete_component_wise(self, storage: StorageDriver, base: str) -> None:
        """Deleting ``/a/b`` never touches ``/a/bc``, whether ``/a/b`` is a file, a directory, or missing."""
        others = ["b-c", "b.c/d", "b0", "bc", "bc.d/e"]
        for name in others:
            storage.put_content(f"{base}/a/{name}", b"")
        for name in ("b", "b/c/d"):
            storage.put_content(f"{base}/a/{name}", b"")
            storage.delete(f"{base}/a/b")
            assert [info.path for info in storage.walk(base)] == [f"{base}/a/{other}" for other in others]
        with pytest.raises(PathNotFoundError):
            storage.delete(f"{base}/a/b")
        assert [info.path for info in storage.walk(base)] == [f"{base}/a/{other}" for other in others]

    @clause("driver.delete.missing")
    def test_delete_missing(self, storage: StorageDriver, base: str) -> None:
        """Deleting what is not there raises `PathNotFoundError`, the second time too."""
        storage.put_content(f"{base}/a", b"")
        storage.put_content(f"{base}/b", b"kept")
        storage.delete(f"{base}/a")
        for path in (f"{base}/a", f"{base}/b/c", f"{base}/c/d"):
            with pytest.raises(PathNotFoundError):
                storage.delete(path)
        assert storage.get_content(f"{base}/b") == b"kept"

    @clause("driver.delete.makes-room")
    def test_delete_makes_room(self, storage: StorageDriver, base: str) -> None:
        """A deleted path is free again: a file can stand where a directory was, and the other way round."""
        storage.put_content(f"{base}/a/b/c", b"first")
        storage.delete(f"{base}/a")
        storage.put_content(f"{base}/a", b"second")
        assert storage.get_content(f"{base}/a") == b"second"
        storage.delete(f"{base}/a")
        storage.put_content(f"{base}/a/b", b"third")
        assert storage.get_content(f"{base}/a/b") == b"third"

    @clause("driver.delete.upload-at-path")
    def test_delete_upload_at_path(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """Deleting the path of an incomplete upload aborts it: nothing is left to append to, or to delete."""
        for size in (0, 10, self.large_size(storage)):
            begin(storage, f"{base}/a", b"x" * size)
            another.delete(f"{base}/a")
            for instance in (storage, another):
                assert_no_upload(instance, f"{base}/a")
                with pytest.raises(PathNotFoundError):
                    instance.delete(f"{base}/a")

    @clause("driver.delete.uploads-beneath")
    def test_delete_uploads_beneath(self, storage: StorageDriver, base: str) -> None:
        """Deleting a directory aborts the incomplete uploads beneath it, and only those."""
        aborted = [f"{base}/a/b/x", f"{base}/a/b/c/y"]
        spared = f"{base}/a/bc"
        for path in (*aborted, spared):
            begin(storage, path, b"part")
        storage.delete(f"{base}/a/b")
        for path in aborted:
            assert_no_upload(storage, path)
        assert finish(storage, spared) == 4
        assert [(info.path, info.size) for info in storage.walk(base)] == [(spared, 4)]
