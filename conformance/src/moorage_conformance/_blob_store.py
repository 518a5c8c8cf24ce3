"""Clauses about blobs that are stored: what a repository sees, and what it does not."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from moorage.blobs import Descriptor
from moorage.digest import Digest
from moorage.errors import (
    BlobInvalidDigestError,
    BlobUnknownError,
    DamagedLinkError,
    InvalidOffsetError,
    RepositoryNameError,
)
from moorage_conformance._blob_base import SPILL, BlobClauses
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of

if TYPE_CHECKING:
    from moorage.blobs import Registry
    from moorage_conformance._blob_base import Corner

LAYERS = "/docker/registry/v2/repositories/team/app/_layers"


class StoreClauses(BlobClauses):
    """What is stored, linked, mounted, deleted and enumerated."""

    @clause("blob.put.readable")
    def test_put_readable(self, registry: Registry) -> None:
        """A blob that was put is described, opened from any offset and read as it was put."""
        blobs = registry.repository("team/app").blobs
        for content in (b"", b"x", content_of(100_000)):
            descriptor = blobs.put(content)
            assert descriptor == Descriptor(Digest.of(content), len(content))
            assert blobs.stat(descriptor.digest) == descriptor
            assert blobs.get(descriptor.digest) == content
            with blobs.open(descriptor.digest, len(content) // 2) as stream:
                assert stream.read() == content[len(content) // 2 :]

    @clause("blob.layout.is-distributions")
    def test_layout_is_distributions(self, registry: Registry, corner: Corner) -> None:
        """A committed blob is one data file and one link per digest, where Distribution looks for them, and no more."""
        content = content_of(SPILL)
        digest, alias = Digest.of(content), Digest.of(content, "sha512")
        with registry.repository("team/app").blobs.create(["sha512"]) as writer:
            writer.write(content)
            writer.commit(Descriptor(alias))
        assert corner.files() == {
            f"/docker/registry/v2/blobs/sha256/{digest.hex[:2]}/{digest.hex}/data": content,
            f"{LAYERS}/sha256/{digest.hex}/link": digest.encode(),
            f"{LAYERS}/sha512/{alias.hex}/link": digest.encode(),
        }

    @clause("blob.open.offset-beyond-end")
    def test_open_offset_beyond_end(self, registry: Registry) -> None:
        """Opening a blob at its size gives nothing; beyond it, or before its beginning, is refused."""
        blobs = registry.repository("team/app").blobs
        digest = blobs.put(b"12345").digest
        with blobs.open(digest, 5) as stream:
            assert stream.read() == b""
        for offset in (6, -1):
            with pytest.raises(InvalidOffsetError):
                blobs.open(digest, offset)

    @clause("blob.linked.only-what-is-linked")
    def test_only_what_is_linked(self, registry: Registry) -> None:
        """A repository sees only the blobs that are linked into it, whatever else is stored."""
        digest = registry.repository("team/app").blobs.put(b"content").digest
        other = registry.repository("team/other").blobs
        for call in (other.stat, other.get, other.open, other.delete):
            with pytest.raises(BlobUnknownError):
                call(digest)
        assert list(other.enumerate()) == []

    @clause("blob.mount.links")
    def test_mount_links(self, registry: Registry) -> None:
        """Mounting links another repository's blob, by whichever of its digests, without moving content."""
        source, target = (registry.repository(name).blobs for name in ("team/app", "team/other"))
        content = content_of(1000)
        alias = Digest.of(content, "sha512")
        with source.create() as writer:
            writer.write(content)
            descriptor = writer.commit(Descriptor(alias))
        assert target.mount(alias, source) == descriptor
        assert target.get(descriptor.digest) == content
        assert target.get(alias) == content
        assert list(target.enumerate()) == [descriptor.digest]

    @clause("blob.mount.needs-the-source")
    def test_mount_needs_the_source(self, registry: Registry) -> None:
        """Mounting from a repository that does not hold the blob is refused, even if the blob is stored."""
        digest = registry.repository("team/app").blobs.put(b"content").digest
        target = registry.repository("team/other").blobs
        with pytest.raises(BlobUnknownError):
            target.mount(digest, registry.repository("team/third").blobs)
        with pytest.raises(BlobUnknownError):
            target.stat(digest)

    @clause("blob.delete.removes-links")
    def test_delete_removes_links(self, registry: Registry) -> None:
        """Deleting by any digest removes the blob and all its aliases from this repository, and from no other."""
        content = content_of(1000)
        digest, alias = Digest.of(content), Digest.of(content, "sha512")
        blobs, other = (registry.repository(name).blobs for name in ("team/app", "team/other"))
        for named in (digest, alias):
            with blobs.create(["sha512"]) as writer:
                writer.write(content)
                writer.commit(Descriptor(alias))
            other.mount(alias, blobs)
            blobs.put(b"another")
            blobs.delete(named)
            for gone in (digest, alias):
                with pytest.raises(BlobUnknownError):
                    blobs.stat(gone)
            assert list(blobs.enumerate()) == [Digest.of(b"another")]
            assert other.get(alias) == content

    @clause("blob.enumerate.canonical-once")
    def test_enumerate_canonical_once(self, registry: Registry) -> None:
        """Enumerating yields the canonical digest of each linked blob once, in order."""
        blobs = registry.repository("team/app").blobs
        contents = [content_of(50, str(i)) for i in range(20)]
        for content in contents:
            with blobs.create(["sha512"]) as writer:
                writer.write(content)
                writer.commit(Descriptor(Digest.of(content, "sha512")))
        assert list(blobs.enumerate()) == sorted(Digest.of(content) for content in contents)
        assert list(registry.blobs.enumerate()) == sorted(Digest.of(content) for content in contents)

    @clause("blob.link.damaged")
    @pytest.mark.parametrize("damage", [b"", b"sha256:", b"nonsense", b"\xff\xfe"])
    def test_damaged_link(self, registry: Registry, damage: bytes) -> None:
        """A damaged link is reported as such: it neither serves content nor reads as an unknown blob."""
        blobs = registry.repository("team/app").blobs
        digest = Digest(blobs.put(b"content").digest)
        registry.driver.put_content(f"{LAYERS}/sha256/{digest.hex}/link", damage)
        for call in (blobs.stat, blobs.get):
            with pytest.raises(DamagedLinkError) as caught:
                call(digest)
            assert caught.value.path.endswith("/link")

    @clause("blob.link.dangling")
    def test_dangling_link(self, registry: Registry) -> None:
        """A link whose content is gone reads as an unknown blob."""
        blobs = registry.repository("team/app").blobs
        digest = Digest(blobs.put(b"content").digest)
        registry.driver.delete(f"/docker/registry/v2/blobs/sha256/{digest.hex[:2]}/{digest.hex}")
        for call in (blobs.stat, blobs.get, blobs.open):
            with pytest.raises(BlobUnknownError):
                call(digest)

    @clause("blob.get.verifies")
    def test_get_verifies(self, registry: Registry) -> None:
        """Content that was damaged in place is never handed out as a verified blob."""
        blobs = registry.repository("team/app").blobs
        digest = Digest(blobs.put(b"content").digest)
        registry.driver.put_content(f"/docker/registry/v2/blobs/sha256/{digest.hex[:2]}/{digest.hex}/data", b"c0ntent")
        with pytest.raises(BlobInvalidDigestError):
            blobs.get(digest)
        with blobs.open_verified(digest) as stream, pytest.raises(BlobInvalidDigestError):
            stream.read()

    @clause("blob.names.grammar")
    @pytest.mark.parametrize(
        "name",
        ["", "/", "a/", "/a", "a//b", "..", "a/../b", "a/./b", "A", "a b", "a\n", "a/_layers", "-a", "ä", "a" * 256],
    )
    def test_names_grammar(self, registry: Registry, name: str) -> None:
        """A repository name outside the grammar is refused before the backend is asked."""
        with pytest.raises(RepositoryNameError):
            registry.repository(name)

    @clause("blob.digests.grammar")
    @pytest.mark.parametrize(
        "digest", ["", "sha256", "sha256:", "sha256:../../x", "md5:" + "0" * 32, "sha256:" + "G" * 64]
    )
    def test_digests_grammar(self, registry: Registry, digest: str) -> None:
        """A malformed digest is refused before the backend is asked."""
        blobs = registry.repository("team/app").blobs
        for call in (blobs.stat, blobs.get, blobs.open, blobs.delete):
            with pytest.raises(BlobInvalidDigestError):
                call(digest)

    @clause("blob.repositories.enumerated")
    def test_repositories_enumerated(self, registry: Registry) -> None:
        """Every repository with a blob or an upload is enumerated, nested ones too, and nothing else is."""
        names = ["a", "a/b", "a-b/c", "z/y/x"]
        for name in names:
            registry.repository(name).blobs.put(b"content")
        with registry.repository("only/upload").blobs.create() as writer:
            writer.read_from(BytesIO(b"part"))
        found = [repository.name for repository in registry.repositories()]
        assert sorted(found) == sorted([*names, "only/upload"])
