"""The bytes of one upload: in memory at first, then in the backend, or gone from it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from moorage.errors import PathConflictError, PathNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from moorage.blobs._upload import UploadResources
    from moorage.driver import FileWriter, StorageDriver

INLINE = 1 << 20
"""Bytes up to which an upload stays in memory, so that a small blob is stored with one ``put_content``."""


class UploadData:
    """Takes an upload's bytes to the backend, as late as it can. Used by one thread at a time.

    Args:
        driver: The backend.
        upload: The upload's files there.
        started_at: When it began.
        memory: Where the bytes of a new upload gather; None if it is in the backend.
        file: The writer of its data there; None if it has none.

    Attributes:
        memory: The bytes, as long as nothing of the upload is in the backend; None afterwards.
    """

    def __init__(
        self,
        driver: StorageDriver,
        upload: UploadResources,
        started_at: datetime,
        *,
        memory: bytearray | None = None,
        file: FileWriter | None = None,
    ) -> None:
        self.memory = memory
        self._driver = driver
        self._upload = upload
        self._started_at = started_at
        self._file = file
        self._complete = False  # whether the bytes were committed at the upload's own path
        self._limit = max(INLINE, driver.capabilities.min_part_size or 0)

    @property
    def gone(self) -> bool:
        """Whether the upload exists without data: a commit that died has moved it, or nothing was ever written."""
        return self.memory is None and self._file is None

    @property
    def size(self) -> int:
        """All bytes accepted so far."""
        return self._file.size if self._file is not None else len(self.memory or b"")

    def append(self, piece: memoryview) -> None:
        """Accept ``piece``; when it raises, ``size`` says how much of it was accepted."""
        if self.memory is not None:
            if len(self.memory) + len(piece) <= self._limit:
                self.memory += piece
                return
            self.persist()
        self._appendable().write(piece)

    def persist(self) -> None:
        """Make the upload exist in the backend, with all its bytes, if it does not yet."""
        if self.memory is None:
            return
        self._upload.begin(self._started_at)
        file = self._driver.writer(self._upload.data)
        try:
            file.write(self.memory)
        except BaseException:
            file.cancel()  # the bytes are still in memory: the next attempt begins anew
            raise
        self._file, self.memory = file, None

    def reader(self) -> BinaryIO:
        """Open the bytes from the beginning, where the backend shows them.

        Raises:
            PathNotFoundError: It does not, yet.
        """
        if self.memory is not None:
            return BytesIO(bytes(self.memory))
        return self._driver.read_stream(self._upload.data)

    def complete(self) -> int | None:
        """Commit the file at the upload's path; return its size there, or None if the data is gone.

        Another writer cannot get at it before `release` (where the driver is an ``exclusive_writer``).

        Raises:
            PathConflictError: A directory is in the place of the data.
        """
        if self._file is None:
            return None
        try:
            if not self._complete:
                self._file.commit()
                self._complete = True
            info = self._driver.stat(self._upload.data)
        except PathNotFoundError:
            return None
        if info.is_dir:
            raise PathConflictError(self._upload.data, "a directory is in the place of the upload's data")
        return info.size

    def flush(self) -> None:
        """Release the bytes so that any process can go on with them, durably if the driver can."""
        self.persist()
        self.release()

    def cancel(self) -> None:
        """Drop the bytes."""
        if self._file is not None and not self._complete:
            self._file.cancel()
        else:
            self.release()

    def release(self) -> None:
        """Let go of the bytes, as they are."""
        if self._file is not None:
            self._file.close()

    def _appendable(self) -> FileWriter:
        if self._file is None:
            self._upload.forget_states()
            self._file = self._driver.writer(self._upload.data)
        elif self._complete:
            self._file.close()
            self._file, self._complete = self._driver.writer(self._upload.data, append=True), False
        return self._file
