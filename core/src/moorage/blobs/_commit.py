"""How an upload becomes a blob.

The order is what makes it safe: the digest is decided, the data is complete, then in its place, then linked, and
only then the upload is forgotten. Whatever interrupts this leaves a blob that nobody sees, or an upload that can
be committed again, and never a link to something that is not there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moorage.blobs._descriptor import DEFAULT_MEDIA_TYPE, Descriptor
from moorage.blobs._reader import hash_stream
from moorage.digest import CANONICAL, Digest
from moorage.errors import (
    BlobInvalidDigestError,
    BlobInvalidLengthError,
    BlobUnknownError,
    BlobUploadUnknownError,
    DriverError,
    PathNotFoundError,
)

if TYPE_CHECKING:
    from moorage.blobs._content import BlobStore
    from moorage.blobs._data import UploadData
    from moorage.blobs._hasher import UploadHasher
    from moorage.blobs._links import LayerLinks
    from moorage.blobs._upload import UploadResources

log = logging.getLogger("moorage.blobs")


@dataclass(frozen=True, slots=True)
class Commit:
    """One attempt to commit.

    Attributes:
        content: Where the blob goes.
        links: The links of the repository that is to see it.
        upload: The upload's files.
        data: The upload's bytes.
        hasher: Their digests, if they are known without reading.
        announced: The digest that the client says.
        size: The size that the client says, in bytes; zero or less if it does not say any.
    """

    content: BlobStore
    links: LayerLinks
    upload: UploadResources
    data: UploadData
    hasher: UploadHasher | None
    announced: Digest
    size: int

    def run(self, media_type: str) -> Descriptor:
        """Commit, and return the canonical descriptor; see `BlobWriter.commit`."""
        persisted = self.data.memory is None
        if self.data.memory is not None:
            canonical, size = self._install_memory(self.data.memory)
        elif self.data.gone:
            canonical, size = self._install_nothing()
        else:
            canonical, size = self._install_file()
        self.links.add(canonical, self.announced)
        if persisted:
            self._forget_upload()
        return Descriptor(canonical, size, media_type or DEFAULT_MEDIA_TYPE)

    def _install_memory(self, memory: bytearray) -> tuple[Digest, int]:
        """All of it is here: one write stores it, and no upload was ever to be seen."""
        self._check_length(len(memory))
        self._check_digest(self._own(self.announced.algorithm) or Digest.of(memory, self.announced.algorithm))
        canonical = self._own(CANONICAL) or Digest.of(memory)
        self.content.install_content(canonical, memory)
        return canonical, len(memory)

    def _install_file(self) -> tuple[Digest, int]:
        size = self.data.size
        self._check_length(size)
        canonical = self._decide_without_reading()
        found = self.data.complete()
        if found is None:
            return self._prove()
        if found != size:
            raise BlobInvalidLengthError(size, found)
        try:
            if canonical is None:
                canonical = self._decide_by_reading()
            self.content.install_file(canonical, self.upload.data, size)
        except PathNotFoundError:
            return self._prove()  # another process committed the same upload meanwhile
        return canonical, size

    def _decide_without_reading(self) -> Digest | None:
        """Return the canonical digest if it can be trusted and fits, None if only reading the data can decide.

        Digests that saw every byte in this process decide alone. Restored ones may come from a damaged state:
        they are believed only when they equal what the client says, and never to name the canonical digest of
        content that the client knows by another one.
        """
        own = self._own(self.announced.algorithm)
        if self.hasher is None or own is None:
            return None
        if self.hasher.whole:
            self._check_digest(own)
            return self._own(CANONICAL)
        return own if own == self.announced and own.algorithm == CANONICAL else None

    def _decide_by_reading(self) -> Digest:
        with self.data.reader() as stream:
            digests = hash_stream(stream, CANONICAL, self.announced.algorithm)
        self._check_digest(digests[self.announced.algorithm])
        return digests[CANONICAL]

    def _install_nothing(self) -> tuple[Digest, int]:
        """The upload has no data: legal for empty content, and where the blob was stored by a commit that died."""
        if self.announced.is_empty_content:
            self._check_length(0)
            canonical = Digest.of(b"")
            self.content.install_content(canonical, b"")
            return canonical, 0
        return self._prove()

    def _prove(self) -> tuple[Digest, int]:
        """The data was moved away. Succeed only with proof that it was the announced blob, and that it is stored.

        That a blob exists proves nothing: it would give any repository any blob whose digest is known. Proof is a
        link that this repository has already, or a digest computed from the data of this very upload.
        """
        canonical = self.links.resolve(self.announced)
        if canonical is None and self._computed_from_the_data() == self.announced:
            canonical = self.announced
        if canonical is None:
            raise self._data_is_gone()
        try:
            size = self.content.stat(canonical).size
        except BlobUnknownError:
            raise self._data_is_gone() from None
        self._check_length(size)
        return canonical, size

    def _data_is_gone(self) -> BlobUploadUnknownError:
        return BlobUploadUnknownError(self.upload.id, self.upload.repository, "its data is gone")

    def _computed_from_the_data(self) -> Digest | None:
        return self.upload.last_digest() if self.data.gone else self._own(CANONICAL)

    def _own(self, algorithm: str) -> Digest | None:
        return self.hasher.digest(algorithm) if self.hasher else None

    def _check_length(self, actual: int) -> None:
        if self.size > 0 and self.size != actual:
            raise BlobInvalidLengthError(self.size, actual)

    def _check_digest(self, found: Digest) -> None:
        if found != self.announced:
            raise BlobInvalidDigestError(self.announced, f"the data has the digest {found}")

    def _forget_upload(self) -> None:
        try:
            self.upload.remove()
        except DriverError as error:
            log.warning("upload %s is committed, but not all of it could be removed: %s", self.upload.id, error)
