"""The root directory, and the only way into it, which never leads through a symbolic link.

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
    def open(self, path: str, *, blame: str = "") -> Iterator[int]:
        """Hold a descriptor of an existing directory.

        Args:
            path: The directory.
            blame: The path that errors are about, if not the directory itself.

        Raises:
            PathNotFoundError: There is no such directory.
            InvalidPathError: A symbolic link is on the way.
        """
        try:
            root = os.open(self.directory, DIRECTORY)
            try:
                fd = _open_below(root, path[1:])
            finally:
                os.close(root)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise PathNotFoundError(blame or path) from error
        except OSError as error:
            raise _refusal(error, blame or path) from error
        try:
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def make(self, path: str, *, durable: bool, blame: str) -> Iterator[int]:
        """Hold a descriptor of a directory, which is created with its parents where it is missing.

        Args:
            path: The directory.
            durable: Whether every directory that was created here survives a power cut when this yields. One that
                another writer is creating at the same moment is that writer's to make durable.
            blame: The path that errors are about.

        Raises:
            PathConflictError: A file is on the way.
            InvalidPathError: A symbolic link is on the way.
        """
        try:
            root = _make_anywhere(self.directory, durable=durable)
            try:
                fd = _make_below(root, path[1:], durable=durable)
            finally:
                os.close(root)
        except NotADirectoryError as error:
            raise PathConflictError(blame, "a file is in the place of a directory") from error
        except OSError as error:
            raise _refusal(error, blame) from error
        try:
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


def open_file(fd: int, name: str, flags: int, path: str) -> int:
    """Open ``name`` beneath ``fd``, which must not be a symbolic link; return its descriptor.

    Raises:
        InvalidPathError: It is a symbolic link.
        OSError: As `os.open`.
    """
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=fd)
    except OSError as error:
        raise _refusal(error, path) from error


def refuse_link(fd: int, name: str, path: str) -> None:
    """Raise `InvalidPathError` if ``name`` beneath ``fd`` is a symbolic link."""
    if _is_link(fd, name):
        raise InvalidPathError(path, f"{name!r} is a symbolic link; none is followed beneath the root")


def _is_link(fd: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _refusal(error: OSError, path: str) -> Exception:
    if error.errno == errno.ELOOP:
        return InvalidPathError(path, "a symbolic link is on the way; none is followed beneath the root")
    return error


def _open_below(fd: int, relative: str) -> int:
    """Open the directory ``relative`` (``""``: ``fd`` itself); ``ELOOP`` means that a symbolic link is on the way."""
    below = os.open(".", DIRECTORY, dir_fd=fd)
    for name in filter(None, relative.split("/")):
        try:
            further = os.open(name, DIRECTORY, dir_fd=below)
        except NotADirectoryError as error:
            if _is_link(below, name):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name) from error
            raise
        finally:
            os.close(below)
        below = further
    return below


def _make_below(fd: int, relative: str, *, durable: bool) -> int:
    """Open the directory ``relative``, which is created where it is missing."""
    try:
        return _open_below(fd, relative)
    except FileNotFoundError:
        if not relative:
            raise
    parent_of, _, name = relative.rpartition("/")
    parent = _make_below(fd, parent_of, durable=durable)
    try:
        _create(parent, name, durable=durable)
        return os.open(name, DIRECTORY, dir_fd=parent)
    finally:
        os.close(parent)


def _make_anywhere(directory: str, *, durable: bool) -> int:
    """Open the root directory itself, which is created where it is missing. It is trusted, links and all."""
    try:
        return os.open(directory, DIRECTORY)
    except FileNotFoundError:
        parent_of, name = os.path.split(directory)
    parent = _make_anywhere(parent_of, durable=durable)
    try:
        _create(parent, name, durable=durable)
    finally:
        os.close(parent)
    return os.open(directory, DIRECTORY)


def _create(parent: int, name: str, *, durable: bool) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return
    if durable:
        os.fsync(parent)
