"""The engine on `rehashes <https://pypi.org/project/rehashes/>`_, RustCrypto's hashes with their state.

Its serialized form is RustCrypto's, little-endian: eight words, the number of whole blocks (u64 for sha256,
u128 for sha512), the fill of the buffer (one byte), the buffer (one byte less than a block). The package
promises it within one version only. That is enough here: it is translated at once and never stored, and the
self-test notices when it changes.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple, Protocol, Self

import rehashes  # type: ignore[import-untyped]  # the package ships no type hints

from moorage.digest._state import HashState

_SLICE: Final = 1 << 20
"""Bytes copied at once: it takes bytes objects only, and that must not cost memory in proportion to the data."""


class _RustHash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def finalize(self) -> str: ...
    def serialize(self) -> bytes: ...
    @classmethod
    def deserialize(cls, data: bytes, /) -> Self: ...


class _Form(NamedTuple):
    rust: type[_RustHash]
    layout: Struct
    block: int
    count_size: int


_FORMS: Final = {
    "sha256": _Form(rehashes.PySha256, Struct("<8I8sB63s"), block=64, count_size=8),
    "sha512": _Form(rehashes.PySha512, Struct("<8Q16sB127s"), block=128, count_size=16),
}


class _Hasher:
    __slots__ = ("_algorithm", "_hash")

    def __init__(self, algorithm: str, running: _RustHash) -> None:
        self._algorithm = algorithm
        self._hash = running

    def update(self, data: bytes | memoryview, /) -> None:
        if isinstance(data, bytes):
            self._hash.update(data)
            return
        for start in range(0, len(data), _SLICE):
            self._hash.update(data[start : start + _SLICE].tobytes())

    def digest(self) -> bytes:
        return bytes.fromhex(self._hash.finalize())  # of a copy that it makes itself

    def copy(self) -> _Hasher:
        return _Hasher(self._algorithm, self._hash.deserialize(self._hash.serialize()))

    def export(self) -> HashState:
        form = _FORMS[self._algorithm]
        *h, count, fill, buffer = form.layout.unpack(self._hash.serialize())
        length = int.from_bytes(count, "little") * form.block + fill
        return HashState(self._algorithm, tuple(h), buffer[:fill], length)


class _Engine:
    resumable: Final = True

    def new(self, algorithm: str, /) -> _Hasher:
        return _Hasher(algorithm, _FORMS[algorithm].rust())

    def restore(self, state: HashState, /) -> _Hasher:
        form = _FORMS[state.algorithm]
        count = (state.length // form.block).to_bytes(form.count_size, "little")
        data = form.layout.pack(*state.h, count, len(state.tail), state.tail)
        return _Hasher(state.algorithm, form.rust.deserialize(data))


def load() -> _Engine:
    """Return the engine; importing this module already raised if the package is missing or not as expected."""
    return _Engine()
