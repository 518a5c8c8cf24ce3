"""The engines: all of them work here, the best is chosen, and none is used that gives a wrong answer."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from moorage.digest import Digester, available_engines, engine_name
from moorage.digest._engines import get_engine
from moorage.digest._engines._selftest import check_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.digest._engines import Engine, Hasher
    from moorage.digest._state import HashState


def test_every_engine_works_here() -> None:
    assert available_engines() == ("libcrypto", "rehashes", "hashlib")
    assert engine_name() == "libcrypto"


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'rehash' cannot be used here; these can: libcrypto, rehashes, hashlib"):
        Digester(engine="rehash")


def run(code: str) -> str:
    """Run ``code`` in an interpreter that has loaded nothing yet."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ((), "libcrypto"),
        (("rehashes",), "libcrypto"),
        (("ctypes",), "rehashes"),
        (("ctypes", "rehashes"), "hashlib"),
    ],
)
def test_the_next_engine_takes_over_from_one_that_does_not_load(missing: tuple[str, ...], expected: str) -> None:
    code = f"""
import sys
sys.modules.update(dict.fromkeys({missing!r}))  # importing them raises ImportError
from moorage.digest import Digester, engine_name
digester = Digester()
digester.update(b"abc")
print(engine_name(), digester.digest().hex)
"""
    assert run(code).split() == [expected, hashlib.sha256(b"abc").hexdigest()]


@pytest.mark.parametrize("library", ["libc.so.6", "libnone.so.0"])
def test_without_a_library_that_has_the_functions_libcrypto_does_not_load(library: str) -> None:
    code = f"""
import ctypes
CDLL = ctypes.CDLL
ctypes.CDLL = lambda name: CDLL({library!r})
from moorage.digest import available_engines
print(*available_engines())
"""
    assert run(code).split() == ["rehashes", "hashlib"]


def test_the_shared_libraries_are_asked_when_the_interpreter_shares_none() -> None:
    code = """
import importlib.util
importlib.util.find_spec = lambda name: None
from moorage.digest import available_engines
print(*available_engines())
"""
    assert run(code).split() == ["libcrypto", "rehashes", "hashlib"]


def test_importing_the_package_loads_no_engine() -> None:
    code = """
import sys
import moorage.digest
print(sorted({"ctypes", "rehashes", "logging"} & sys.modules.keys()))
"""
    assert run(code) == "[]"


@dataclass
class LyingHasher:
    """A right hasher, but for what a test replaces."""

    inner: Hasher
    engine: LyingEngine

    def update(self, data: bytes | memoryview, /) -> None:
        self.inner.update(self.engine.hashed(data))

    def digest(self) -> bytes:
        digest = self.inner.digest()
        if self.engine.finishes:
            self.inner.update(b"\x80")
        return digest

    def copy(self) -> LyingHasher:
        return self if self.engine.shares else LyingHasher(self.inner.copy(), self.engine)

    def export(self) -> HashState | None:
        state = self.inner.export()
        return self.engine.exported(state) if state else None


@dataclass
class LyingEngine:
    inner: Engine
    resumable: bool = True
    hashed: Callable[[bytes | memoryview], bytes | memoryview] = lambda data: data
    exported: Callable[[HashState], HashState | None] = lambda state: state
    restored: Callable[[HashState], HashState | None] = lambda state: state
    finishes: bool = False
    shares: bool = False

    def new(self, algorithm: str, /) -> LyingHasher:
        return LyingHasher(self.inner.new(algorithm), self)

    def restore(self, state: HashState, /) -> LyingHasher | None:
        taken = self.restored(state)
        hasher = taken and self.inner.restore(taken)
        return LyingHasher(hasher, self) if hasher else None


def only_sha512(change: Callable[[HashState], HashState | None]) -> Callable[[HashState], HashState | None]:
    return lambda state: change(state) if state.algorithm == "sha512" else state


def test_the_self_test_passes_what_is_right() -> None:
    for name in available_engines():
        engine = get_engine(name)
        check_engine(LyingEngine(engine, resumable=engine.resumable))


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"hashed": lambda data: bytes(data)[:-1]}, id="drops bytes"),
        pytest.param({"hashed": lambda data: data if len(data) < 2048 else data[:2048]}, id="cuts large updates"),
        pytest.param({"hashed": lambda data: b"" if isinstance(data, memoryview) else data}, id="no memoryviews"),
        pytest.param({"finishes": True}, id="digest finishes"),
        pytest.param({"shares": True}, id="copy is the same hash"),
        pytest.param({"exported": lambda _: None}, id="exports nothing"),
        pytest.param({"exported": lambda s: s._replace(h=s.h[::-1])}, id="other order of words"),
        pytest.param({"exported": only_sha512(lambda s: s._replace(length=s.length * 8))}, id="length in bits"),
        pytest.param({"exported": lambda s: s._replace(tail=s.tail.ljust(64, b"\0"))}, id="whole buffer"),
        pytest.param({"restored": only_sha512(lambda _: None)}, id="restores nothing"),
        pytest.param({"restored": lambda s: s._replace(tail=b"\0" * len(s.tail))}, id="loses the tail"),
        pytest.param({"restored": lambda s: s._replace(length=s.length + 128)}, id="restores another length"),
        pytest.param({"resumable": False}, id="denies what it can"),
    ],
)
def test_the_self_test_catches_a_lie(lie: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^sha(256|512): "):
        check_engine(LyingEngine(get_engine("libcrypto"), **lie))  # type: ignore[arg-type]  # typed in the class


def test_the_self_test_catches_a_restore_that_only_exports_right() -> None:
    class Echo(LyingEngine):
        def restore(self, state: HashState, /) -> LyingHasher:
            wrong = LyingEngine(self.inner, exported=lambda _: state)
            return LyingHasher(self.inner.new(state.algorithm), wrong)

    with pytest.raises(ValueError, match="resumed digest"):
        check_engine(Echo(get_engine("libcrypto")))


def test_a_failure_that_libcrypto_reports_is_raised() -> None:
    from moorage.digest._engines import _libcrypto

    assert _libcrypto._check(1) == 1  # noqa: SLF001  # no real call can be made to fail
    with pytest.raises(RuntimeError, match="libcrypto failed"):
        _libcrypto._check(0)  # noqa: SLF001
