"""Temporary files: beside the path that they are for, under a name that no path can have."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "~put-"
"""What only the name of a temporary file contains; driver paths have no tilde."""

_NAME_MAX = 255


def temporary_name(name: str) -> str:
    """Return a new name for a temporary file that is to become ``name``."""
    suffix = f"{MARK}{token_hex(8)}"
    return name[: _NAME_MAX - len(suffix)] + suffix


@contextmanager
def temporary_file(fd: int, name: str, content: bytes | bytearray | memoryview, *, durable: bool) -> Iterator[str]:
    """Write ``content`` to a temporary file beneath the directory ``fd``; yield its name, and remove it at the end.

    Renaming it inside the ``with`` block makes it what it was for.
    """
    temporary = temporary_name(name)
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=fd)
    try:
        try:
            write_all(file, content)
            if durable:
                os.fsync(file)
        finally:
            os.close(file)
        yield temporary
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=fd)
        raise


def write_all(file: int, content: bytes | bytearray | memoryview) -> None:
    """Write all of ``content``, in as many system calls as it takes."""
    with memoryview(content) as raw, raw.cast("B") as view:
        written = 0
        while written < len(view):
            written += os.write(file, view[written:])
