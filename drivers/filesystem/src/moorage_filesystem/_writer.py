"""Writing an upload: straight into its file, which is locked from the first byte until the writer is closed."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from moorage.driver import FileWriter, from_oserror, split_path
from moorage.errors import BlobUploadInUseError, PathConflictError, PathNotFoundError
from moorage_filesystem._root import open_file
from moorage_filesystem._temporary import write_all

if TYPE_CHECKING:
    from moorage_filesystem._root import Root

_ATTEMPTS = 10
"""How often opening is tried while another process creates and removes the same file."""


class FilesystemWriter(FileWriter):
    """A locked file. Nothing is buffered here: every byte that ``size`` counts is in the file.

    The lock is on the inode and lasts until ``close``, ``commit`` included. So no second writer gets at the data
    while it is moved to its place, and a late one finds that its path is gone.
    """

    def __init__(self, root: Root, path: str, fd: int) -> None:
        self._root = root
        self._path = path
        self._fd = fd
        self._size = os.fstat(fd).st_size
        self._dirty = False

    @classmethod
    def open(cls, root: Root, path: str, *, append: bool) -> FilesystemWriter:
        """Open and lock the file, as `StorageDriver.writer` says."""
        for _ in range(_ATTEMPTS):
            fd = _open(root, path, append=append)
            try:
                if _lock(root, fd, path):
                    if not append:
                        os.ftruncate(fd, 0)
                    os.lseek(fd, 0, os.SEEK_END)
                    return cls(root, path, fd)
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)  # it was moved away or deleted before it was locked
        raise BlobUploadInUseError(path, "other processes keep creating and removing it")

    @property
    def size(self) -> int:
        """See `FileWriter.size`."""
        return self._size

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """See `FileWriter.write`."""
        with memoryview(data) as raw, raw.cast("B") as view:
            self._dirty = True
            try:
                write_all(self._fd, view)
            except BaseException as error:
                self._size = os.fstat(self._fd).st_size  # the file knows, even when an interrupt came in between
                if isinstance(error, OSError):
                    raise from_oserror(error, self._path) from error
                raise
            self._size += len(view)
            return len(view)

    def commit(self) -> None:
        """See `FileWriter.commit`."""
        self._sync()

    def cancel(self) -> None:
        """See `FileWriter.cancel`."""
        parent, name = split_path(self._path)
        try:
            with suppress(PathNotFoundError), self._root.open(parent) as fd:
                if _is_at(self._fd, fd, name):
                    os.unlink(name, dir_fd=fd)
        finally:
            os.close(self._fd)

    def close(self) -> None:
        """See `FileWriter.close`."""
        try:
            if self._dirty:
                self._sync()
        finally:
            os.close(self._fd)

    def _sync(self) -> None:
        """Make the content durable, and the path to it: whoever created the directories may not have done so."""
        os.fsync(self._fd)
        parent, _ = split_path(self._path)
        with suppress(PathNotFoundError):  # deleted meanwhile, with the upload
            self._root.sync(parent)
        self._dirty = False


def _open(root: Root, path: str, *, append: bool) -> int:
    parent, name = split_path(path)
    flags = os.O_RDWR | os.O_NONBLOCK
    try:
        if append:
            with root.open(parent, blame=path) as directory:
                fd = open_file(directory, name, flags, path)
        else:
            with root.make(parent, durable=False, blame=path) as directory:
                fd = open_file(directory, name, flags | os.O_CREAT, path)
    except IsADirectoryError as error:
        raise PathConflictError(path, "a directory is in the place of the file") from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise PathConflictError(path, "it is not a regular file")
    return fd


def _lock(root: Root, fd: int, path: str) -> bool:
    """Lock the file; tell whether it is still what the path leads to, now that nobody else can take it away."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BlobUploadInUseError(path, "its file is locked") from error
    parent, name = split_path(path)
    try:
        with root.open(parent, blame=path) as directory:
            return _is_at(fd, directory, name)
    except PathNotFoundError:
        return False


def _is_at(fd: int, directory: int, name: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(name, dir_fd=directory, follow_symlinks=False))
    except FileNotFoundError:
        return False
