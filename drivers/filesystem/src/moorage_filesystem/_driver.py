"""The filesystem driver: the protocol in terms of directories, files and renames."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from moorage.driver import ROOT, Capabilities, FileInfo, FileWriter, StorageDriver, Swept, split_path
from moorage.errors import InvalidOffsetError, PathConflictError, PathExistsError, PathNotFoundError
from moorage_filesystem._listing import children, describe_at, files, now_empty_root
from moorage_filesystem._removal import remove_tree, sweep
from moorage_filesystem._root import Root, open_file, refuse_link
from moorage_filesystem._temporary import temporary_file
from moorage_filesystem._writer import FilesystemWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import timedelta

    from moorage_filesystem._parameters import FilesystemParameters

T = TypeVar("T")

_ATTEMPTS = 10
"""How often something is stored again because its directory was removed under it."""


class FilesystemDriver(StorageDriver):
    """A directory of a local file system, or of a network file system with POSIX renames and locks.

    Thread-safe, fork-safe, and safe beside other processes (the Go registry among them). What it stores durably
    is fsynced, and so is every directory entry on the way that it made. A delete is not: after a power cut, what
    was deleted may be back.

    Args:
        parameters: Where the root is.
    """

    name = "filesystem"
    capabilities = Capabilities(
        persistent=True,
        atomic_move=True,
        append_committed=True,
        create_exclusive=True,
        exclusive_writer=True,
        durable_commit=True,
    )

    def __init__(self, parameters: FilesystemParameters) -> None:
        self._root = Root(parameters.rootdirectory)

    def stat(self, path: str) -> FileInfo:
        """See `StorageDriver.stat`."""
        parent, name = split_path(path)
        if not name:
            return now_empty_root(path)
        with self._root.open(parent, blame=path) as fd:
            return _existing(fd, name, path)

    def list(self, path: str) -> Iterator[FileInfo]:
        """See `StorageDriver.list`."""
        with suppress(*self._missing_root(path)), self._root.open(path) as fd:
            yield from children(fd, path)

    def walk(self, path: str, start_after: str | None = None) -> Iterator[FileInfo]:
        """See `StorageDriver.walk`."""
        with suppress(*self._missing_root(path)), self._root.open(path) as fd:
            yield from files(fd, path, start_after or "")

    def read_stream(self, path: str, offset: int = 0) -> BinaryIO:
        """See `StorageDriver.read_stream`. The stream is a file: it can seek, and has a descriptor."""
        parent, name = split_path(path)
        with self._root.open(parent, blame=path) as fd:
            file = open_file(fd, name, os.O_RDONLY | os.O_NONBLOCK, path)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise PathNotFoundError(path, "it is not a file")
            if offset > status.st_size:
                raise InvalidOffsetError(path, f"{offset} is beyond the {status.st_size} bytes", offset=offset)
            os.lseek(file, offset, os.SEEK_SET)
        except BaseException:
            os.close(file)
            raise
        return cast("BinaryIO", os.fdopen(file, "rb", buffering=0))

    def put_content(self, path: str, content: bytes | bytearray | memoryview, *, durable: bool = True) -> None:
        """See `StorageDriver.put_content`."""
        parent, name = split_path(path)

        def put() -> None:
            with (
                self._root.make(parent, durable=durable, blame=path) as fd,
                temporary_file(fd, name, content, durable=durable) as temporary,
            ):
                os.rename(temporary, name, src_dir_fd=fd, dst_dir_fd=fd)
                if durable:
                    os.fsync(fd)

        _persist(put)

    def create_content(self, path: str, content: bytes | bytearray | memoryview) -> None:
        """See `StorageDriver.create_content`."""
        parent, name = split_path(path)

        def create() -> None:
            with (
                self._root.make(parent, durable=True, blame=path) as fd,
                temporary_file(fd, name, content, durable=True) as temporary,
            ):
                try:
                    os.link(temporary, name, src_dir_fd=fd, dst_dir_fd=fd, follow_symlinks=False)
                except FileExistsError as error:
                    there = describe_at(fd, name, path)
                    if there is not None and there.is_dir:
                        raise PathConflictError(path, "a directory is in the place of the file") from error
                    raise PathExistsError(path) from error
                os.unlink(temporary, dir_fd=fd)
                os.fsync(fd)

        _persist(create)

    def writer(self, path: str, *, append: bool = False) -> FileWriter:
        """See `StorageDriver.writer`."""
        if append:
            return FilesystemWriter.open(self._root, path, append=True)
        return _persist(lambda: FilesystemWriter.open(self._root, path, append=False))

    def move(self, source: str, destination: str) -> None:
        """See `StorageDriver.move`: a rename, and the fsync of both directories."""
        parent, name = split_path(source)
        target_parent, target = split_path(destination)
        with self._root.open(parent, blame=source) as fd:
            if _existing(fd, name, source).is_dir:
                raise PathNotFoundError(source, "it has no content to move")

            def rename() -> None:
                with self._root.make(target_parent, durable=True, blame=destination) as target_fd:
                    os.rename(name, target, src_dir_fd=fd, dst_dir_fd=target_fd)
                    os.fsync(target_fd)

            _persist(rename)
            os.fsync(fd)

    def delete(self, path: str) -> None:
        """See `StorageDriver.delete`."""
        parent, name = split_path(path)
        with self._root.open(parent, blame=path) as fd:
            if _existing(fd, name, path).is_dir:
                remove_tree(fd, name)
            else:
                os.unlink(name, dir_fd=fd)

    def sweep_incomplete(self, prefix: str, older_than: timedelta, keep: Collection[str] = ()) -> Sequence[Swept]:
        """See `StorageDriver.sweep_incomplete`."""
        parent, name = split_path(prefix)
        try:
            with self._root.open(parent, blame=prefix) as fd:
                return [*sweep(fd, parent, older_than, keep, only=name)]
        except PathNotFoundError:
            return ()

    def _missing_root(self, path: str) -> tuple[type[Exception], ...]:
        """Return what to overlook: the root can be listed before it exists."""
        return (PathNotFoundError,) if path == ROOT else ()


def _existing(fd: int, name: str, path: str) -> FileInfo:
    """Describe ``name`` beneath ``fd``.

    Raises:
        InvalidPathError: It is a symbolic link.
        PathNotFoundError: It is not there, or neither a file nor a directory.
    """
    info = describe_at(fd, name, path)
    if info is None:
        refuse_link(fd, name, path)
        raise PathNotFoundError(path)
    return info


def _persist(work: Callable[[], T]) -> T:
    """Do ``work``, again if a directory was removed between being made and being used."""
    for _ in range(_ATTEMPTS):
        try:
            return work()
        except PathNotFoundError:
            raise
        except FileNotFoundError:
            continue
    return work()
