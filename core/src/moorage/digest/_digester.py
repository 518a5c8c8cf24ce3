"""The digester: hashes content piece by piece, and can be stored and resumed in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from moorage.digest._digest import ALGORITHMS, CANONICAL, Digest
from moorage.digest._engines import get_engine
from moorage.digest._state import decode_state, encode_state

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from moorage.digest._engines import Hasher


class Digester:
    """Computes the digest of content that arrives in pieces.

    One thread at a time uses a digester; different digesters are independent. While it hashes 2 KiB or more at
    once, other threads run (except with the engine ``rehashes``, which keeps the GIL).

    Args:
        algorithm: One of `ALGORITHMS`.
        engine: One of `available_engines`; by default the first of them.

    Raises:
        ValueError: The algorithm is not supported, or the engine cannot be used here.
    """

    __slots__ = ("_algorithm", "_hasher", "_length")

    def __init__(self, algorithm: str = CANONICAL, *, engine: str | None = None) -> None:
        _check_algorithm(algorithm)
        self._algorithm = algorithm
        self._hasher: Hasher = get_engine(engine).new(algorithm)
        self._length = 0

    @classmethod
    def restore(cls, algorithm: str, state: bytes, offset: int, *, engine: str | None = None) -> Self | None:
        """Return a digester that goes on where the one that gave ``state`` stood.

        The form has no checksum, so a restored digester can prove that content is right, but not that it is
        wrong: on a mismatch, hash the content from its start.

        Args:
            algorithm: One of `ALGORITHMS`.
            state: What `state` returned, here or in a Go registry. It need not be trusted.
            offset: The number of bytes that are known to have been hashed.
            engine: One of `available_engines`; by default the first of them.

        Returns:
            None if ``state`` is not one of ``algorithm`` at ``offset``, or the engine cannot resume.

        Raises:
            ValueError: The algorithm is not supported, or the engine cannot be used here.
        """
        _check_algorithm(algorithm)
        decoded = decode_state(algorithm, state, offset)
        hasher = decoded and get_engine(engine).restore(decoded)
        return cls._around(algorithm, hasher, offset) if hasher else None

    @property
    def algorithm(self) -> str:
        """The algorithm, one of `ALGORITHMS`."""
        return self._algorithm

    @property
    def length(self) -> int:
        """Bytes hashed so far, those before a `restore` included."""
        return self._length

    def update(self, data: Buffer) -> None:
        """Hash the bytes of ``data``, in place: contiguous data is not copied, except by the engine ``rehashes``.

        The buffer must not change until the call returns, and may be reused then.
        """
        if isinstance(data, bytes):
            self._hasher.update(data)
            self._length += len(data)
            return
        with memoryview(data) as view:
            if not view.nbytes:
                return
            if view.c_contiguous:
                with view.cast("B") as flat:
                    self._hasher.update(flat)
            else:
                self._hasher.update(view.tobytes())
            self._length += view.nbytes

    def digest(self) -> Digest:
        """Return the digest of what was hashed so far; more can be hashed afterwards."""
        return Digest(f"{self._algorithm}:{self._hasher.digest().hex()}")

    def state(self) -> bytes | None:
        """Return the state in its stored form, for `restore`; None if the engine cannot give it."""
        exported = self._hasher.export()
        return encode_state(exported) if exported else None

    def copy(self) -> Self:
        """Return an independent digester in the same state. It costs microseconds, whatever was hashed."""
        return self._around(self._algorithm, self._hasher.copy(), self._length)

    @classmethod
    def _around(cls, algorithm: str, hasher: Hasher, length: int) -> Self:
        digester = cls.__new__(cls)
        digester._algorithm = algorithm  # noqa: SLF001  # this class's own, here and below
        digester._hasher = hasher  # noqa: SLF001
        digester._length = length  # noqa: SLF001
        return digester


def _check_algorithm(algorithm: str) -> None:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown algorithm {algorithm!r}; supported are {', '.join(ALGORITHMS)}")
