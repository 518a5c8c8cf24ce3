"""What identifies a blob to a client."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A blob's digest, size and media type, as in the OCI image specification.

    Attributes:
        digest: ``<algorithm>:<hex>``. What the store returns is canonical (a sha256 `moorage.digest.Digest`);
            what a client hands in is validated when it is used.
        size: Bytes. In what a client hands in, zero or less means that it does not know.
        media_type: As the client named it; it is not stored with the blob, so the store answers with the default.
    """

    digest: str
    size: int = -1
    media_type: str = DEFAULT_MEDIA_TYPE

    def as_json(self) -> dict[str, str | int]:
        """Return the descriptor as the OCI image specification writes it."""
        return {"mediaType": self.media_type, "digest": str(self.digest), "size": self.size}
