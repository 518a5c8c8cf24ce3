"""The global, content-addressed half of the store: each content once, under its canonical digest."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from moorage.blobs import _layout
from moorage.blobs._descriptor import Descriptor
from moorage.blobs._enumerate import digests_beneath
from moorage.blobs._reader import CHUNK, VerifyingReader, hash_stream
from moorage.digest import ALGORITHMS, CANONICAL, Digest
from moorage.errors import BlobInvalidDigestError, BlobUnknownError, PathConflictError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moorage.driver import StorageDriver

log = logging.getLogger("moorage.blobs")


class BlobStore:
    """All content of a registry, whatever repositories it is linked into. Thread-safe as the driver is.

    Reading here skips the question whether a repository may see the blob; clients ask
    `moorage.blobs.LinkedBlobStore` instead.
    """

    def __init__(self, driver: StorageDriver) -> None:
        self._driver = driver

    def stat(self, digest: str) -> Descriptor:
        """Describe the content stored under a digest.

        Raises:
            BlobUnknownError: None is.
            BlobInvalidDigestError: The digest is malformed.
        """
        blob = Digest(digest)
        try:
            info = self._driver.stat(_layout.blob_data(blob))
        except PathNotFoundError:
            raise BlobUnknownError(blob) from None
        if info.is_dir:
            raise BlobUnknownError(blob)
        return Descriptor(blob, info.size)

    def open(self, digest: str, offset: int = 0) -> BinaryIO:
        """Open the content stored under a digest, from ``offset`` bytes on, as it lies there.

        Raises:
            BlobUnknownError: None is.
            InvalidOffsetError: The offset is beyond the end.
        """
        blob = Digest(digest)
        try:
            return self._driver.read_stream(_layout.blob_data(blob), offset)
        except PathNotFoundError:
            raise BlobUnknownError(blob) from None

    def open_verified(self, digest: str) -> BinaryIO:
        """Open the content so that the read which meets its end raises if it is not what the digest says.

        Raises:
            BlobUnknownError: None is stored under the digest.
        """
        blob = Digest(digest)
        return VerifyingReader(self.open(blob), blob)  # type: ignore[return-value]  # a binary file all the same

    def enumerate(self) -> Iterator[Digest]:
        """Yield the digests under which content is stored, in order of their path."""
        for algorithm in ALGORITHMS:
            yield from digests_beneath(self._driver, f"{_layout.BLOBS}/{algorithm}", algorithm, "data")

    def install_content(self, digest: Digest, content: bytes | bytearray | memoryview) -> None:
        """Store ``content``, whose canonical digest is ``digest``. Durable when it returns."""
        if not self._is_in_place(digest, len(content), lambda: Digest.of(content)):
            self._driver.put_content(_layout.blob_data(digest), content)

    def install_file(self, digest: Digest, path: str, size: int) -> None:
        """Move the ``size`` bytes at ``path``, whose canonical digest is ``digest``, to their place.

        Where the blob is in place already, ``path`` is left as it is.

        Raises:
            PathNotFoundError: There is nothing at ``path``.
        """
        if not self._is_in_place(digest, size, lambda: self._hash(path)):
            self._driver.move(path, _layout.blob_data(digest))

    def _hash(self, path: str) -> Digest:
        with self._driver.read_stream(path) as stream:
            return hash_stream(stream, CANONICAL)[CANONICAL]

    def _is_in_place(self, digest: Digest, size: int, rehash_new: Callable[[], Digest]) -> bool:
        """Tell whether the blob is there, so that nothing needs to be done.

        Content of another size under the digest means that one of the two is wrong, so both are hashed again. A
        good old blob is never lost; a bad one is kept in quarantine, for people to look at.
        """
        path = _layout.blob_data(digest)
        try:
            info = self._driver.stat(path)
        except PathNotFoundError:
            return False
        if info.is_dir:
            raise PathConflictError(path, "a directory is in the place of a blob")
        if info.size == size:
            return True
        if (new := rehash_new()) != digest:
            raise BlobInvalidDigestError(digest, f"the {size} bytes that were to be stored have the digest {new}")
        if (old := self._hash(path)) == digest:
            return True  # no two contents share a digest: the size we were told was not that of the content
        kept = _layout.quarantined(digest, uuid4().hex)
        self._copy(path, kept)
        log.error(
            "blob %s held %d bytes with the digest %s: they are kept at %s; the %d right bytes take their place",
            *(digest, info.size, old, kept, size),
        )
        return False

    def _copy(self, source: str, destination: str) -> None:
        """Copy, and not move: the place of a blob must never be empty between the old content and the new."""
        with self._driver.read_stream(source) as stream, self._driver.writer(destination) as writer:
            while data := stream.read(CHUNK):
                writer.write(data)
            writer.commit()
