"""The blob writer: bytes come in, in as many pieces and processes as it takes; a blob comes out, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Self

from moorage.blobs._commit import Commit
from moorage.blobs._data import UploadData
from moorage.blobs._hasher import UploadHasher
from moorage.blobs._reader import CHUNK
from moorage.digest import Digest
from moorage.errors import BlobInvalidDigestError, PathNotFoundError, WriterStateError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from moorage.blobs._content import BlobStore
    from moorage.blobs._descriptor import Descriptor
    from moorage.blobs._links import LayerLinks
    from moorage.blobs._upload import UploadResources
    from moorage.driver import StorageDriver

_RING = 3
"""Buffers of `BlobWriter.read_from`: one is being filled, one written, one hashed."""


class BlobWriter:
    """One upload, in one process. `LinkedBlobStore.create` and `LinkedBlobStore.resume` make it.

    A new upload first gathers in memory. It comes into being in the backend when it outgrows 1 MiB (or the
    backend's ``min_part_size``) or is closed, and from then on any process can resume it. Used by one thread at
    a time. As a context manager it closes on exit, and never commits.

    Attributes:
        id: The upload's UUID.
        started_at: When the upload began, in UTC, to the second.
    """

    def __init__(
        self,
        content: BlobStore,
        links: LayerLinks,
        upload: UploadResources,
        *,
        started_at: datetime,
        data: UploadData,
        hasher: UploadHasher | None,
    ) -> None:
        self.id = upload.id
        self.started_at = started_at
        self._content = content
        self._links = links
        self._upload = upload
        self._data = data
        self._hasher = hasher
        self._outcome: tuple[Digest, Descriptor] | None = None
        self._finished = ""

    @classmethod
    def begin(
        cls,
        driver: StorageDriver,
        content: BlobStore,
        links: LayerLinks,
        upload: UploadResources,
        algorithms: Iterable[str],
    ) -> Self:
        """Return the writer of a new upload. Nothing is asked of the backend yet."""
        now = datetime.now(UTC).replace(microsecond=0)
        data = UploadData(driver, upload, now, memory=bytearray())
        return cls(content, links, upload, started_at=now, data=data, hasher=UploadHasher.new(algorithms))

    @classmethod
    def resume(cls, driver: StorageDriver, content: BlobStore, links: LayerLinks, upload: UploadResources) -> Self:
        """Return the writer that goes on with an upload of this or another process.

        Raises:
            BlobUploadUnknownError: There is no such upload.
            BlobUploadInUseError: Another writer holds it.
        """
        started_at = upload.started_at()
        try:
            file = driver.writer(upload.data, append=True)
        except PathNotFoundError:
            data = UploadData(driver, upload, started_at)
            return cls(content, links, upload, started_at=started_at, data=data, hasher=UploadHasher.new())
        try:
            hasher = upload.restore_states(file.size)
        except BaseException:
            file.close()
            raise
        data = UploadData(driver, upload, started_at, file=file)
        return cls(content, links, upload, started_at=started_at, data=data, hasher=hasher)

    @property
    def size(self) -> int:
        """All bytes accepted so far, by this writer and those before it."""
        return self._data.size

    @property
    def digest(self) -> Digest | None:
        """The canonical digest of all bytes accepted so far; None where only reading them could tell."""
        return self._hasher.digest() if self._hasher else None

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Accept all of ``data`` and return its length in bytes.

        When it raises, ``size`` says how much was accepted; digest and data agree on it, and once the cause is
        gone (`StorageFullError`: once there is room), writing can go on from there.

        Raises:
            DriverError: The backend could not take it.
            UnsupportedMethodError: A refused commit has completed the data, and the backend cannot append to it.
            WriterStateError: The writer was closed, cancelled or committed.
        """
        with memoryview(data) as raw, raw.cast("B") as view:
            try:
                self._accept(view)
            finally:
                self._settle()
            return len(view)

    def read_from(self, stream: BinaryIO, /) -> int:
        """Accept all that ``stream`` gives and return the number of bytes.

        Reading, writing and hashing overlap, through three buffers of 1 MiB.

        Raises:
            DriverError: As in `write`; ``size`` says how much was accepted.
        """
        before = self.size
        buffers = [memoryview(bytearray(CHUNK)) for _ in range(_RING)]
        turn = 0
        try:
            while count := stream.readinto(buffers[turn]):  # type: ignore[attr-defined]  # real binary files have it
                self._accept(buffers[turn][:count])
                turn = (turn + 1) % _RING
                self._settle(leave=_RING - 1)
        finally:
            self._settle()
        return self.size - before

    def reader(self) -> BinaryIO:
        """Open what was accepted so far, from its beginning.

        A backend may show data late, or only once it is committed, so this asks again with exponential back-off:
        four times in all, after 0.5, 1 and 2 seconds.

        Raises:
            PathNotFoundError: The backend still does not show it.
        """
        self._check_usable("reader")
        if self._data.memory is not None:
            return self._data.reader()
        from stamina import RetryingCaller  # noqa: PLC0415  # slow to import, rarely needed

        patient = RetryingCaller(attempts=4, timeout=None, wait_initial=0.5, wait_exp_base=2, wait_jitter=0)
        return patient(PathNotFoundError, self._data.reader)

    def commit(self, descriptor: Descriptor) -> Descriptor:
        """Make the upload a blob of the repository, if it is the one that ``descriptor`` says.

        After a refusal (`BlobInvalidDigestError`, `BlobInvalidLengthError`) the upload is still there: this or
        another process may commit it again with the right descriptor, or cancel it. Committing again after
        success is success for the same blob.

        Args:
            descriptor: The digest, which is required, and the size, which is checked if it is positive.

        Returns:
            The canonical descriptor: sha256, the true size, and the media type that was handed in.

        Raises:
            BlobInvalidDigestError: The digest is empty, malformed, of an unknown algorithm, or not that of the data.
            BlobInvalidLengthError: The size is not that of the data.
            BlobUploadUnknownError: The data is gone, and nothing proves that it was the blob.
            PathConflictError: A directory is in the place of the data.
            WriterStateError: The writer was closed or cancelled.
        """
        announced = Digest(descriptor.digest)
        if self._outcome is not None:
            before, done = self._outcome
            if announced not in (before, done.digest):
                raise BlobInvalidDigestError(announced, f"the upload was committed as {before}")
            return done
        self._check_usable("commit")
        attempt = Commit(self._content, self._links, self._upload, self._data, self._hasher, announced, descriptor.size)
        done = attempt.run(descriptor.media_type)
        self._outcome = announced, done
        self._finish("committed")
        self._data.release()
        return done

    def cancel(self) -> None:
        """Drop the upload: afterwards it is unknown, and nothing of it is left.

        Raises:
            WriterStateError: The writer was closed, cancelled or committed.
        """
        self._check_usable("cancel")
        self._finish("cancelled")
        self._data.cancel()
        if self._data.memory is None:
            self._upload.remove()

    def close(self) -> None:
        """Release the writer so that any process can go on with the upload. Closing again does nothing.

        First the data is made durable; only then the hash state that describes it is stored.

        Raises:
            DriverError: The data could not be made durable; what the backend has of it can be resumed.
        """
        if self._finished:
            return
        self._finish("closed")
        self._data.flush()
        if self._hasher is not None and not self._data.gone:
            self._upload.store_states(self._hasher, self._data.size)

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened; never commit."""
        self.close()

    def _accept(self, piece: memoryview) -> None:
        self._check_usable("write")
        before = self._data.size
        if self._hasher is not None:
            self._hasher.feed(piece)
        try:
            self._data.append(piece)
        except BaseException:
            if self._hasher is not None:
                self._hasher.keep_of_last(self._data.size - before)
            raise

    def _settle(self, *, leave: int = 0) -> None:
        if self._hasher is not None:
            self._hasher.settle(leave=leave)

    def _check_usable(self, method: str) -> None:
        if self._finished:
            raise WriterStateError(self._upload.data, f"{method} after the upload was {self._finished}")

    def _finish(self, how: str) -> None:
        self._finished = how
        if self._hasher is not None:
            self._hasher.close()
