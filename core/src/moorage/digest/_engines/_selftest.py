"""The self-test that an engine must pass before it is used: known answers, computed by Go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from moorage.digest._state import HashState

if TYPE_CHECKING:
    from moorage.digest._engines._base import Engine

_CONTENT: Final = bytes(i % 251 for i in range(5120))
_AT: Final = 5000
"""Where the state is taken: some whole blocks of either algorithm, and a part of one."""


class _Answer(NamedTuple):
    state: HashState
    digest_at: str
    digest: str


_ANSWERS: Final = (
    _Answer(
        HashState(
            "sha256",
            (0xCA71F2CB, 0xBC296D42, 0x7505FD4A, 0x594E3671, 0xA157EFFE, 0x7C3CC24A, 0x93D48D37, 0x4A1C3C6A),
            _CONTENT[4992:_AT],
            _AT,
        ),
        "69dbee893909fa17d1be397e0c07691336fe42049c29d403467d3d4a1fc3b5a1",
        "2d3fb9161493509e3fa3f5472d8a284ee687f64524f0925be67e132ef43f43e0",
    ),
    _Answer(
        HashState(
            "sha512",
            (
                0x70824864A95F8A9C,
                0x96678BC560913034,
                0x0EF7D07F7D395DF1,
                0x787CC8BA8FE2008D,
                0x8D840EE336CDA802,
                0x004453740E6BDED9,
                0x9FA08CE89024B2B1,
                0xFA8680882281CDFB,
            ),
            _CONTENT[4992:_AT],
            _AT,
        ),
        "f7b8464be8c23f633cd761a6502801a7d77f59a9eb0523e50bec6b366687258a"
        "7c8e5f8b1578e56076b133a5ea1f0dd3cf439d97ebca4f335818be014a085c86",
        "054c48a4cbe912b341f3e45ad5e73961b7cc67f2b1f4d47999958bec47d040cf"
        "3dadece423278c8f666a008fac7a53a4e7661b19a531dd6b88d2bf7ae9aa4ecb",
    ),
)


def check_engine(engine: Engine) -> None:
    """Return if the engine gives the known answers.

    The state is compared before any is restored: with a library whose structs are laid out otherwise, restoring
    could make it read or write where it must not.

    Raises:
        ValueError: It gave a wrong answer. A library that is not as expected may raise anything else.
    """
    for answer in _ANSWERS:
        _check_hashing(engine, answer)
        if engine.resumable:
            _check_resuming(engine, answer)


def _check_hashing(engine: Engine, answer: _Answer) -> None:
    hasher = engine.new(answer.state.algorithm)
    hasher.update(_CONTENT[:100])
    hasher.update(memoryview(_CONTENT)[100:_AT])
    snapshot = hasher.copy()
    for _ in range(2):  # asking must not finish the hash
        _require(hasher.digest().hex() == answer.digest_at, "digest", answer)
    hasher.update(_CONTENT[_AT:])
    _require(hasher.digest().hex() == answer.digest, "digest", answer)
    _require(snapshot.digest().hex() == answer.digest_at, "copy", answer)
    _require(snapshot.export() == (answer.state if engine.resumable else None), "exported state", answer)


def _check_resuming(engine: Engine, answer: _Answer) -> None:
    hasher = engine.restore(answer.state)
    if hasher is None:
        raise ValueError(f"{answer.state.algorithm}: a state was not restored")
    _require(hasher.export() == answer.state, "restored state", answer)
    hasher.update(_CONTENT[_AT:])
    _require(hasher.digest().hex() == answer.digest, "resumed digest", answer)


def _require(right: bool, what: str, answer: _Answer) -> None:
    if not right:
        raise ValueError(f"{answer.state.algorithm}: wrong {what}")
