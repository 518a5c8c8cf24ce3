"""Clauses about commits: what is validated, what is refused, and what a refusal leaves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from moorage.blobs import DEFAULT_MEDIA_TYPE, Descriptor
from moorage.digest import Digest
from moorage.errors import (
    BlobInvalidDigestError,
    BlobInvalidLengthError,
    BlobUnknownError,
    BlobUploadInUseError,
    BlobUploadUnknownError,
    DriverError,
    PathConflictError,
    PathNotFoundError,
    UnsupportedMethodError,
    WriterStateError,
)
from moorage_conformance._blob_base import SPILL, BlobClauses
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of

if TYPE_CHECKING:
    from moorage.blobs import BlobWriter, Registry
    from moorage_conformance._blob_base import Corner

NAME = "team/app"
WRONG = Digest.of(b"something else")
EVERY_WAY = pytest.mark.parametrize("way", ["memory", "streamed", "resumed", "stateless"])


def upload_of(registry: Registry, content: bytes, way: str) -> BlobWriter:
    """Return a writer that holds ``content``.

    Args:
        registry: Where to begin the upload, in the repository `NAME`.
        content: What to write; small for ``memory``, more than `SPILL` otherwise.
        way: ``memory`` and ``streamed`` saw every byte, ``resumed`` restored its digest from a stored state, and
            ``stateless`` found no state.
    """
    blobs = registry.repository(NAME).blobs
    writer = blobs.create()
    writer.write(content)
    if way in {"memory", "streamed"}:
        return writer
    writer.close()
    if way == "stateless":
        drop_states(registry, writer.id)
    return blobs.resume(writer.id)


def upload_path(upload_id: str, name: str) -> str:
    """Return the path of one of an upload's files."""
    return f"/docker/registry/v2/repositories/{NAME}/_uploads/{upload_id}/{name}"


def drop_states(registry: Registry, upload_id: str) -> None:
    """Delete the stored hash states of an upload."""
    registry.driver.delete(upload_path(upload_id, "hashstates"))


def content_for(way: str) -> bytes:
    """Return content that takes the way."""
    return content_of(1000 if way == "memory" else SPILL, way)


