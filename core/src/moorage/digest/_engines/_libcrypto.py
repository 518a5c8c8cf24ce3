"""The engine on OpenSSL's low-level SHA-2 functions, through ctypes.

``SHA256_CTX`` and ``SHA512_CTX`` are public structs of ``openssl/sha.h``, the same from OpenSSL 0.9.8 to 3 and in
LibreSSL. OpenSSL 3 deprecates the functions and still has them; a build without them does not load, and one with
other structs fails the self-test.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_size_t, c_ssize_t, c_uint, c_uint8, c_uint32, c_uint64, c_void_p
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from moorage.digest._state import HashState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SONAMES: Final = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib")
"""Where the interpreter shares no libcrypto of its own (it is linked in). `ctypes.util.find_library` is not asked:
on Linux it starts ldconfig and a compiler, and on macOS it finds the system's libcrypto, which ends any process
that loads it."""

_RELEASE_GIL_FROM: Final = 2048
"""Bytes from which on giving up the GIL pays, as in hashlib."""

_RESERVE: Final = 256
"""Bytes kept free behind a struct, so that a library with a longer one fails the self-test and not the process."""


class _Sha256Context(ctypes.Structure):
    _fields_ = (
        ("h", c_uint32 * 8),
        ("bits_low", c_uint32),
        ("bits_high", c_uint32),
        ("data", c_uint8 * 64),
        ("num", c_uint),
        ("md_len", c_uint),
        ("reserve", c_uint8 * _RESERVE),
    )


class _Sha512Context(ctypes.Structure):
    _fields_ = (
        ("h", c_uint64 * 8),
        ("bits_low", c_uint64),
        ("bits_high", c_uint64),
        ("data", c_uint8 * 128),
        ("num", c_uint),
        ("md_len", c_uint),
        ("reserve", c_uint8 * _RESERVE),
    )


class _PyBuffer(ctypes.Structure):
    """``Py_buffer``, part of CPython's stable ABI since 3.11."""

    _fields_ = (
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", c_ssize_t),
        ("itemsize", c_ssize_t),
        ("readonly", c_int),
        ("ndim", c_int),
        ("format", c_char_p),
        ("shape", c_void_p),
        ("strides", c_void_p),
        ("suboffsets", c_void_p),
        ("internal", c_void_p),
    )


# Prototypes of our own: the functions that hang on ctypes.pythonapi are everybody's, argument types included.
_get_buffer: Final = ctypes.PYFUNCTYPE(c_int, ctypes.py_object, c_void_p, c_int)(
    ("PyObject_GetBuffer", ctypes.pythonapi)
)
_release_buffer: Final = ctypes.PYFUNCTYPE(None, c_void_p)(("PyBuffer_Release", ctypes.pythonapi))
_PyBUF_SIMPLE: Final = 0


class _Functions(NamedTuple):
    """One algorithm's functions in a libcrypto; ``update`` releases the GIL, ``update_briefly`` keeps it."""

    context: type[_Sha256Context | _Sha512Context]
    word_bits: int
    digest_size: int
    init: Callable[..., Any]
    update: Callable[..., Any]
    update_briefly: Callable[..., Any]
    final: Callable[..., Any]


