"""Clauses about failure and concurrency: whatever fails, and whoever else is at work, only right blobs are seen."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest
from moorage.errors import BlobUploadInUseError, BlobUploadUnknownError, DriverError
from moorage_conformance._blob_base import SPILL, BlobClauses
from moorage_conformance._blob_commit import NAME
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of
from moorage_conformance._elsewhere import in_threads
from moorage_conformance._faults import FaultyDriver

if TYPE_CHECKING:
    from moorage_conformance._blob_base import Corner
    from moorage_conformance._faults import When

SMALL = content_of(1000, "small")
LARGE = content_of(SPILL, "large")


def work(registry: Registry, begun: list[str]) -> None:
    """Put, upload in two sittings, mount, commit by sha512; note the uploads that began."""
    blobs = registry.repository(NAME).blobs
    blobs.put(SMALL)
    with blobs.create() as writer:
        begun.append(writer.id)
        writer.read_from(BytesIO(LARGE[:-1000]))
    with blobs.resume(writer.id) as writer:
        writer.write(LARGE[-1000:])
        writer.commit(Descriptor(Digest.of(LARGE), len(LARGE)))
    other = registry.repository("team/other").blobs
    other.mount(Digest.of(SMALL), blobs)
    with other.create(["sha512"]) as writer:
        begun.append(writer.id)
        writer.write(LARGE)
        writer.commit(Descriptor(Digest.of(LARGE, "sha512")))


class FaultClauses(BlobClauses):
    """One call fails; then another; then many work at once."""

    @clause("blob.faults.nothing-half-done")
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_nothing_half_done(self, corner: Corner, when: When) -> None:
        """Whichever driver call fails, done or not, only right blobs are seen, and the upload can be finished."""
        for number in range(1, 1000):
            faulty = FaultyDriver(corner.driver(), number, when)
            begun: list[str] = []
            with suppress(DriverError, BlobUploadUnknownError):
                work(Registry(faulty), begun)
            corner.assert_sound()
            for upload_id, name in zip(begun, (NAME, "team/other"), strict=False):
                self._finish(corner, upload_id, name)
            corner.assert_sound()
            if faulty.calls < number:
                return
            corner.remove()
        pytest.fail("the work never got through without a fault")

    def _finish(self, corner: Corner, upload_id: str, name: str) -> None:
        blobs = corner.again().repository(name).blobs
        with suppress(BlobUploadUnknownError), blobs.resume(upload_id) as writer:
            writer.write(LARGE[writer.size :])
            writer.commit(Descriptor(Digest.of(LARGE), len(LARGE)))
            assert blobs.get(Digest.of(LARGE)) == LARGE

    @clause("blob.faults.digest-in-step")
    def test_digest_in_step(self, corner: Corner) -> None:
        """After a write that failed, size and digest agree with the data, and the same writer can go on."""
        for number in range(1, 12):
            registry = Registry(FaultyDriver(corner.driver(), number, "before"))
            writer = registry.repository(NAME).blobs.create()
            while writer.size < len(LARGE):
                begin = writer.size
                with suppress(DriverError):
                    writer.write(LARGE[begin : begin + 300_000])
                assert writer.digest == Digest.of(LARGE[: writer.size])
            for _ in range(2):
                with suppress(DriverError):
                    writer.commit(Descriptor(Digest.of(LARGE), len(LARGE)))
                    break
            writer.close()
            assert corner.registry.repository(NAME).blobs.get(Digest.of(LARGE)) == LARGE
            corner.assert_sound()

    @clause("blob.concurrency.same-blob")
    def test_same_blob_at_once(self, corner: Corner) -> None:
        """Many writers commit the same blob at once, small or large: all succeed, and it is stored once."""

        def commit(number: int) -> Descriptor:
            content = (SMALL, LARGE)[number % 2]
            blobs = corner.again().repository(f"team/app{number % 3}").blobs
            with blobs.create() as writer:
                writer.write(content)
                return writer.commit(Descriptor(Digest.of(content), len(content)))

        done = in_threads(commit, range(32))
        assert {descriptor.digest for descriptor in done} == {Digest.of(SMALL), Digest.of(LARGE)}
        assert len(list(corner.registry.blobs.enumerate())) == 2
        assert [u for r in corner.registry.repositories() for u in r.blobs.uploads()] == []
        corner.assert_sound()

    @clause("blob.concurrency.different-blobs")
    def test_different_blobs_at_once(self, corner: Corner) -> None:
        """Many writers commit different blobs to one repository at once: all are there."""

        def commit(number: int) -> str:
            content = content_of(1000 + number * 50_000, str(number))
            with corner.again().repository(NAME).blobs.create() as writer:
                writer.write(content)
                return writer.commit(Descriptor(Digest.of(content))).digest

        done = in_threads(commit, range(32))
        assert list(corner.registry.repository(NAME).blobs.enumerate()) == sorted(done)
        corner.assert_sound()

    @clause("blob.concurrency.same-upload")
    def test_same_upload_at_once(self, corner: Corner) -> None:
        """Many instances commit one upload at once: at least one succeeds, the others succeed or are told why not."""
        with corner.registry.repository(NAME).blobs.create() as writer:
            writer.write(LARGE)

        def commit(_: int) -> Descriptor | None:
            with (
                suppress(BlobUploadInUseError, BlobUploadUnknownError),
                corner.again().repository(NAME).blobs.resume(writer.id) as mine,
            ):
                return mine.commit(Descriptor(Digest.of(LARGE)))
            return None

        done = set(in_threads(commit, range(8)))
        assert done - {None} == {Descriptor(Digest.of(LARGE), len(LARGE))}
        assert corner.registry.repository(NAME).blobs.get(Digest.of(LARGE)) == LARGE
        assert list(corner.registry.repository(NAME).blobs.uploads()) == []
        corner.assert_sound()
