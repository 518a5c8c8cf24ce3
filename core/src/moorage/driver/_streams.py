"""The guard's side of ``read_stream``."""

from __future__ import annotations

from io import BufferedIOBase
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from moorage.driver._calls import Steps


class GuardedStream(BufferedIOBase):
    """A driver's stream whose reads are counted and whose errors are stamped; one event when it is closed."""

    def __init__(self, stream: BinaryIO, call: Steps) -> None:
        super().__init__()
        self._stream = stream
        self._call = call

    def readable(self) -> bool:
        """Return True: that is all it is for."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes (all that is left, if negative or None); ``b""`` only at the end."""
        with self._call:
            data = self._stream.read(-1 if size is None else size)
        self._call.bytes += len(data)
        return data

    def read1(self, size: int = -1, /) -> bytes:
        """Return what one read of the driver's stream gives."""
        return self.read(size)

    def readinto(self, buffer: Buffer, /) -> int:
        """Read into ``buffer`` and return the number of bytes, 0 only at the end."""
        with self._call:
            count: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]  # part of the contract
        self._call.bytes += count
        return count

    def readinto1(self, buffer: Buffer, /) -> int:
        """Do one read of the driver's stream into ``buffer``."""
        return self.readinto(buffer)

    def seekable(self) -> bool:
        """Tell whether the driver's stream can seek."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to another position, where the driver's stream can."""
        with self._call:
            return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in the content."""
        return self._stream.tell()

    def fileno(self) -> int:
        """Return the file descriptor, where there is a file behind the stream (``OSError`` otherwise)."""
        return self._stream.fileno()

    def close(self) -> None:
        """Release the driver's stream and emit the event. Closing again does nothing."""
        if not self.closed:
            try:
                with self._call:
                    self._stream.close()
            finally:
                super().close()
                self._call.finish()