class _Hasher:
    __slots__ = ("_algorithm", "_context", "_functions", "_reference")

    def __init__(self, algorithm: str, functions: _Functions, context: _Sha256Context | _Sha512Context) -> None:
        self._algorithm = algorithm
        self._functions = functions
        self._context = context
        self._reference = ctypes.byref(context)

    def update(self, data: bytes | memoryview, /) -> None:
        if isinstance(data, bytes):
            self._feed(data, len(data))
            return
        # ctypes itself gives the address of writable buffers only.
        buffer = _PyBuffer()
        _get_buffer(data, ctypes.byref(buffer), _PyBUF_SIMPLE)
        try:
            self._feed(buffer.buf, buffer.len)
        finally:
            _release_buffer(ctypes.byref(buffer))

    def _feed(self, address: bytes | int, size: int) -> None:
        if size < _RELEASE_GIL_FROM:
            self._functions.update_briefly(self._reference, address, size)
        else:
            self._functions.update(self._reference, address, size)

    def digest(self) -> bytes:
        # Final pads the context, so it gets a copy.
        result = ctypes.create_string_buffer(self._functions.digest_size)
        self._functions.final(result, ctypes.byref(self._copy_context()))
        return result.raw

    def copy(self) -> _Hasher:
        return _Hasher(self._algorithm, self._functions, self._copy_context())

    def export(self) -> HashState:
        context = self._context
        length = (context.bits_high << self._functions.word_bits | context.bits_low) // 8
        return HashState(self._algorithm, tuple(context.h), bytes(context.data)[: context.num], length)

    def _copy_context(self) -> _Sha256Context | _Sha512Context:
        return self._functions.context.from_buffer_copy(self._context)


class _Engine:
    resumable: ClassVar = True

    def __init__(self, functions: dict[str, _Functions]) -> None:
        self._functions = functions

    def new(self, algorithm: str, /) -> _Hasher:
        functions = self._functions[algorithm]
        context = functions.context()
        functions.init(ctypes.byref(context))
        return _Hasher(algorithm, functions, context)

    def restore(self, state: HashState, /) -> _Hasher:
        functions = self._functions[state.algorithm]
        context = functions.context()
        functions.init(ctypes.byref(context))  # sets md_len, which is the library's business
        bits = state.length * 8
        context.h[:] = state.h
        context.bits_low = bits  # ctypes drops the bits that do not fit
        context.bits_high = bits >> functions.word_bits
        context.data[: len(state.tail)] = state.tail
        context.num = len(state.tail)
        return _Hasher(state.algorithm, functions, context)


def load() -> _Engine:
    """Return the engine on the first libcrypto that has the functions, the interpreter's own if it shares one.

    Raises:
        OSError: There is no such library.
    """
    for name in _libraries():
        try:
            library = ctypes.CDLL(name)
            return _Engine(
                {
                    "sha256": _bind(library, "SHA256", _Sha256Context, word_bits=32, digest_size=32),
                    "sha512": _bind(library, "SHA512", _Sha512Context, word_bits=64, digest_size=64),
                }
            )
        except (OSError, AttributeError):
            continue  # not there, or without the functions
    raise OSError("no shared libcrypto with SHA256_Init and SHA512_Init was found")


def _libraries() -> Iterator[str | None]:
    # Symbols are looked up in a library and in those it is linked to. So the extension module behind hashlib
    # leads to the libcrypto that it uses, whatever that is called, and None to one linked into the program.
    spec = find_spec("_hashlib")
    if spec is not None:
        yield spec.origin if spec.has_location else None
    yield from _SONAMES


def _bind(
    library: ctypes.CDLL,
    prefix: str,
    context: type[_Sha256Context | _Sha512Context],
    *,
    word_bits: int,
    digest_size: int,
) -> _Functions:
    def function(name: str, *arguments: Any, keep_gil: bool = True) -> Callable[..., Any]:  # noqa: ANN401  # ctypes types
        prototype = (ctypes.PYFUNCTYPE if keep_gil else ctypes.CFUNCTYPE)(c_int, *arguments)
        bound = prototype((f"{prefix}_{name}", library))
        bound.errcheck = _check  # type: ignore[assignment]  # typeshed expects a C object; for c_int it is an int
        return bound

    return _Functions(
        context=context,
        word_bits=word_bits,
        digest_size=digest_size,
        init=function("Init", c_void_p),
        update=function("Update", c_void_p, c_void_p, c_size_t, keep_gil=False),
        update_briefly=function("Update", c_void_p, c_void_p, c_size_t),
        final=function("Final", c_void_p, c_void_p),
    )


def _check(result: int, *_: object) -> int:
    if result != 1:
        raise RuntimeError("libcrypto failed to hash")
    return result
