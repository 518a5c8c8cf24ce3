"""Clauses on ``read_stream`` and ``get_content``."""

from __future__ import annotations

from io import SEEK_END
from typing import TYPE_CHECKING

import pytest

from moorage.errors import DriverError, InvalidOffsetError, PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class ReadClauses(DriverSuite):
    """Content is read from any offset, through a real file object."""

    @clause("driver.read.offsets")
    def test_read_offsets(self, storage: StorageDriver, base: str) -> None:
        """A stream begins at its offset and goes on to the end of the content."""
        content = content_of(300)
        storage.put_content(f"{base}/a", content)
        for offset in (0, 1, 127, 298, 299):
            with storage.read_stream(f"{base}/a", offset) as stream:
                assert stream.read() == content[offset:]

    @clause("driver.read.offset-at-end")
    def test_read_offset_at_end(self, storage: StorageDriver, base: str) -> None:
        """An offset equal to the size gives an empty stream, also for empty content."""
        for content in (b"12345", b""):
            storage.put_content(f"{base}/a", content)
            with storage.read_stream(f"{base}/a", len(content)) as stream:
                assert stream.read() == b""
                assert stream.readinto(bytearray(4)) == 0  # type: ignore[attr-defined]  # promised by read_stream

    @clause("driver.read.offset-beyond-end")
    def test_read_offset_beyond_end(self, storage: StorageDriver, base: str) -> None:
        """An offset beyond the end raises `InvalidOffsetError`, which carries it."""
        storage.put_content(f"{base}/a", b"12345")
        storage.put_content(f"{base}/empty", b"")
        for path, offset in ((f"{base}/a", 6), (f"{base}/a", 1 << 40), (f"{base}/empty", 1)):
            with pytest.raises(InvalidOffsetError) as caught:
                storage.read_stream(path, offset)
            assert caught.value.offset == offset

    @clause("driver.read.offset-negative")
    def test_read_offset_negative(self, storage: StorageDriver, base: str) -> None:
        """A negative offset raises `InvalidOffsetError`, which carries it."""
        storage.put_content(f"{base}/a", b"12345")
        with pytest.raises(InvalidOffsetError) as caught:
            storage.read_stream(f"{base}/a", -1)
        assert caught.value.offset == -1

    @clause("driver.read.missing")
    def test_read_missing(self, storage: StorageDriver, base: str) -> None:
        """Where no content is, reading raises `PathNotFoundError`, at whatever offset."""
        storage.put_content(f"{base}/ab", b"x")
        for path in (f"{base}/a", f"{base}/abc", f"{base}/c/d"):
            for offset in (0, 1):
                with pytest.raises(PathNotFoundError):
                    storage.read_stream(path, offset)
            with pytest.raises(PathNotFoundError):
                storage.get_content(path)

    @clause("driver.read.directory")
    def test_read_directory(self, storage: StorageDriver, base: str) -> None:
        """A directory has no content: `PathNotFoundError`."""
        storage.put_content(f"{base}/a/b", b"x")
        with pytest.raises(PathNotFoundError):
            storage.read_stream(f"{base}/a")
        with pytest.raises(PathNotFoundError):
            storage.get_content(f"{base}/a")

    @clause("driver.read.beneath-file")
    def test_read_beneath_file(self, storage: StorageDriver, base: str) -> None:
        """There is no content beneath a file: `PathNotFoundError`."""
        storage.put_content(f"{base}/a", b"x")
        with pytest.raises(PathNotFoundError):
            storage.read_stream(f"{base}/a/b")
        with pytest.raises(PathNotFoundError):
            storage.get_content(f"{base}/a/b")

    @clause("driver.read.pieces")
    def test_read_pieces(self, storage: StorageDriver, base: str) -> None:
        """A stream can be read in pieces of any size; ``b""`` comes only at the end, and stays."""
        content = content_of(200_000 + self.large_size(storage))
        storage.put_content(f"{base}/a", content)
        offset = 4_321
        with storage.read_stream(f"{base}/a", offset) as stream:
            assert stream.read(0) == b""
            pieces = []
            for size in (1, 2, 1_000, 65_536, 100_000):
                piece = stream.read(size)
                assert 0 < len(piece) <= size
                pieces.append(piece)
            pieces.append(stream.read())
            assert b"".join(pieces) == content[offset:]
            assert stream.read(1) == stream.read() == b""

    @clause("driver.read.into-buffer")
    def test_read_into_buffer(self, storage: StorageDriver, base: str) -> None:
        """``readinto`` fills the caller's buffer, says how much, touches nothing after it, and gives 0 at the end."""
        content = content_of(self.large_size(storage))
        storage.put_content(f"{base}/a", content)
        received = bytearray()
        with storage.read_stream(f"{base}/a", 7) as stream:
            while True:
                buffer = bytearray(b"\xa5" * 100_000)
                count = stream.readinto(buffer)  # type: ignore[attr-defined]  # promised by read_stream
                assert buffer[count:] == b"\xa5" * (len(buffer) - count)
                if not count:
                    break
                received += buffer[:count]
        assert received == content[7:]

    @clause("driver.read.seek")
    def test_read_seek(self, storage: StorageDriver, base: str) -> None:
        """A stream that says it can seek has positions of the content; one that says it cannot refuses."""
        content = content_of(1_000)
        storage.put_content(f"{base}/a", content)
        with storage.read_stream(f"{base}/a", 100) as stream:
            if stream.seekable():
                assert stream.tell() == 100
                assert stream.seek(400) == 400
                assert stream.read() == content[400:]
                assert stream.seek(-1, SEEK_END) == 999
                assert stream.read() == content[999:]
                assert stream.seek(0) == 0
                assert stream.read() == content
            else:
                with pytest.raises((OSError, DriverError)):
                    stream.seek(0)
                assert stream.read() == content[100:]

    @clause("driver.read.independent-streams")
    def test_read_independent_streams(self, storage: StorageDriver, base: str) -> None:
        """Two streams of one path do not move each other."""
        content = content_of(1_000)
        storage.put_content(f"{base}/a", content)
        with storage.read_stream(f"{base}/a") as first, storage.read_stream(f"{base}/a", 500) as second:
            assert first.read(10) == content[:10]
            assert second.read(10) == content[500:510]
            assert first.read() == content[10:]
            assert second.read() == content[510:]

    @clause("driver.read.closes")
    def test_read_closes(self, storage: StorageDriver, base: str) -> None:
        """A stream closes, at the end of a ``with`` too, and cannot be read afterwards; closing again is harmless."""
        storage.put_content(f"{base}/a", b"12345")
        with storage.read_stream(f"{base}/a") as stream:
            assert stream.read(2) == b"12"
        assert stream.closed
        stream.close()
        with pytest.raises((ValueError, DriverError)):
            stream.read()

    @clause("driver.read.get-content")
    def test_get_content(self, storage: StorageDriver, base: str) -> None:
        """``get_content`` returns all of the content, as ``bytes``."""
        for content in (b"", b"x", content_of(100_000)):
            storage.put_content(f"{base}/a", content)
            got = storage.get_content(f"{base}/a")
            assert type(got) is bytes
            assert got == content
