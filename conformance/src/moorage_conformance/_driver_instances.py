"""Clauses on several instances over one storage, in one process and in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moorage.driver import guard
from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite, Elsewhere, exists

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver


class InstanceClauses(DriverSuite):
    """What one instance stored, another sees, at once."""

    @clause("driver.instance.sees-all")
    def test_instance_sees_all(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """A second instance sees every change of the first when the call returns, and the other way round."""
        for one, other in ((storage, another), (another, storage)):
            one.put_content(f"{base}/a", b"first")
            assert other.get_content(f"{base}/a") == b"first"
            one.put_content(f"{base}/a", b"second one")
            assert other.get_content(f"{base}/a") == b"second one"
            assert other.stat(f"{base}/a").size == 10
            one.move(f"{base}/a", f"{base}/b/c")
            assert [(info.path, info.is_dir) for info in other.list(base)] == [(f"{base}/b", True)]
            assert not exists(other, f"{base}/a")
            one.delete(f"{base}/b")
            assert not exists(other, f"{base}/b/c")
            with pytest.raises(PathNotFoundError):
                other.get_content(f"{base}/b/c")

    @clause("driver.instance.outlives")
    def test_instance_outlives(
        self, open_again: Callable[[], StorageDriver], storage: StorageDriver, base: str
    ) -> None:
        """Content and uploads outlive the instance that began them, and its ``close``."""
        first = guard(open_again())
        first.put_content(f"{base}/a", b"content")
        with first.writer(f"{base}/b") as writer:
            writer.write(b"begun")
        first.close()
        assert storage.get_content(f"{base}/a") == b"content"
        with storage.writer(f"{base}/b", append=True) as writer:
            assert writer.size == 5
            writer.cancel()

    @clause("driver.instance.new-process")
    def test_instance_new_process(self, storage: StorageDriver, base: str, elsewhere: Elsewhere) -> None:
        """Elsewhere (another process, if persistent) the same content is seen, and what it stores is seen here."""
        storage.put_content(f"{base}/a", b"from here")
        assert elsewhere(_exchange, f"{base}/a", f"{base}/b", b"from there") == b"from here"
        assert storage.get_content(f"{base}/b") == b"from there"


def _exchange(driver: StorageDriver, read: str, put: str, content: bytes) -> bytes:
    driver.put_content(put, content)
    return driver.get_content(read)
