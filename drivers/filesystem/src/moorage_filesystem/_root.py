"""The root directory, and the only way into it: one component at a time, never through a symbolic link.

Every operation works on a directory descriptor and a single name beneath it, so nothing that another process
does to the tree in between can lead it out of the root.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moorage.driver import ROOT, split_path
from moorage.errors import InvalidPathError, PathConflictError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""Flags that open a directory, and no link to one."""


class Root:
    """The directory that a driver may touch. It keeps no descriptor open, so it is thread-safe and fork-safe.

    Args:
        directory: Its path. It may be a symbolic link, which is resolved now and then left alone.
    """

    def __init__(self, directory: str) -> None:
        self.directory = os.path.realpath(directory)

    @contextmanager
    def open(self, path: str) -> Iterator[int]:
        """Hold a descriptor of an existing directory.

        Raises:
            PathNotFoundError: There is no such directory.
            InvalidPathError: A symbolic link is on the way.
        """
        try:
            fd = os.open(self.directory, DIRECTORY)
        except FileNotFoundError as error:
            raise PathNotFoundError(path, f"the root directory {self.directory} does not exist") from error
        try:
            for name in _names(path):
                try:
                    fd = _step(fd, name)
                except NotADirectoryError as error:
                    refuse_link(fd, name, path)
                    raise PathNotFoundError(path) from error
                except FileNotFoundError as error:
                    raise PathNotFoundError(path) from error
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def make(self, path: str, *, durable: bool) -> Iterator[int]:
        """Hold a descriptor of a directory, which is created with its parents where it is missing.

        Args:
            path: The directory.
            durable: Whether every directory that was created here survives a power cut when this yields.

        Raises:
            PathConflictError: A file is on the way.
            InvalidPathError: A symbolic link is on the way.
        """
        fd = self._make_root(durable=durable)
        try:
            for name in _names(path):
                try:
                    fd = _step_or_create(fd, name, durable=durable)
                except NotADirectoryError as error:
                    refuse_link(fd, name, path)
                    raise PathConflictError(path, f"{name!r} is a file, not a directory") from error
            yield fd
        finally:
            os.close(fd)

    def sync(self, path: str) -> None:
        """Make the directory and all its parents up to the root durable, whoever created them."""
        directory = path
        while True:
            with self.open(directory) as fd:
                os.fsync(fd)
            if directory == ROOT:
                return
            directory, _ = split_path(directory)

    def _make_root(self, *, durable: bool) -> int:
        directory = self.directory
        missing: list[str] = []
        fd = None
        while fd is None:
            try:
                fd = os.open(directory, DIRECTORY)
            except FileNotFoundError:
                directory, name = os.path.split(directory)
                missing.insert(0, name)
        try:
            for name in missing:
                fd = _step_or_create(fd, name, durable=durable)
        except BaseException:
            os.close(fd)
            raise
        return fd


def _names(path: str) -> list[str]:
    return [] if path == ROOT else path[1:].split("/")


def _step(fd: int, name: str) -> int:
    """Go one directory down: open ``name`` beneath ``fd``, which is closed if that succeeds."""
    below = os.open(name, DIRECTORY, dir_fd=fd)
    os.close(fd)
    return below


def _step_or_create(fd: int, name: str, *, durable: bool) -> int:
    try:
        return _step(fd, name)
    except FileNotFoundError:
        try:
            os.mkdir(name, dir_fd=fd)
        except FileExistsError:
            pass  # another writer was faster, and will make it durable
        else:
            if durable:
                os.fsync(fd)
        return _step(fd, name)


def refuse_link(fd: int, name: str, path: str) -> None:
    """Raise `InvalidPathError` if ``name`` beneath ``fd`` is a symbolic link."""
    try:
        mode = os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise InvalidPathError(path, f"{name!r} is a symbolic link; none is followed beneath the root")


def open_file(fd: int, name: str, flags: int, path: str) -> int:
    """Open ``name`` beneath ``fd``, which must not be a symbolic link; return its descriptor.

    Raises:
        InvalidPathError: It is a symbolic link.
        OSError: As `os.open`.
    """
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=fd)
    except OSError as error:
        if error.errno == errno.ELOOP:
            refuse_link(fd, name, path)
        raise
