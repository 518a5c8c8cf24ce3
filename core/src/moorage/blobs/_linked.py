"""A repository's view of the blobs: what is linked into it, and the uploads that will be."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from moorage.blobs import _layout
from moorage.blobs._descriptor import DEFAULT_MEDIA_TYPE, Descriptor
from moorage.blobs._links import LayerLinks
from moorage.blobs._names import new_upload_id, validate_upload_id
from moorage.blobs._upload import UploadInfo, UploadResources
from moorage.blobs._writer import BlobWriter
from moorage.digest import ALGORITHMS, Digest
from moorage.errors import BlobInvalidDigestError, BlobUnknownError, BlobUploadUnknownError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from moorage.blobs._content import BlobStore
    from moorage.blobs._policy import Policy
    from moorage.driver import StorageDriver


class LinkedBlobStore:
    """The blobs of one repository. `Repository.blobs` is one. Thread-safe as the driver is.

    Wherever it takes a digest, a malformed one raises `BlobInvalidDigestError`. A sha512 digest names the blob if
    the blob was committed by it.
    """

    def __init__(self, driver: StorageDriver, content: BlobStore, repository: str, policy: Policy) -> None:
        self._driver = driver
        self._content = content
        self._repository = repository
        self._policy = policy
        self._links = LayerLinks(driver, repository)

    def stat(self, digest: str) -> Descriptor:
        """Return the canonical descriptor of a blob.

        Raises:
            BlobUnknownError: The repository has no such blob.
            DamagedLinkError: It has a link, which does not hold a digest.
        """
        announced = Digest(digest)
        return self._content.stat(self._resolve(announced))

    def open(self, digest: str, offset: int = 0) -> BinaryIO:
        """Open a blob from ``offset`` bytes on. The caller closes the stream.

        Raises:
            BlobUnknownError: The repository has no such blob.
            InvalidOffsetError: The offset is negative or beyond the end.
        """
        return self._content.open(self._resolve(Digest(digest)), offset)

    def open_verified(self, digest: str) -> BinaryIO:
        """Open a blob so that the read which meets its end raises if the content is damaged.

        Raises:
            BlobUnknownError: The repository has no such blob.
        """
        return self._content.open_verified(self._resolve(Digest(digest)))

    def get(self, digest: str) -> bytes:
        """Return the whole, verified content of a small blob.

        Raises:
            BlobUnknownError: The repository has no such blob.
            BlobInvalidDigestError: The stored content is damaged.
        """
        with self.open_verified(digest) as stream:
            return stream.read()

    def put(self, content: bytes | bytearray | memoryview, media_type: str = DEFAULT_MEDIA_TYPE) -> Descriptor:
        """Store a small blob whole, link it, and return its canonical descriptor. Durable when it returns.

        Raises:
            ReadOnlyError: The registry is read-only.
        """
        self._policy.check_write("putting a blob")
        canonical = Digest.of(content)
        self._content.install_content(canonical, content)
        self._links.add(canonical, canonical)
        return Descriptor(canonical, len(content), media_type)

    def create(self, algorithms: Collection[str] = ()) -> BlobWriter:
        """Begin an upload.

        Args:
            algorithms: Digest algorithms, besides sha256, by which the client may commit it; they are hashed
                while the data streams in, instead of reading it again at the commit.

        Raises:
            BlobInvalidDigestError: One of the algorithms is unknown.
            ReadOnlyError: The registry is read-only.
        """
        self._policy.check_write("beginning an upload")
        for algorithm in algorithms:
            if algorithm not in ALGORITHMS:
                raise BlobInvalidDigestError(algorithm, f"unknown algorithm; known are {', '.join(ALGORITHMS)}")
        upload = UploadResources(self._driver, self._repository, new_upload_id())
        return BlobWriter.begin(self._driver, self._content, self._links, upload, algorithms)

    def resume(self, upload_id: str) -> BlobWriter:
        """Go on with an upload that any process began and closed, or left behind when it died.

        Raises:
            BlobUploadUnknownError: There is no such upload in this repository.
            BlobUploadInUseError: Another writer holds it (where the driver can tell).
            ReadOnlyError: The registry is read-only.
        """
        self._policy.check_write("resuming an upload")
        return BlobWriter.resume(self._driver, self._content, self._links, self._upload(upload_id))

    def upload(self, upload_id: str) -> UploadInfo:
        """Describe an upload in progress, without touching it.

        Raises:
            BlobUploadUnknownError: There is no such upload in this repository.
        """
        return self._upload(upload_id).info()

    def uploads(self) -> Iterator[UploadInfo]:
        """Yield the uploads in progress, in order of their ids."""
        try:
            for info in self._driver.list(_layout.uploads(self._repository)):
                try:
                    yield self._upload(info.path.rpartition("/")[2]).info()
                except BlobUploadUnknownError:
                    continue  # finished since it was listed, or never begun
        except PathNotFoundError:
            return

    def mount(self, digest: str, source: LinkedBlobStore) -> Descriptor:
        """Link a blob of another repository of this registry, so that nothing needs to be uploaded.

        Raises:
            BlobUnknownError: ``source`` has no such blob.
            ReadOnlyError: The registry is read-only.
        """
        self._policy.check_write("mounting a blob")
        announced = Digest(digest)
        found = source.stat(announced)
        self._links.add(Digest(found.digest), announced)
        return found

    def delete(self, digest: str) -> None:
        """Remove a blob, and all its aliases, from this repository. Its content stays until garbage collection.

        Raises:
            BlobUnknownError: The repository has no such blob.
            DeleteDisabledError: ``storage.delete.enabled`` is not true.
            ReadOnlyError: The registry is read-only.
        """
        self._policy.check_delete("deleting a blob")
        self._links.remove(self._resolve(Digest(digest)))

    def enumerate(self) -> Iterator[Digest]:
        """Yield the canonical digest of every blob linked here, once, in order."""
        return self._links.canonical()

    def _resolve(self, announced: Digest) -> Digest:
        canonical = self._links.resolve(announced)
        if canonical is None:
            raise BlobUnknownError(announced, self._repository)
        return canonical

    def _upload(self, upload_id: str) -> UploadResources:
        return UploadResources(self._driver, self._repository, validate_upload_id(upload_id, self._repository))
