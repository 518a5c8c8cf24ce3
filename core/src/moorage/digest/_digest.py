"""The digest: the name of a blob, ``algorithm:hex``.

The grammar is the OCI image specification's. Of its registered algorithms, sha256 and sha512 are supported.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, Self

from moorage.errors import BlobInvalidDigestError

if TYPE_CHECKING:
    from typing_extensions import Buffer

CANONICAL: Final = "sha256"
"""The algorithm whose digest names a blob on disk, as in Distribution."""

ALGORITHMS: Final = ("sha256", "sha512")
"""The supported algorithms, the canonical one first."""

_HEX_LENGTHS: Final = {"sha256": 64, "sha512": 128}
_LOWER_HEX: Final = re.compile(r"[0-9a-f]+")
_ALGORITHM: Final = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*")


class Digest(str):
    """A valid digest, such as ``sha256:e3b0c442...``.

    It is a string, and equal to the plain string; what it adds is the certainty that it is well-formed, and
    so its parts are safe as path components. It can be pickled. A ``Digest`` given to the constructor comes back as
    it is.

    Raises:
        BlobInvalidDigestError: The text is empty, malformed, of an unknown algorithm, of the wrong length, or
            its hex is not lowercase.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Validate ``value``, unless it is a digest already."""
        if type(value) is cls:
            return value
        reason = _fault(value)
        if reason:
            raise BlobInvalidDigestError(_excerpt(value), reason)
        return super().__new__(cls, value)

    @classmethod
    def of(cls, content: Buffer, algorithm: str = CANONICAL) -> Self:
        """Return the digest of content that is wholly in memory.

        Raises:
            BlobInvalidDigestError: The algorithm is not supported.
        """
        if algorithm not in _HEX_LENGTHS:
            raise BlobInvalidDigestError(f"{_excerpt(algorithm)}:", _unknown(algorithm))
        return cls(f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}")

    @property
    def algorithm(self) -> str:
        """The part before the colon, one of `ALGORITHMS`."""
        return self.partition(":")[0]

    @property
    def hex(self) -> str:
        """The part after the colon, lowercase hex."""
        return self.partition(":")[2]

    @property
    def is_empty_content(self) -> bool:
        """Whether this is the digest of no bytes at all, in its algorithm."""
        return self == self.of(b"", self.algorithm)


def _fault(text: str) -> str:
    """Return what is wrong with ``text`` as a digest, ``""`` if nothing is."""
    if not text:
        return "an empty digest names no content; it is written algorithm:hex"
    algorithm, colon, digits = text.partition(":")
    if not colon or not _ALGORITHM.fullmatch(algorithm):
        return "malformed; it is written algorithm:hex"
    length = _HEX_LENGTHS.get(algorithm)
    if length is None:
        return _unknown(algorithm)
    if len(digits) != length:
        return f"{algorithm} has {length} hex digits, not {len(digits)}"
    if not _LOWER_HEX.fullmatch(digits):
        return "its digits are not all lowercase hex (0-9, a-f)"
    return ""


def _unknown(algorithm: str) -> str:
    return f"unknown algorithm {_excerpt(algorithm, 32)!r}; supported are {', '.join(ALGORITHMS)}"


def _excerpt(text: str, limit: int = 96) -> str:
    """Return ``text`` short enough for an error: it may be a stranger's megabytes."""
    return text if len(text) <= limit else f"{text[:limit]}..."
