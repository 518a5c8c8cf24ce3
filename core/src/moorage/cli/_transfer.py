"""What storing a blob in one go and in pieces have in common."""

from __future__ import annotations

from io import RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

from moorage.cli._progress import progress
from moorage.errors import BlobInvalidLengthError

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from moorage.blobs import BlobWriter, Descriptor
    from moorage.cli._files import Source
    from moorage.cli._progress import Advance


class _Counted(RawIOBase):
    """A source whose bytes are told to a progress bar as they are read."""

    def __init__(self, source: Source, advance: Advance) -> None:
        super().__init__()
        self._source = source
        self._advance = advance

    def readinto(self, buffer: Buffer, /) -> int:
        count = self._source.readinto(buffer)
        self._advance(count)
        return count


def receive(upload: BlobWriter, source: Source) -> None:
    """Write all of ``source`` to ``upload``.

    Raises:
        CommandError: The source cannot be read.
        DriverError: The backend could not take it; the upload's ``size`` says how much it took.
    """
    with progress(source.label, source.length) as advance:
        upload.read_from(cast("BinaryIO", _Counted(source, advance)))


def announced(upload: BlobWriter, digest: str | None, size: int | None, media_type: str | None) -> Descriptor:
    """Return what the user says the upload is; the store checks it.

    Raises:
        BlobInvalidLengthError: It is said to be empty, and is not. In a descriptor 0 means that the size is not
            known, so the store would let that pass.
    """
    from moorage.blobs import DEFAULT_MEDIA_TYPE, Descriptor  # noqa: PLC0415  # --help must not pay for it

    if size == 0 and upload.size:
        raise BlobInvalidLengthError(size, upload.size)
    return Descriptor(digest or "", -1 if size is None else size, media_type or DEFAULT_MEDIA_TYPE)
