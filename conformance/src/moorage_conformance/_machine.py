"""A Hypothesis state machine over a driver, beside a model of it: committed content, and uploads in progress."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from moorage.driver import is_beneath
from moorage.errors import (
    BlobUploadInUseError,
    InvalidOffsetError,
    PathExistsError,
    PathNotFoundError,
    UnsupportedMethodError,
)
from moorage_conformance._content import content_of
from moorage_conformance._uploads import assert_no_upload, assert_unsupported

if TYPE_CHECKING:
    from moorage.driver import FileInfo, FileWriter, StorageDriver

FILES = ("/x/a", "/x/b-c", "/x/b.c", "/x/b/a", "/x/b/c-d", "/x/bc/a")
"""Paths that are easily confused. None lies beneath another, for what happens then differs between backends."""
DIRECTORIES = ("", "/x", "/x/b", "/x/bc")
NOWHERE = ("/-", "/x", "/x/", "/x/b", "/x/b-", "/x/b/b", "/x/b0", "/x/z", "/z")
"""Where a walk may start though nothing is there."""

files = st.sampled_from(FILES)
directories = st.sampled_from(DIRECTORIES)
instances = st.sampled_from((0, 1))
contents = st.one_of(
    st.binary(max_size=20), st.builds(content_of, st.sampled_from((1, 63, 4_097, 70_001)), st.sampled_from("abc"))
)


class DriverMachine(RuleBasedStateMachine):
    """Calls of two instances in any order. What the contract leaves open is not called, or not looked at.

    Args:
        drivers: Two instances over one storage, guarded.
        directory: Where to work; nothing is there yet.
    """

    def __init__(self, drivers: tuple[StorageDriver, StorageDriver], directory: str) -> None:
        super().__init__()
        self.drivers = drivers
        self.directory = directory
        self.capabilities = drivers[0].capabilities
        self.committed: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.writers: dict[str, FileWriter] = {}

    # What the model knows.

    def unclear(self, path: str) -> bool:
        """Tell whether the contract leaves open what is readable at ``path``."""
        return path in self.uploads and not self.capabilities.hidden_until_commit

    def clear(self, directory: str = "") -> dict[str, bytes]:
        """Return what must be readable beneath a directory."""
        found = {path: content for path, content in self.committed.items() if not self.unclear(path)}
        return {path: content for path, content in found.items() if is_beneath(path, directory or "/")}

    def outside(self, info: FileInfo) -> FileInfo:
        """Return what a driver told of a file, by the model's name of it."""
        assert is_beneath(info.path, self.directory)
        return replace(info, path=info.path.removeprefix(self.directory))

    # Committed content.

    @rule(path=files, content=contents, instance=instances, durable=st.booleans())
    def put(self, path: str, content: bytes, instance: int, *, durable: bool) -> None:
        """Put content, where no upload is in progress."""
        if path not in self.uploads:
            self.drivers[instance].put_content(self.directory + path, content, durable=durable)
            self.committed[path] = content

    @rule(path=files, content=contents, instance=instances)
    def create(self, path: str, content: bytes, instance: int) -> None:
        """Create content, where no upload is in progress."""
        if path in self.uploads:
            return

        def call() -> None:
            self.drivers[instance].create_content(self.directory + path, content)

        if not self.capabilities.create_exclusive:
            assert_unsupported(call, "create_content")
        elif path in self.committed:
            with pytest.raises(PathExistsError):
                call()
        else:
            call()
            self.committed[path] = content

    @rule(path=files, offset=st.integers(0, 100), instance=instances)
    def read(self, path: str, offset: int, instance: int) -> None:
        """Read from an offset, within the content or beyond."""
        if self.unclear(path):
            return
        content = self.committed.get(path)
        driver = self.drivers[instance]
        if content is None:
            with pytest.raises(PathNotFoundError):
                driver.read_stream(self.directory + path, offset)
        elif offset > len(content):
            with pytest.raises(InvalidOffsetError):
                driver.read_stream(self.directory + path, offset)
        else:
            with driver.read_stream(self.directory + path, offset) as stream:
                assert stream.read() == content[offset:]

    @rule(path=files, instance=instances)
    def stat(self, path: str, instance: int) -> None:
        """Describe a file."""
        if self.unclear(path):
            return
        if path in self.committed:
            info = self.drivers[instance].stat(self.directory + path)
            assert (info.path, info.size, info.is_dir) == (self.directory + path, len(self.committed[path]), False)
        else:
            with pytest.raises(PathNotFoundError):
                self.drivers[instance].stat(self.directory + path)

    @rule(directory=directories, instance=instances)
    def list_directory(self, directory: str, instance: int) -> None:
        """List a directory: what must be there is; beside it, only uploads and directories that became empty."""
        found = {}
        with suppress(PathNotFoundError):
            listed = [self.outside(info) for info in self.drivers[instance].list(self.directory + directory)]
            assert [info.path for info in listed] == sorted({info.path for info in listed})
            found = {info.path: info for info in listed}
        for path, content in self.clear(directory).items():
            child = directory + "/" + path[len(directory) + 1 :].partition("/")[0]
            info = found.pop(child, None) if child == path else found.get(child)
            assert info is not None, f"{child} is missing"
            assert (info.size, info.is_dir) == ((len(content), False) if child == path else (0, True))
        for path, info in found.items():
            assert path in DIRECTORIES if info.is_dir else self.unclear(path)

    @rule(directory=directories, after=st.sampled_from((None, *FILES, *NOWHERE)), instance=instances)
    def walk(self, directory: str, after: str | None, instance: int) -> None:
        """Walk a directory, from its beginning or from anywhere."""
        start = None if after is None else (self.directory + after).rstrip("/")
        expected = {
            path: len(content)
            for path, content in self.clear(directory).items()
            if start is None or self.directory + path > start
        }
        walked: list[FileInfo] = []
        try:
            walked = [self.outside(info) for info in self.drivers[instance].walk(self.directory + directory, start)]
        except PathNotFoundError:
            assert self.clear(directory) == {}
        paths = [info.path for info in walked]
        assert paths == sorted(set(paths))
        assert start is None or all(self.directory + path > start for path in paths)
        assert {info.path: info.size for info in walked if not self.unclear(info.path)} == expected

    @rule(source=files, destination=files, instance=instances)
    def move(self, source: str, destination: str, instance: int) -> None:
        """Move content, where no upload is in progress at either path."""
        if source in self.uploads or destination in self.uploads:
            return

        def call() -> None:
            self.drivers[instance].move(self.directory + source, self.directory + destination)

        if source in self.committed:
            call()
            self.committed[destination] = self.committed.pop(source)
        else:
            with pytest.raises(PathNotFoundError):
                call()

    @rule(path=files, instance=instances)
    def delete(self, path: str, instance: int) -> None:
        """Delete a file, or an upload that no writer has open."""
        if path in self.writers:
            return
        if path in self.committed or path in self.uploads:
            self.drivers[instance].delete(self.directory + path)
            self.committed.pop(path, None)
            self.uploads.pop(path, None)
            assert_no_upload(self.drivers[instance], self.directory + path)
        else:
            with pytest.raises(PathNotFoundError):
                self.drivers[instance].delete(self.directory + path)

    @rule(directory=directories, instance=instances)
    def delete_directory(self, directory: str, instance: int) -> None:
        """Delete a directory with all beneath it, where no writer is open."""
        if any(is_beneath(path, directory or "/") for path in self.writers):
            return
        try:
            self.drivers[instance].delete(self.directory + directory)
        except PathNotFoundError:
            assert self.clear(directory) == {}
            assert not any(is_beneath(path, directory or "/") for path in self.uploads)
        for known in (self.committed, self.uploads):
            for path in [path for path in known if is_beneath(path, directory or "/")]:
                del known[path]

    # Uploads.

    @rule(path=files, instance=instances)
    def begin(self, path: str, instance: int) -> None:
        """Open a new upload; it replaces one that was closed and not committed."""
        if path in self.writers:
            return
        self.writers[path] = self.drivers[instance].writer(self.directory + path)
        self.uploads[path] = b""

    @rule(path=files, instance=instances)
    def go_on(self, path: str, instance: int) -> None:
        """Append to an upload that was closed, to committed content, or to nothing."""
        if path in self.writers:
            return
        driver, full = self.drivers[instance], self.directory + path
        if path in self.uploads:
            self.writers[path] = driver.writer(full, append=True)
        elif path not in self.committed:
            assert_no_upload(driver, full)
        elif self.capabilities.append_committed or not self.committed[path]:
            self.writers[path] = driver.writer(full, append=True)
            self.uploads[path] = self.committed[path]
        else:
            with pytest.raises(UnsupportedMethodError):
                driver.writer(full, append=True)

    @precondition(lambda self: self.writers and self.capabilities.exclusive_writer)
    @rule(data=st.data(), instance=instances, append=st.booleans())
    def begin_second(self, data: st.DataObject, instance: int, *, append: bool) -> None:
        """Open a second writer; it is refused."""
        path = self.pick(data)
        with pytest.raises(BlobUploadInUseError):
            self.drivers[instance].writer(self.directory + path, append=append)

    @precondition(lambda self: self.writers)
    @rule(data=st.data(), pieces=st.lists(contents, min_size=1, max_size=3))
    def write(self, data: st.DataObject, pieces: list[bytes]) -> None:
        """Write pieces."""
        path = self.pick(data)
        for piece in pieces:
            assert self.writers[path].write(piece) == len(piece)
            self.uploads[path] += piece

    @precondition(lambda self: self.writers)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """Close a writer without a commit."""
        self.writers.pop(self.pick(data)).close()

    @precondition(lambda self: self.writers)
    @rule(data=st.data(), instance=instances)
    def commit(self, data: st.DataObject, instance: int) -> None:
        """Commit an upload and close its writer; at once all of it can be read."""
        path = self.pick(data)
        with self.writers.pop(path) as writer:
            writer.commit()
            self.committed[path] = self.uploads.pop(path)
            assert self.drivers[instance].get_content(self.directory + path) == self.committed[path]

    @precondition(lambda self: self.writers)
    @rule(data=st.data(), instance=instances)
    def cancel(self, data: st.DataObject, instance: int) -> None:
        """Cancel an upload. Committed content beneath it stays where uploads are hidden; else that is left open."""
        path = self.pick(data)
        self.writers.pop(path).cancel()
        del self.uploads[path]
        if not self.capabilities.hidden_until_commit and self.committed.pop(path, None) is not None:
            with suppress(PathNotFoundError):
                self.drivers[instance].delete(self.directory + path)
        if path not in self.committed:
            assert_no_upload(self.drivers[instance], self.directory + path)

    @rule(instance=instances)
    def sweep(self, instance: int) -> None:
        """Sweep, keeping what lives: nothing is found."""
        keep = [self.directory + path for path in self.uploads]
        assert [*self.drivers[instance].sweep_incomplete(self.directory, timedelta(0), keep)] == []

    def pick(self, data: st.DataObject) -> str:
        """Choose one of the paths that have an open writer."""
        return data.draw(st.sampled_from(sorted(self.writers)))

    # What always holds.

    @invariant()
    def sizes_are_right(self) -> None:
        """Every open writer counts all bytes of its upload."""
        for path, writer in self.writers.items():
            assert writer.size == len(self.uploads[path])

    @invariant()
    def everything_is_there(self) -> None:
        """A walk shows all that is committed, and nothing else."""
        walked: list[FileInfo] = []
        with suppress(PathNotFoundError):
            walked = [self.outside(info) for info in self.drivers[0].walk(self.directory)]
        found = {info.path: info.size for info in walked if not self.unclear(info.path)}
        assert found == {path: len(content) for path, content in self.clear().items()}

    def teardown(self) -> None:
        """Read everything once, finish every upload, and remove what is there."""
        for path, content in self.clear().items():
            assert self.drivers[1].get_content(self.directory + path) == content
        for writer in self.writers.values():
            writer.cancel()
        with suppress(PathNotFoundError):
            self.drivers[0].delete(self.directory)
