"""Clauses about uploads over time: closed, resumed elsewhere, cancelled, listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest
from moorage.errors import (
    BlobInvalidDigestError,
    BlobUploadUnknownError,
    DeleteDisabledError,
    ReadOnlyError,
    WriterStateError,
)
from moorage_conformance._blob_base import SPILL, BlobClauses
from moorage_conformance._blob_commit import NAME, upload_path
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of

if TYPE_CHECKING:
    from moorage_conformance._blob_base import Corner


class ResumeClauses(BlobClauses):
    """An upload outlives its writer, and ends by a commit or a cancel alone."""

    @clause("blob.resume.new-instance")
    @pytest.mark.parametrize("algorithms", [(), ("sha512",)])
    def test_resume_new_instance(self, corner: Corner, algorithms: tuple[str, ...]) -> None:
        """An upload goes on in a new driver instance each time, whatever the sizes, and size and digest are right."""
        content = content_of(SPILL + 70_001)
        cuts = [0, 0, 1, 64, 65, 1000, 4224, 70_000, SPILL, len(content)]
        writer = corner.registry.repository(NAME).blobs.create(algorithms)
        started_at = writer.started_at
        for begin, end in pairwise(cuts):
            with writer:
                assert (writer.size, writer.digest) == (begin, Digest.of(content[:begin]))
                writer.write(content[begin:end])
                assert writer.size == end
            writer = corner.again().repository(NAME).blobs.resume(writer.id)
            assert writer.started_at == started_at
        with writer:
            announced = Digest.of(content, algorithms[0] if algorithms else "sha256")
            writer.commit(Descriptor(announced, len(content)))
        assert corner.registry.repository(NAME).blobs.get(Digest.of(content)) == content
        corner.assert_sound()

    @clause("blob.resume.no-data-is-read")
    def test_resume_reads_no_data(self, corner: Corner) -> None:
        """Resuming and committing with the right digest reads no byte of the data again."""
        content = content_of(SPILL)
        with corner.registry.repository(NAME).blobs.create() as writer:
            writer.write(content)
        events = corner.watched()
        blobs = Registry(events.driver).repository(NAME).blobs
        with blobs.resume(writer.id) as again:
            again.write(b"tail")
            again.commit(Descriptor(Digest.of(content + b"tail")))
        read = [event for event in events.seen if event.operation in {"read_stream", "get_content"}]
        assert [event.path for event in read if event.path.endswith("/data")] == []

    @clause("blob.resume.unknown")
    @pytest.mark.parametrize(
        "upload_id",
        [
            "",
            "..",
            "../x",
            "a/b",
            "0" * 36,
            "9a1fb8b4-8a3c-4a7e-9a33-5d5c9b5c1f0e",
            "9A1FB8B4-8a3c-4a7e-9a33-5d5c9b5c1f0e",
        ],
    )
    def test_resume_unknown(self, registry: Registry, upload_id: str) -> None:
        """An upload that was never begun, or whose id is not a UUID, is unknown."""
        blobs = registry.repository(NAME).blobs
        for call in (blobs.resume, blobs.upload):
            with pytest.raises(BlobUploadUnknownError):
                call(upload_id)

    @clause("blob.resume.other-repository")
    def test_resume_other_repository(self, registry: Registry) -> None:
        """An upload belongs to its repository: elsewhere it is unknown."""
        with registry.repository(NAME).blobs.create() as writer:
            writer.write(b"part")
        with pytest.raises(BlobUploadUnknownError):
            registry.repository("team/other").blobs.resume(writer.id)

    @clause("blob.resume.startedat-missing-or-damaged")
    @pytest.mark.parametrize("damage", [None, b"", b"yesterday", b"\xff"])
    def test_resume_without_started_at(self, registry: Registry, damage: bytes | None) -> None:
        """Without a readable startedat an upload is unknown, and is not listed."""
        blobs = registry.repository(NAME).blobs
        with blobs.create() as writer:
            writer.write(b"part")
        path = upload_path(writer.id, "startedat")
        registry.driver.delete(path)
        if damage is not None:
            registry.driver.put_content(path, damage)
        with pytest.raises(BlobUploadUnknownError):
            blobs.resume(writer.id)
        assert list(blobs.uploads()) == []

    @clause("blob.state.damaged")
    @pytest.mark.parametrize("place", [0, 3, 4, 20, 36, 60, 100, 107])
    def test_state_damaged(self, registry: Registry, place: int) -> None:
        """One damaged bit in the stored hash state costs time, and nothing else: the right digest commits."""
        blobs, content = registry.repository(NAME).blobs, content_of(100_033)
        with blobs.create() as writer:
            writer.write(content)
        path = upload_path(writer.id, f"hashstates/sha256/{len(content)}")
        state = bytearray(registry.driver.get_content(path))
        state[place] ^= 0x10
        registry.driver.put_content(path, state)
        with blobs.resume(writer.id) as again:
            again.write(b"tail")
            with pytest.raises(BlobInvalidDigestError):
                again.commit(Descriptor(Digest.of(b"else")))
            again.commit(Descriptor(Digest.of(content + b"tail")))
        assert blobs.get(Digest.of(content + b"tail")) == content + b"tail"

    @clause("blob.state.damaged-beside-an-alias")
    def test_state_damaged_beside_an_alias(self, registry: Registry, corner: Corner) -> None:
        """A damaged canonical state never names a blob, even where the client's own algorithm agrees."""
        blobs, content = registry.repository(NAME).blobs, content_of(100_033)
        with blobs.create(["sha512"]) as writer:
            writer.write(content)
        path = upload_path(writer.id, f"hashstates/sha256/{len(content)}")
        state = bytearray(registry.driver.get_content(path))
        state[10] ^= 1
        registry.driver.put_content(path, state)
        with blobs.resume(writer.id) as again:
            assert again.commit(Descriptor(Digest.of(content, "sha512"))).digest == Digest.of(content)
        corner.assert_sound()

    @clause("blob.state.beyond-the-data")
    def test_state_beyond_the_data(self, registry: Registry) -> None:
        """A state of bytes that never reached the backend is dropped, also when later bytes get to its offset."""
        blobs, content = registry.repository(NAME).blobs, content_of(1000)
        with blobs.create() as writer:
            writer.write(content[:500])
        with blobs.create() as liar:
            liar.write(b"x" * 1000)
        state = registry.driver.get_content(upload_path(liar.id, "hashstates/sha256/1000"))
        registry.driver.put_content(upload_path(writer.id, "hashstates/sha256/1000"), state)
        with blobs.resume(writer.id) as again:
            again.write(content[500:])
            assert again.digest == Digest.of(content)
        with blobs.resume(writer.id) as again:
            assert again.digest == Digest.of(content)
            again.commit(Descriptor(Digest.of(content)))
        with blobs.resume(liar.id) as again:
            again.cancel()

    @clause("blob.state.go-form")
    def test_state_go_form(self, registry: Registry) -> None:
        """Closing stores the state in Go's form at the offset in plain decimal, for every announced algorithm."""
        blobs = registry.repository(NAME).blobs
        with blobs.create(["sha512"]) as writer:
            writer.write(b"x" * 130)
        for algorithm, magic, length in (("sha256", b"sha\x03", 108), ("sha512", b"sha\x07", 204)):
            state = registry.driver.get_content(upload_path(writer.id, f"hashstates/{algorithm}/130"))
            assert (state[:4], len(state), state[-8:]) == (magic, length, (130).to_bytes(8, "big"))

    @clause("blob.cancel.leaves-nothing")
    @pytest.mark.parametrize("size", [0, 1000, SPILL])
    @pytest.mark.parametrize("resumed", [True, False])
    def test_cancel_leaves_nothing(self, registry: Registry, corner: Corner, size: int, resumed: bool) -> None:
        """A cancelled upload is unknown, its writer refuses to be used, and nothing of it is left."""
        blobs = registry.repository(NAME).blobs
        writer = blobs.create(["sha512"])
        writer.write(content_of(size))
        if resumed:
            writer.close()
            writer = blobs.resume(writer.id)
        with writer:
            writer.cancel()
            for call in (writer.cancel, lambda: writer.write(b"x"), lambda: writer.commit(Descriptor(Digest.of(b"")))):
                with pytest.raises(WriterStateError):
                    call()
        with pytest.raises(BlobUploadUnknownError):
            blobs.resume(writer.id)
        assert corner.files() == {}
        assert corner.registry.driver.sweep_incomplete("/", timedelta(0)) in ([], ())

    @clause("blob.uploads.listed")
    def test_uploads_listed(self, registry: Registry) -> None:
        """Uploads in progress are listed with their beginning, and with their size where the backend shows it."""
        blobs = registry.repository(NAME).blobs
        before = datetime.now(UTC) - timedelta(seconds=1)
        for number in range(3):
            with blobs.create() as writer:
                writer.write(b"x" * number)
        found = list(blobs.uploads())
        assert len(found) == 3
        assert {upload.size for upload in found} <= {0, 1, 2, None}
        for upload in found:
            assert before <= upload.started_at <= datetime.now(UTC)
            assert blobs.upload(upload.id) == upload
            with blobs.resume(upload.id) as writer:
                writer.cancel()
        assert list(blobs.uploads()) == []

    @clause("blob.reader.shows-what-was-accepted")
    @pytest.mark.parametrize("size", [0, 1000])
    def test_reader(self, registry: Registry, size: int) -> None:
        """The reader of an upload gives what was accepted so far, as soon as the backend shows it."""
        with registry.repository(NAME).blobs.create() as writer:
            writer.read_from(BytesIO(content_of(size)))
            with writer.reader() as stream:
                assert stream.read() == content_of(size)
            writer.cancel()

    @clause("blob.read-only.refuses-writes")
    def test_read_only(self, registry: Registry) -> None:
        """In read-only mode everything that writes is refused, and everything that reads works."""
        digest = registry.repository(NAME).blobs.put(b"content").digest
        with registry.repository(NAME).blobs.create() as writer:
            writer.write(b"part")
        frozen = Registry(registry.driver, delete_enabled=True, read_only=True)
        blobs = frozen.repository(NAME).blobs
        source = registry.repository(NAME).blobs
        for call in (
            lambda: blobs.put(b"other"),
            blobs.create,
            lambda: blobs.resume(writer.id),
            lambda: blobs.delete(digest),
            lambda: frozen.repository("team/other").blobs.mount(digest, source),
        ):
            with pytest.raises(ReadOnlyError):
                call()
        assert blobs.get(digest) == b"content"
        assert [upload.id for upload in blobs.uploads()] == [writer.id]

    @clause("blob.delete.must-be-enabled")
    def test_delete_must_be_enabled(self, registry: Registry) -> None:
        """Deleting is refused unless the configuration enables it."""
        digest = registry.repository(NAME).blobs.put(b"content").digest
        with pytest.raises(DeleteDisabledError):
            Registry(registry.driver).repository(NAME).blobs.delete(digest)
        assert registry.repository(NAME).blobs.get(digest) == b"content"
