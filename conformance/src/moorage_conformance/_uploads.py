"""What clauses do with a writer over and over; plain functions, so that they also run elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moorage.errors import PathNotFoundError, UnsupportedMethodError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver


def begin(storage: StorageDriver, path: str, content: bytes) -> None:
    """Begin an upload with ``content`` and close it without a commit."""
    with storage.writer(path) as writer:
        writer.write(content)


def go_on(storage: StorageDriver, path: str, content: bytes) -> int:
    """Append to an upload, close it without a commit, and return the size that it had before."""
    with storage.writer(path, append=True) as writer:
        before = writer.size
        writer.write(content)
    return before


def finish(storage: StorageDriver, path: str, content: bytes = b"") -> int:
    """Append to an upload, commit it, and return the size that it had before."""
    with storage.writer(path, append=True) as writer:
        before = writer.size
        writer.write(content)
        writer.commit()
    return before


def upload(storage: StorageDriver, path: str, content: bytes) -> None:
    """Write ``content`` through a writer and commit it."""
    with storage.writer(path) as writer:
        writer.write(content)
        writer.commit()


def assert_no_upload(storage: StorageDriver, path: str) -> None:
    """Assert that nothing at ``path`` can be appended to."""
    with pytest.raises(PathNotFoundError):
        storage.writer(path, append=True)


def assert_unsupported(call: Callable[[], object], method: str) -> None:
    """Assert that the call is refused as that of a method which the driver does not claim to support."""
    with pytest.raises(UnsupportedMethodError) as caught:
        call()
    assert caught.value.method == method
