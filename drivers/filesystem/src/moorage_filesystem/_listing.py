"""Looking at directories: what `stat`, `list`, `walk` and `sweep_incomplete` see."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moorage.driver import FileInfo, join_path
from moorage_filesystem._root import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPONENT = re.compile(r"[A-Za-z0-9._-]+")


def describe(path: str, status: os.stat_result) -> FileInfo | None:
    """Return what the driver tells of a file or directory, None for anything else (a link, a socket)."""
    mtime = datetime.fromtimestamp(status.st_mtime, UTC)
    if stat.S_ISDIR(status.st_mode):
        return FileInfo(path, 0, mtime, is_dir=True)
    return FileInfo(path, status.st_size, mtime) if stat.S_ISREG(status.st_mode) else None


def describe_at(fd: int, name: str, path: str) -> FileInfo | None:
    """Return what the driver tells of ``name`` beneath the directory ``fd``, None if there is nothing."""
    try:
        return describe(path, os.stat(name, dir_fd=fd, follow_symlinks=False))
    except FileNotFoundError:
        return None


def children(fd: int, path: str) -> Iterator[FileInfo]:
    """Yield the direct children of the directory ``fd``, sorted by name. Names that no path can have are left out."""
    for name in sorted(filter(_COMPONENT.fullmatch, os.listdir(fd))):
        info = describe_at(fd, name, join_path(path, name))
        if info is not None:
            yield info


def files(fd: int, path: str, start_after: str) -> Iterator[FileInfo]:
    """Yield the files beneath the directory ``fd`` whose path is greater than ``start_after``, in byte order.

    A directory sorts as if its name ended in a slash. Only the names of the directories on the way down are held.
    """
    with os.scandir(fd) as entries:
        names = sorted(
            f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
            for entry in entries
            if _COMPONENT.fullmatch(entry.name)
        )
    for name in names:
        below = join_path(path, name)
        if not name.endswith("/"):
            if below > start_after and (info := describe_at(fd, name, below)) is not None and not info.is_dir:
                yield info
        elif below > start_after or start_after.startswith(below):
            try:
                directory = os.open(name[:-1], DIRECTORY, dir_fd=fd)
            except (FileNotFoundError, NotADirectoryError):
                continue  # deleted, or replaced, since it was listed
            try:
                yield from files(directory, below[:-1], start_after)
            finally:
                os.close(directory)


def now_empty_root(path: str) -> FileInfo:
    """Return the root directory as it is before anything was stored."""
    return FileInfo(path, 0, datetime.now(UTC), is_dir=True)
