"""Reading blobs with proof."""

from __future__ import annotations

from io import BufferedIOBase
from typing import TYPE_CHECKING, BinaryIO

from moorage.digest import Digester
from moorage.errors import BlobInvalidDigestError

if TYPE_CHECKING:
    from moorage.digest import Digest

CHUNK = 1 << 20
"""Bytes per read where a whole blob streams through."""


class VerifyingReader(BufferedIOBase):
    """A stream that hashes what it hands out, and raises at its end if that was not the blob.

    Only the read that meets the end can tell, so whoever keeps the bytes must drop them when it raises.

    Raises:
        BlobInvalidDigestError: From the read that meets the end: the content is not that of the digest.
    """

    def __init__(self, stream: BinaryIO, digest: Digest) -> None:
        super().__init__()
        self._stream = stream
        self._digest = digest
        self._digester = Digester(digest.algorithm)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, or all that is left; ``b""`` only at the end."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        data = self._stream.read(size)
        if data:
            self._digester.update(data)
        elif size:
            self._verify()
        return data

    def _verify(self) -> None:
        found = self._digester.digest()
        if found != self._digest:
            raise BlobInvalidDigestError(
                self._digest,
                f"the stored content is damaged: its {self._digester.length} bytes have the digest {found}",
            )

    def close(self) -> None:
        """Close the stream beneath."""
        self._stream.close()
        super().close()


def hash_stream(stream: BinaryIO, *algorithms: str) -> dict[str, Digest]:
    """Read ``stream`` to its end and return its digest in each of the algorithms."""
    digesters = {algorithm: Digester(algorithm) for algorithm in algorithms}
    while data := stream.read(CHUNK):
        for digester in digesters.values():
            digester.update(data)
    return {algorithm: digester.digest() for algorithm, digester in digesters.items()}
