"""A state machine over blob writers, against a model of a dictionary."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from moorage.blobs import Descriptor
from moorage.digest import Digest
from moorage.errors import (
    BlobInvalidDigestError,
    BlobInvalidLengthError,
    BlobUnknownError,
    BlobUploadUnknownError,
    UnsupportedMethodError,
)
from moorage_conformance._blob_base import SPILL, BlobClauses, Corner
from moorage_conformance._blob_commit import NAME, WRONG
from moorage_conformance._clauses import clause
from moorage_conformance._content import content_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.blobs import BlobWriter, LinkedBlobStore
    from moorage.driver import StorageDriver
    from moorage_conformance._profile import Profile

_PIECES = st.sampled_from([b"", b"a", b"bc", content_of(63), content_of(65), content_of(5000), content_of(SPILL)])
_ALGORITHMS = st.sampled_from(["sha256", "sha512"])


def blob_machine(  # noqa: C901  # one class with its rules
    open_again: Callable[[], StorageDriver],
) -> type[RuleBasedStateMachine]:
    """Return a machine that writes blobs through drivers that ``open_again`` makes."""

    class BlobMachine(RuleBasedStateMachine):
        """Writers are open or closed; uploads have their bytes; the repository has its blobs."""

        uploads = Bundle("uploads")

        def __init__(self) -> None:
            super().__init__()
            self.corner = Corner(open_again, f"/moorage-conformance-{uuid4().hex}")
            self.open: dict[str, BlobWriter] = {}
            self.bytes: dict[str, bytes] = {}
            self.complete: set[str] = set()
            self.blobs: dict[str, bytes] = {}

        def store(self) -> LinkedBlobStore:
            """Return the repository through a new driver instance."""
            return self.corner.again().repository(NAME).blobs

        def writer(self, upload: str) -> BlobWriter:
            """Return the upload's writer, resumed if need be."""
            if upload not in self.open:
                self.open[upload] = self.store().resume(upload)
            return self.open[upload]

        @rule(target=uploads, announced=st.booleans())
        def create(self, announced: bool) -> str:
            """Begin an upload."""
            writer = self.store().create(["sha512"] if announced else [])
            self.open[writer.id], self.bytes[writer.id] = writer, b""
            return writer.id

        @rule(upload=uploads, piece=_PIECES)
        def write(self, upload: str, piece: bytes) -> None:
            """Write a piece; completed data takes more only where the driver can append to it."""
            writer = self.writer(upload)
            try:
                writer.write(piece)
            except UnsupportedMethodError:
                assert upload in self.complete
                assert not self.corner.registry.driver.capabilities.append_committed
            else:
                self.bytes[upload] += piece
                self.complete.discard(upload)

        @rule(upload=uploads)
        def close(self, upload: str) -> None:
            """Close the writer; whoever comes next resumes in a new instance."""
            self.writer(upload).close()
            del self.open[upload]

        @rule(upload=uploads, algorithm=_ALGORITHMS)
        def commit_wrong_digest(self, upload: str, algorithm: str) -> None:
            """Announce another content's digest."""
            wrong = Digest.of(b"something else", algorithm)
            with pytest.raises((BlobInvalidDigestError, BlobUploadUnknownError)):
                self.writer(upload).commit(Descriptor(wrong))
            self.complete.add(upload)

        @rule(upload=uploads, difference=st.sampled_from([-1, 1, 1000]))
        def commit_wrong_size(self, upload: str, difference: int) -> None:
            """Announce another size."""
            content = self.bytes[upload]
            if len(content) + difference > 0:
                with pytest.raises((BlobInvalidLengthError, BlobUploadUnknownError)):
                    self.writer(upload).commit(Descriptor(Digest.of(content), len(content) + difference))

        @rule(upload=consumes(uploads), algorithm=_ALGORITHMS, size_known=st.booleans())
        def commit(self, upload: str, algorithm: str, size_known: bool) -> None:
            """Announce the right digest."""
            content = self.bytes.pop(upload)
            descriptor = Descriptor(Digest.of(content, algorithm), len(content) if size_known else 0)
            writer = self.writer(upload)
            assert writer.commit(descriptor) == Descriptor(Digest.of(content), len(content))
            writer.close()
            del self.open[upload]
            self.blobs[Digest.of(content)] = content
            with pytest.raises(BlobUploadUnknownError):
                self.store().resume(upload)

        @rule(upload=consumes(uploads))
        def cancel(self, upload: str) -> None:
            """Drop the upload."""
            self.writer(upload).cancel()
            del self.open[upload], self.bytes[upload]
            with pytest.raises(BlobUploadUnknownError):
                self.store().resume(upload)

        @rule(content=_PIECES)
        def delete(self, content: bytes) -> None:
            """Delete a blob, whether it is there or not."""
            with suppress(BlobUnknownError):
                self.store().delete(Digest.of(content))
                del self.blobs[Digest.of(content)]
            assert Digest.of(content) not in self.blobs

        @invariant()
        def sizes_are_right(self) -> None:
            """Every open writer counts all bytes, those of its forerunners included."""
            for upload, writer in self.open.items():
                assert writer.size == len(self.bytes[upload])

        @invariant()
        def blobs_are_right(self) -> None:
            """The repository holds exactly the committed blobs."""
            blobs = self.corner.registry.repository(NAME).blobs
            assert list(blobs.enumerate()) == sorted(self.blobs)
            for digest, content in self.blobs.items():
                assert blobs.get(digest) == content
            with pytest.raises(BlobUnknownError):
                blobs.stat(WRONG)

        def teardown(self) -> None:
            """Drop what is open and remove the corner."""
            for writer in self.open.values():
                writer.cancel()
            self.corner.assert_sound()
            self.corner.remove()

    return BlobMachine


class BlobMachineClauses(BlobClauses):
    """Any sequence of calls."""

    profile: Profile

    @clause("blob.machine.any-sequence")
    def test_any_sequence(self, open_again: Callable[[], StorageDriver]) -> None:
        """Any sequence of writes, closes, resumes, cancels and commits, right and wrong, ends as the model says."""
        run_state_machine_as_test(
            blob_machine(open_again),
            settings=self.profile.machine_settings(),
        )
