"""The stored form of a state, against the vectors that Go wrote, with every engine that there is."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moorage.digest import ALGORITHMS, Digester

RESUMABLE = ("libcrypto", "rehashes")
GOLDEN = json.loads((Path(__file__).parent / "data" / "hashstates.json").read_text())["vectors"]
SIZES = {"sha256": 108, "sha512": 204}
BLOCKS = {"sha256": 64, "sha512": 128}

engines = pytest.mark.parametrize("engine", RESUMABLE)
algorithms = pytest.mark.parametrize("algorithm", ALGORITHMS)
vectors = pytest.mark.parametrize("vector", GOLDEN, ids=lambda v: f"{v['algorithm']}-{v['length']}")


def pattern(length: int, seed: str) -> bytes:
    """Return the content that the golden files are made of."""
    blocks = (hashlib.sha256(f"{seed}:{i}".encode()).digest() for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]


CONTENT = pattern(max(v["length"] for v in GOLDEN), "vector")
REST = pattern(1000, "rest")


def state_at(algorithm: str, length: int) -> bytes:
    digester = Digester(algorithm)
    digester.update(CONTENT[:length])
    state = digester.state()
    assert state is not None
    return state


def hex_of(algorithm: str, content: bytes) -> str:
    return hashlib.new(algorithm, content).hexdigest()


def test_the_vectors_are_of_both_algorithms_at_many_lengths() -> None:
    for algorithm in ALGORITHMS:
        lengths = {v["length"] for v in GOLDEN if v["algorithm"] == algorithm}
        assert len(lengths) == 23
        assert {0, 1, 63, 64, 65, 127, 128, 129, 1000003} <= lengths


@engines
@vectors
def test_the_state_is_what_go_stores(engine: str, vector: dict[str, Any]) -> None:
    digester = Digester(vector["algorithm"], engine=engine)
    digester.update(CONTENT[: vector["length"]])
    state = digester.state()
    assert state is not None
    assert state.hex() == vector["state"]
    assert digester.digest().hex == vector["digest"]


@engines
@vectors
def test_what_go_stored_is_resumed(engine: str, vector: dict[str, Any]) -> None:
    algorithm, length, state = vector["algorithm"], vector["length"], bytes.fromhex(vector["state"])
    digester = Digester.restore(algorithm, state, length, engine=engine)
    assert digester is not None
    assert digester.length == length
    assert digester.algorithm == algorithm
    assert digester.digest().hex == vector["digest"]
    assert digester.state() == state
    digester.update(REST)
    assert digester.digest().hex == hex_of(algorithm, CONTENT[:length] + REST)


@algorithms
def test_an_engine_that_cannot_resume_says_so(algorithm: str) -> None:
    digester = Digester(algorithm, engine="hashlib")
    digester.update(b"abc")
    assert digester.state() is None
    assert Digester.restore(algorithm, state_at(algorithm, 3), 3, engine="hashlib") is None


@settings(max_examples=50)
@given(
    st.sampled_from(ALGORITHMS),
    st.integers(0, 400),
    st.integers(0, 400),
    st.lists(st.sampled_from(RESUMABLE), min_size=3, max_size=3),
)
def test_any_engine_resumes_what_any_other_stored_anywhere(algorithm: str, a: int, b: int, chain: list[str]) -> None:
    first, second = sorted((a, b))
    digester = Digester(algorithm, engine=chain[0])
    digester.update(CONTENT[:first])
    for engine, start, end in ((chain[1], first, second), (chain[2], second, 500)):
        state = digester.state()
        assert state is not None
        resumed = Digester.restore(algorithm, state, start, engine=engine)
        assert resumed is not None
        resumed.update(CONTENT[start:end])
        digester = resumed
    assert digester.digest().hex == hex_of(algorithm, CONTENT[:500])
    assert digester.state() == state_at(algorithm, 500)


@engines
@algorithms
def test_lengths_past_32_bits_are_kept(engine: str, algorithm: str) -> None:
    # Ten years of images hold blobs past 4 GiB, and past 2**32 bits. h is that of no real content.
    block = BLOCKS[algorithm]
    for length in (2**29, 2**32 - 1, 2**32 + 7, 2**40 + block - 1, 2**61 - 1 - 1000):
        tail = bytes(range(length % block))
        state = state_at(algorithm, 64 * block)[: SIZES[algorithm] - block - 8] + tail.ljust(block, b"\0")
        digester = Digester.restore(algorithm, state + struct.pack(">Q", length), length, engine=engine)
        assert digester is not None
        assert digester.state() == state + struct.pack(">Q", length)
        digester.update(REST)
        assert digester.length == length + len(REST)
        after = digester.state()
        assert after is not None
        assert after[-8:] == struct.pack(">Q", length + len(REST))


@algorithms
def test_engines_agree_on_the_digest_at_huge_lengths(algorithm: str) -> None:
    for length in (2**32 + 7, 2**61 - 1):
        state = state_at(algorithm, 0)[:-8] + struct.pack(">Q", length)
        results = set()
        for engine in RESUMABLE:
            digester = Digester.restore(algorithm, state, length, engine=engine)
            assert digester is not None
            results.add(digester.digest())
        assert len(results) == 1


@engines
@algorithms
@pytest.mark.parametrize("length", [0, 5, 64, 200])
def test_a_state_of_another_offset_size_or_algorithm_is_refused(engine: str, algorithm: str, length: int) -> None:
    state = state_at(algorithm, length)
    other = "sha512" if algorithm == "sha256" else "sha256"
    for wrong in (length + 1, length - 1, -1, length + BLOCKS[algorithm], length + 2**64):
        assert Digester.restore(algorithm, state, wrong, engine=engine) is None
    for damaged in (b"", state[:-1], state + b"\0", state[1:], state * 2, state_at(other, length)):
        assert Digester.restore(algorithm, damaged, length, engine=engine) is None


@engines
@algorithms
def test_a_length_that_cannot_be_hashed_is_refused(engine: str, algorithm: str) -> None:
    for length in (2**61, 2**63, 2**64 - 1):
        state = state_at(algorithm, 0)[:-8] + struct.pack(">Q", length)
        assert Digester.restore(algorithm, state, length, engine=engine) is None


@engines
@algorithms
@pytest.mark.parametrize("length", [0, 1, 100, 256])
def test_every_flipped_bit_is_refused_or_shows_in_the_digest(engine: str, algorithm: str, length: int) -> None:
    state = state_at(algorithm, length)
    right = hex_of(algorithm, CONTENT[:length] + REST)
    fill = length % BLOCKS[algorithm]
    unused = range(SIZES[algorithm] - 8 - BLOCKS[algorithm] + fill, SIZES[algorithm] - 8)
    for bit in range(len(state) * 8):
        damaged = bytearray(state)
        damaged[bit // 8] ^= 1 << bit % 8
        digester = Digester.restore(algorithm, bytes(damaged), length, engine=engine)
        if bit // 8 < 4 or bit // 8 >= SIZES[algorithm] - 8:
            assert digester is None
            continue
        assert digester is not None
        digester.update(REST)
        assert (digester.digest().hex == right) == (bit // 8 in unused)


@engines
@algorithms
@given(data=st.binary(max_size=260), offset=st.integers(-1, 2**65))
def test_noise_is_refused(engine: str, algorithm: str, data: bytes, offset: int) -> None:
    assert Digester.restore(algorithm, data, offset, engine=engine) is None


@engines
@algorithms
@settings(max_examples=50)
@given(data=st.data(), length=st.one_of(st.integers(0, 300), st.integers(0, 2**61 - 1)))
def test_noise_of_the_right_form_never_crashes_and_is_kept(
    engine: str, algorithm: str, data: st.DataObject, length: int
) -> None:
    body = data.draw(st.binary(min_size=SIZES[algorithm] - 12, max_size=SIZES[algorithm] - 12))
    state = state_at(algorithm, 0)[:4] + body + struct.pack(">Q", length)
    digester = Digester.restore(algorithm, state, length, engine=engine)
    assert digester is not None
    kept = SIZES[algorithm] - 8 - BLOCKS[algorithm] + length % BLOCKS[algorithm]
    assert digester.state() == state[:kept] + bytes(SIZES[algorithm] - 8 - kept) + state[-8:]
    before = digester.digest()
    digester.update(REST)
    assert digester.digest() != before


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown algorithm 'sha1'; supported are sha256, sha512"):
        Digester.restore("sha1", b"", 0)
