r"""The stored form of a digester's state: what Go's ``MarshalBinary`` of crypto/sha256 and crypto/sha512 gives.

It is plain data: nothing is executed on reading it, and either registry resumes the other's uploads. All
integers are big-endian:

======  ============  =======  ======  ============  =====
        magic         h        buffer  bytes hashed  total
======  ============  =======  ======  ============  =====
sha256  ``sha\x03``   8 x u32  64      u64           108
sha512  ``sha\x07``   8 x u64  128     u64           204
======  ============  =======  ======  ============  =====

The buffer holds the bytes after the last whole block, as many as the length says (``length % block``). The
rest of it is written as zeros and ignored on reading, as Go does.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

MAX_LENGTH: Final = 2**61 - 1
"""The most bytes that SHA-256 can hash, as it counts bits in 64; sha512 is held to the same."""


class HashState(NamedTuple):
    """The state of a hash between two updates, in no library's own form.

    Attributes:
        algorithm: ``sha256`` or ``sha512``.
        h: The eight chaining words, after the last whole block.
        tail: The bytes after the last whole block, ``length % block`` of them.
        length: Bytes hashed so far, ``tail`` included.
    """

    algorithm: str
    h: tuple[int, ...]
    tail: bytes
    length: int


class _Form(NamedTuple):
    magic: bytes
    block: int
    layout: Struct


_FORMS: Final = {
    "sha256": _Form(b"sha\x03", 64, Struct(">4s8I64sQ")),
    "sha512": _Form(b"sha\x07", 128, Struct(">4s8Q128sQ")),
}


def encode_state(state: HashState) -> bytes:
    """Return the stored form of ``state``."""
    form = _FORMS[state.algorithm]
    return form.layout.pack(form.magic, *state.h, state.tail, state.length)


def decode_state(algorithm: str, data: bytes, offset: int) -> HashState | None:
    """Return the state that ``data`` stores, or None unless size, magic and length are those of ``offset``.

    The form has no checksum: damage to the rest of it goes unnoticed here. So a digest that was reached from a
    stored state can prove that content is right, but not that it is wrong.

    Args:
        algorithm: ``sha256`` or ``sha512``.
        data: The stored form, from wherever; nothing about it is trusted.
        offset: How many bytes the caller knows to have been hashed.
    """
    form = _FORMS[algorithm]
    if len(data) != form.layout.size:
        return None
    magic, *h, buffer, length = form.layout.unpack(data)
    if magic != form.magic or length != offset or length > MAX_LENGTH:
        return None
    return HashState(algorithm, tuple(h), buffer[: length % form.block], length)
