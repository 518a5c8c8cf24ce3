"""Removing trees and temporary files, by directory descriptor, beside others who do the same."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from moorage.driver import Swept, join_path
from moorage_filesystem._root import DIRECTORY
from moorage_filesystem._temporary import MARK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import timedelta

_ATTEMPTS = 10
"""How often a directory is emptied again while another process still stores things in it."""


def remove_tree(fd: int, name: str) -> None:
    """Remove the directory ``name`` beneath ``fd`` and all in it. Links in it are removed, not followed."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _empty(fd, name)
            os.rmdir(name, dir_fd=fd)
        except FileNotFoundError:
            return
        except OSError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return


def _empty(fd: int, name: str) -> None:
    directory = os.open(name, DIRECTORY, dir_fd=fd)
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    remove_tree(directory, entry.name)
                else:
                    with suppress(FileNotFoundError):
                        os.unlink(entry.name, dir_fd=directory)
    finally:
        os.close(directory)


def sweep(fd: int, path: str, older_than: timedelta, keep: Collection[str], only: str = "") -> Iterator[Swept]:
    """Remove old temporary files in and beneath the directory ``fd``, and yield each.

    Args:
        fd: The directory.
        path: Its path.
        older_than: Spare what changed more recently.
        keep: Paths whose temporary files are spared.
        only: Look only at this name and what is beneath it, if not empty.
    """
    with os.scandir(fd) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_dir in sorted(names):
        base = name.partition(MARK)[0]
        if only and base != only:
            continue
        if is_dir:
            with suppress(FileNotFoundError, NotADirectoryError):
                directory = os.open(name, DIRECTORY, dir_fd=fd)
                try:
                    yield from sweep(directory, join_path(path, name), older_than, keep)
                finally:
                    os.close(directory)
        elif MARK in name and join_path(path, base) not in keep:
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=fd, follow_symlinks=False)
                if time.time() - status.st_mtime >= older_than.total_seconds():
                    os.unlink(name, dir_fd=fd)
                    yield Swept(join_path(path, base), "temporary file")
