"""Files of this machine: what is stored comes from them, what is fetched goes into them."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from moorage.cli._failures import FAILED, WRONG_USAGE, CommandError, reason
from moorage.errors import MoorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

STANDARD_STREAM = "-"


class Source(RawIOBase):
    """Bytes to store, from a file or from standard input.

    Attributes:
        label: How people know it.
        length: Its bytes, None where they are not known before the end.
    """

    def __init__(self, stream: BinaryIO, label: str) -> None:
        super().__init__()
        self._stream = stream
        self.label = label
        self.length = _length(stream)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read into ``buffer``; 0 only at the end.

        Raises:
            CommandError: The file cannot be read.
        """
        try:
            return cast("int", self._stream.readinto(buffer))  # type: ignore[attr-defined]  # real binary files have it
        except OSError as error:
            raise CommandError(f"{self.label}: {reason(error)}") from error


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """Open the file that is to be stored; ``-`` is standard input.

    Raises:
        CommandError: It cannot be opened.
    """
    if name == STANDARD_STREAM:
        if sys.stdin is None:
            raise CommandError("standard input is closed", WRONG_USAGE)
        yield Source(sys.stdin.buffer, "standard input")
        return
    try:
        file = open(name, "rb", buffering=0)  # noqa: PTH123, SIM115  # closed below; the writer has buffers of its own
    except OSError as error:
        raise _refusal(name, error) from error
    with file:
        yield Source(cast("BinaryIO", file), name)


@contextmanager
def replacing(name: str) -> Iterator[BinaryIO]:
    """Open a file whose content is in place only once the block has ended well, so that it is whole.

    Otherwise a file of that name stays as it was, and no other is left. It keeps its mode. What is no regular file
    (``/dev/null``, a pipe) is written to directly, and not replaced.

    Raises:
        CommandError: It cannot be created, written or put in place.
    """
    given = Path(name)
    try:
        if given.exists() and not given.is_file():
            with given.open("wb") as file:
                yield file
            return
        path = Path(os.path.realpath(given))  # the file that a symbolic link leads to is replaced, not the link
        scratch = path.with_name(f".moorage-{os.urandom(8).hex()}")
        try:
            with scratch.open("xb") as file:
                if path.exists():
                    os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
                yield file
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        except BaseException:
            with suppress(OSError):
                scratch.unlink()
            raise
    except OSError as error:
        if isinstance(error, MoorageError):
            raise  # some of the driver's errors are OSErrors too, and not about this file
        raise _refusal(name, error) from error


def _refusal(name: str, error: OSError) -> CommandError:
    wrong = isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError))
    return CommandError(f"{name or repr(name)}: {reason(error)}", WRONG_USAGE if wrong else FAILED)


def _length(stream: BinaryIO) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except OSError:  # no real file is behind it
        return None
    return status.st_size - stream.tell() if stat.S_ISREG(status.st_mode) else None
