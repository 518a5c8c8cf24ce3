"""`Digester`: the same digests as hashlib, whatever the pieces, the buffers, the engine and the threads."""

from __future__ import annotations

import array
import hashlib
import mmap
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moorage.digest import ALGORITHMS, Digest, Digester

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typing_extensions import Buffer

CONTENT = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(8192))

engines = pytest.mark.parametrize("engine", ["libcrypto", "rehashes", "hashlib"])
algorithms = pytest.mark.parametrize("algorithm", ALGORITHMS)


def digest_of(algorithm: str, content: bytes) -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


@engines
@algorithms
@settings(max_examples=50)
@given(pieces=st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 9000).map(lambda n: CONTENT[:n]))))
def test_the_pieces_do_not_matter(engine: str, algorithm: str, pieces: list[bytes]) -> None:
    digester = Digester(algorithm, engine=engine)
    content = b""
    for piece in pieces:
        digester.update(piece)
        content += piece
        assert digester.length == len(content)
        assert digester.digest() == digest_of(algorithm, content)


def test_the_default_is_the_canonical_algorithm_of_nothing() -> None:
    digester = Digester()
    digest = digester.digest()
    assert type(digest) is Digest
    assert digest.is_empty_content
    assert digester.algorithm == digest.algorithm == "sha256"
    assert digester.length == 0


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown algorithm 'md5'; supported are sha256, sha512"):
        Digester("md5")


@engines
@algorithms
@settings(max_examples=50)
@given(at=st.integers(0, 300), left=st.binary(max_size=3000), right=st.binary(max_size=3000))
def test_a_copy_is_independent(engine: str, algorithm: str, at: int, left: bytes, right: bytes) -> None:
    digester = Digester(algorithm, engine=engine)
    digester.update(CONTENT[:at])
    copy = digester.copy()
    digester.update(left)
    assert (copy.length, copy.algorithm) == (at, algorithm)
    assert copy.digest() == digest_of(algorithm, CONTENT[:at])
    copy.update(right)
    assert digester.digest() == digest_of(algorithm, CONTENT[:at] + left)
    assert copy.digest() == digest_of(algorithm, CONTENT[:at] + right)
    assert (digester.length, copy.length) == (at + len(left), at + len(right))


@pytest.fixture
def mapped(tmp_path: Path) -> Iterator[dict[str, mmap.mmap]]:
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    with (
        path.open("r+b") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as readonly,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE) as writable,
    ):
        yield {"readonly": readonly, "writable": writable}


@engines
@algorithms
@pytest.mark.parametrize("size", [1, 100, len(CONTENT) - 8])
def test_every_kind_of_buffer_is_hashed(engine: str, algorithm: str, size: int, mapped: dict[str, mmap.mmap]) -> None:
    readonly, writable = memoryview(CONTENT), memoryview(bytearray(CONTENT))
    buffers: list[tuple[Buffer, bytes]] = [
        (CONTENT[:size], CONTENT[:size]),
        (bytearray(CONTENT[:size]), CONTENT[:size]),
        (readonly[3 : 3 + size], CONTENT[3 : 3 + size]),
        (writable[3 : 3 + size], CONTENT[3 : 3 + size]),
        (writable[3 : 3 + size].toreadonly(), CONTENT[3 : 3 + size]),
        (readonly[: size * 2 : 2], CONTENT[: size * 2 : 2]),
        (readonly[size - 1 :: -1], CONTENT[size - 1 :: -1]),
        (array.array("Q", CONTENT[: size * 8]), CONTENT[: size * 8]),
        (memoryview(array.array("H", CONTENT[: size // 2 * 2]))[::-1], swapped(CONTENT[: size // 2 * 2])),
        (mapped["readonly"], CONTENT),
        (mapped["writable"], CONTENT),
        (memoryview(mapped["readonly"])[5 : 5 + size], CONTENT[5 : 5 + size]),
    ]
    digester = Digester(algorithm, engine=engine)
    expected = b""
    for buffer, content in buffers:
        digester.update(buffer)
        expected += content
        assert digester.length == len(expected)
        assert digester.digest() == digest_of(algorithm, expected)


def swapped(content: bytes) -> bytes:
    """Return the 16-bit items of ``content`` in reverse."""
    return b"".join(content[i : i + 2] for i in range(len(content) - 2, -1, -2))


@engines
def test_empty_buffers_change_nothing(engine: str) -> None:
    digester = Digester(engine=engine)
    for buffer in (b"", bytearray(), memoryview(b""), memoryview(CONTENT)[7:7], memoryview(bytes(8)).cast("Q")[:0]):
        digester.update(buffer)
    assert digester.digest().is_empty_content
    assert digester.length == 0


@engines
def test_what_is_not_a_buffer_is_refused_and_nothing_is_hashed(engine: str) -> None:
    digester = Digester(engine=engine)
    for wrong in ("text", 5, None):
        with pytest.raises(TypeError):
            digester.update(wrong)  # type: ignore[arg-type]  # the point of the test
    assert digester.digest().is_empty_content
    assert digester.length == 0


@engines
def test_no_buffer_is_held_after_the_call(engine: str) -> None:
    buffer = bytearray(CONTENT)
    references = sys.getrefcount(buffer)
    digester = Digester(engine=engine)
    digester.update(buffer)
    digester.update(memoryview(buffer).toreadonly())
    digester.update(memoryview(buffer)[10:20])
    digester.update(memoryview(buffer)[::2])
    assert sys.getrefcount(buffer) == references
    buffer.clear()  # BufferError if anything still exported it
    assert digester.length == 2 * len(CONTENT) + 10 + len(CONTENT) // 2


@engines
@algorithms
def test_threads_with_their_own_digesters_do_not_disturb_each_other(engine: str, algorithm: str) -> None:
    # The digesters are made here and used elsewhere, as the blob writer does.
    start = threading.Barrier(4)
    digesters = [Digester(algorithm, engine=engine) for _ in range(4)]

    def work(number: int) -> str:
        start.wait()
        for _ in range(10):
            digesters[number].update(bytes([number]))
            digesters[number].update(memoryview(CONTENT)[number:])
        return digesters[number].digest()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert results == [digest_of(algorithm, (bytes([n]) + CONTENT[n:]) * 10) for n in range(4)]


@pytest.mark.parametrize(("engine", "allowance"), [("libcrypto", 1 << 16), ("rehashes", 3 << 20)])
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda content: memoryview(bytearray(content))])
def test_hashing_takes_no_memory_in_proportion_to_the_data(
    engine: str, allowance: int, kind: Callable[[bytes], Buffer]
) -> None:
    buffer = kind(bytes(16 << 20))
    digester = Digester(engine=engine)
    tracemalloc.start()
    try:
        digester.update(buffer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < allowance


@pytest.fixture
def gil_is_kept() -> Iterator[None]:
    """Let threads change only where one gives up the GIL of its own accord."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("gil_is_kept")
@pytest.mark.parametrize("engine", ["libcrypto", "hashlib"])
@pytest.mark.parametrize(("size", "runs"), [(4 << 20, True), (2047, False)])
def test_other_threads_run_while_much_is_hashed_at_once(engine: str, size: int, *, runs: bool) -> None:
    go, ran = threading.Event(), threading.Event()

    def run() -> None:
        go.wait()
        ran.set()

    other = threading.Thread(target=run)
    other.start()
    digester, content = Digester(engine=engine), bytes(size)
    go.set()
    for _ in range(1000):
        digester.update(content)
        if ran.is_set():
            break
    had_run = ran.is_set()
    other.join()
    assert had_run == runs
