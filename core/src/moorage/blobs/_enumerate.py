"""Digests as the layout has them: ``<hex>/<file>`` beneath a directory of one algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moorage.digest import Digest
from moorage.errors import BlobInvalidDigestError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.driver import StorageDriver


def digests_beneath(driver: StorageDriver, directory: str, algorithm: str, file: str) -> Iterator[Digest]:
    """Yield the digest of every ``<hex>/<file>`` beneath ``directory``, in order; none if that is missing."""
    try:
        for info in driver.walk(directory):
            _, hexadecimal, name = info.path.rsplit("/", 2)
            if name == file:
                try:
                    yield Digest(f"{algorithm}:{hexadecimal}")
                except BlobInvalidDigestError:
                    continue  # a stranger's file that is none of ours
    except PathNotFoundError:
        return