class CommitClauses(BlobClauses):
    """Every commit is validated, and a refused one changes nothing."""

    @clause("blob.commit.returns-canonical")
    @EVERY_WAY
    def test_commit_returns_canonical(self, registry: Registry, way: str) -> None:
        """A commit returns the canonical digest, the true size and the media type, and the blob is readable."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        with upload_of(registry, content, way) as writer:
            descriptor = writer.commit(Descriptor(Digest.of(content), len(content), "application/x-layer"))
        assert descriptor == Descriptor(Digest.of(content), len(content), "application/x-layer")
        assert blobs.get(descriptor.digest) == content
        assert list(blobs.uploads()) == []

    @clause("blob.commit.default-media-type")
    def test_commit_default_media_type(self, registry: Registry) -> None:
        """A commit without a media type answers with application/octet-stream."""
        with upload_of(registry, b"x", "memory") as writer:
            assert writer.commit(Descriptor(Digest.of(b"x"), 1, "")).media_type == DEFAULT_MEDIA_TYPE

    @clause("blob.commit.wrong-digest")
    @EVERY_WAY
    def test_commit_wrong_digest(self, registry: Registry, corner: Corner, way: str) -> None:
        """A wrong digest is refused, nothing becomes readable, and the right digest may follow."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        with upload_of(registry, content, way) as writer:
            for _ in range(2):
                with pytest.raises(BlobInvalidDigestError) as caught:
                    writer.commit(Descriptor(WRONG))
                assert caught.value.digest == WRONG
            assert list(registry.blobs.enumerate()) == []
            assert list(blobs.enumerate()) == []
            assert writer.commit(Descriptor(Digest.of(content))).size == len(content)
        corner.assert_sound()

    @clause("blob.commit.wrong-digest-other-process")
    @EVERY_WAY
    def test_commit_wrong_digest_then_elsewhere(self, registry: Registry, corner: Corner, way: str) -> None:
        """After a refused commit, another instance may commit the upload with the right digest, or cancel it."""
        content = content_for(way)
        for end in ("commit", "cancel"):
            with upload_of(registry, content, way) as writer, pytest.raises(BlobInvalidDigestError):
                writer.commit(Descriptor(WRONG))
            there = corner.again().repository(NAME).blobs
            with there.resume(writer.id) as again:
                assert again.size == len(content)
                if end == "commit":
                    again.commit(Descriptor(Digest.of(content), len(content)))
                    assert there.get(Digest.of(content)) == content
                else:
                    again.cancel()
            with pytest.raises(BlobUploadUnknownError):
                there.resume(writer.id)

    @clause("blob.commit.append-after-refusal")
    @EVERY_WAY
    def test_append_after_refusal(self, registry: Registry, way: str) -> None:
        """After a refused commit more may be written where committed data can be appended to, or was not completed."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        with upload_of(registry, content, way) as writer:
            with pytest.raises(BlobInvalidDigestError):
                writer.commit(Descriptor(WRONG))
            completed = way in {"resumed", "stateless"}
            if completed and not registry.driver.capabilities.append_committed:
                with pytest.raises(UnsupportedMethodError):
                    writer.write(b"more")
                writer.cancel()
                return
            writer.write(b"more")
            whole = content + b"more"
            assert writer.size == len(whole)
            writer.commit(Descriptor(Digest.of(whole), len(whole)))
        assert blobs.get(Digest.of(whole)) == whole

    @clause("blob.commit.wrong-size")
    @EVERY_WAY
    def test_commit_wrong_size(self, registry: Registry, way: str) -> None:
        """A positive size that is not the data's is refused, with both sizes; zero and less mean unknown."""
        content = content_for(way)
        with upload_of(registry, content, way) as writer:
            for size in (1, len(content) - 1, len(content) + 1):
                with pytest.raises(BlobInvalidLengthError) as caught:
                    writer.commit(Descriptor(Digest.of(content), size))
                assert (caught.value.expected, caught.value.actual) == (size, len(content))
            assert list(registry.blobs.enumerate()) == []
            assert writer.commit(Descriptor(Digest.of(content), 0)).size == len(content)

    @clause("blob.commit.malformed-digest")
    @pytest.mark.parametrize("digest", ["", "sha256:", "sha256:abc", "md5:" + "0" * 32, "sha1:" + "0" * 40, "../x"])
    def test_commit_malformed_digest(self, registry: Registry, digest: str) -> None:
        """An empty or malformed digest, or an unknown algorithm, is refused and the upload stays."""
        with upload_of(registry, b"content", "memory") as writer:
            with pytest.raises(BlobInvalidDigestError):
                writer.commit(Descriptor(digest))
            writer.commit(Descriptor(Digest.of(b"content")))

    @clause("blob.commit.sha512")
    @EVERY_WAY
    @pytest.mark.parametrize("announced", [True, False])
    def test_commit_sha512(self, registry: Registry, way: str, announced: bool) -> None:
        """A sha512 digest commits the blob, announced or not, and becomes an alias of the canonical digest."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        alias = Digest.of(content, "sha512")
        writer = blobs.create(["sha512"] if announced else [])
        writer.write(content)
        if way in {"resumed", "stateless"}:
            writer.close()
            if way == "stateless":
                drop_states(registry, writer.id)
            writer = blobs.resume(writer.id)
        with writer:
            with pytest.raises(BlobInvalidDigestError):
                writer.commit(Descriptor(Digest.of(b"else", "sha512")))
            assert writer.commit(Descriptor(alias)) == Descriptor(Digest.of(content), len(content))
        assert blobs.get(alias) == content
        assert blobs.stat(alias).digest == Digest.of(content)

    @clause("blob.commit.empty")
    @pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
    @pytest.mark.parametrize("persisted", [True, False])
    def test_commit_empty(self, registry: Registry, algorithm: str, persisted: bool) -> None:
        """An upload without data is committed by the digest of empty content, in any algorithm, and by no other."""
        blobs = registry.repository(NAME).blobs
        writer = blobs.create()
        if persisted:
            writer.close()
            writer = blobs.resume(writer.id)
        with writer:
            with pytest.raises((BlobInvalidDigestError, BlobUploadUnknownError)):
                writer.commit(Descriptor(WRONG))
            descriptor = writer.commit(Descriptor(Digest.of(b"", algorithm)))
        assert descriptor == Descriptor(Digest.of(b""), 0)
        assert blobs.get(Digest.of(b"", algorithm)) == b""

    @clause("blob.commit.twice")
    @EVERY_WAY
    def test_commit_twice(self, registry: Registry, way: str) -> None:
        """Committing again is success for the same blob, and refused for another; other calls are refused."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        with upload_of(registry, content, way) as writer:
            first = writer.commit(Descriptor(Digest.of(content)))
            assert writer.commit(Descriptor(Digest.of(content))) == first
            with pytest.raises(BlobInvalidDigestError):
                writer.commit(Descriptor(WRONG))
            with pytest.raises(WriterStateError):
                writer.write(b"more")
            with pytest.raises(WriterStateError):
                writer.cancel()
        assert blobs.get(first.digest) == content

    @clause("blob.commit.same-blob-again")
    @EVERY_WAY
    def test_commit_same_blob_again(self, registry: Registry, corner: Corner, way: str) -> None:
        """Uploading a blob that is stored already succeeds, changes nothing of it, and leaves no upload."""
        blobs, content = registry.repository(NAME).blobs, content_for(way)
        blobs.put(content)
        before = corner.files()
        with upload_of(registry, content, way) as writer:
            writer.commit(Descriptor(Digest.of(content)))
        assert corner.files() == before

    @clause("blob.commit.data-is-a-directory")
    def test_data_is_a_directory(self, registry: Registry) -> None:
        """A directory in the place of an upload's data is an error, and never a blob."""
        blobs = registry.repository(NAME).blobs
        with blobs.create() as writer:
            pass
        data = upload_path(writer.id, "data")
        registry.driver.delete(data)
        registry.driver.put_content(f"{data}/inside", b"")
        with pytest.raises((PathConflictError, BlobUploadUnknownError)), blobs.resume(writer.id) as again:
            again.commit(Descriptor(WRONG))
        assert list(registry.blobs.enumerate()) == []

    @clause("blob.commit.data-changed-behind")
    def test_data_changed_behind(self, registry: Registry) -> None:
        """Data whose size changed behind the writer's back is never committed."""
        blobs, content = registry.repository(NAME).blobs, content_of(SPILL)
        with upload_of(registry, content, "resumed") as writer:
            try:
                registry.driver.put_content(upload_path(writer.id, "data"), content + b"more")
            except DriverError:
                writer.cancel()  # the driver does not let it happen, which is as good
                return
            if registry.driver.capabilities.hidden_until_commit:
                # What was put is replaced by what the writer completes: the blob is the writer's, and right.
                writer.commit(Descriptor(Digest.of(content)))
                assert blobs.get(Digest.of(content)) == content
                return
            with pytest.raises(BlobInvalidLengthError):
                writer.commit(Descriptor(Digest.of(content)))
            assert list(registry.blobs.enumerate()) == []
            writer.cancel()

    @clause("blob.commit.data-gone")
    def test_data_gone(self, registry: Registry) -> None:
        """Where the data is gone, that the blob exists elsewhere is no proof: the commit is refused."""
        content = content_of(SPILL)
        registry.repository("team/other").blobs.put(content)
        blobs = registry.repository(NAME).blobs
        with blobs.create() as writer:
            pass
        with suppress(PathNotFoundError):
            registry.driver.delete(upload_path(writer.id, "data"))
        with blobs.resume(writer.id) as again, pytest.raises((BlobUploadUnknownError, BlobInvalidDigestError)):
            again.commit(Descriptor(Digest.of(content)))
        with pytest.raises(BlobUnknownError):
            blobs.stat(Digest.of(content))

    @clause("blob.commit.data-gone-with-proof")
    @pytest.mark.parametrize("proof", ["link", "state"])
    def test_data_gone_with_proof(self, registry: Registry, proof: str) -> None:
        """Where a dying commit moved the data to its place, a link or a digest of that data lets it succeed."""
        content = content_of(SPILL)
        digest = Digest.of(content)
        blobs = registry.repository(NAME).blobs
        with blobs.create() as writer:
            writer.write(content)
        data = upload_path(writer.id, "data")
        with registry.driver.writer(data, append=True) as file:
            file.commit()
        registry.driver.move(data, f"/docker/registry/v2/blobs/sha256/{digest.hex[:2]}/{digest.hex}/data")
        if proof == "link":
            drop_states(registry, writer.id)
            blobs.put(content)
        with blobs.resume(writer.id) as again:
            with pytest.raises(BlobUploadUnknownError):
                again.commit(Descriptor(WRONG))
            assert again.commit(Descriptor(digest)) == Descriptor(digest, len(content))
        assert blobs.get(digest) == content
        assert list(blobs.uploads()) == []

    @clause("blob.commit.good-blob-of-other-size")
    def test_good_blob_is_never_lost(self, registry: Registry, corner: Corner) -> None:
        """A stored blob of another size than the upload's is replaced only if it is damaged, and then kept aside."""
        content = content_of(SPILL)
        digest = Digest.of(content)
        place = f"/docker/registry/v2/blobs/sha256/{digest.hex[:2]}/{digest.hex}/data"
        registry.driver.put_content(place, b"damaged")
        blobs = registry.repository(NAME).blobs
        for way in ("streamed", "resumed"):
            registry.driver.put_content(place, b"damaged")
            with upload_of(registry, content, way) as writer:
                writer.commit(Descriptor(digest))
            assert blobs.get(digest) == content
        registry.driver.put_content(place, b"damaged")
        blobs.put(content)
        assert blobs.get(digest) == content
        kept = [data for path, data in corner.files().items() if "/quarantine/" in path]
        assert kept == [b"damaged"] * 3

    @clause("blob.commit.one-writer")
    def test_one_writer(self, registry: Registry, corner: Corner) -> None:
        """A second writer on one upload is refused where the driver can tell; the first goes on undisturbed."""
        blobs, content = registry.repository(NAME).blobs, content_of(SPILL)
        with upload_of(registry, content, "resumed") as writer:
            if registry.driver.capabilities.exclusive_writer:
                with pytest.raises(BlobUploadInUseError):
                    corner.again().repository(NAME).blobs.resume(writer.id)
            writer.write(b"tail")
            writer.commit(Descriptor(Digest.of(content + b"tail")))
        assert blobs.get(Digest.of(content + b"tail")) == content + b"tail"
