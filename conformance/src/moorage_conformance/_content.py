"""Content whose every byte tells where it belongs, so that a piece in the wrong place cannot go unnoticed."""

from __future__ import annotations

from hashlib import shake_128


def content_of(size: int, seed: str = "") -> bytes:
    """Return ``size`` bytes that depend on ``seed`` and never repeat; the same each time."""
    return shake_128(seed.encode()).digest(size)


def split(content: bytes, *sizes: int) -> list[bytes]:
    """Cut ``content`` into pieces of the given sizes, the last one taking what is left."""
    pieces = []
    for size in sizes:
        pieces.append(content[:size])
        content = content[size:]
    return [*pieces, content]
