"""The steps of ``moorage check``: what Moorage does to a backend all day, once each."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from moorage.driver import ROOT
from moorage.errors import MoorageError, PathNotFoundError

if TYPE_CHECKING:
    from moorage.driver import StorageDriver

Step: TypeAlias = tuple[str, Callable[[], None]]
"""Its name and what it does; it raises a `MoorageError` if the backend does not do that right."""

_SMALL = 1 << 10
_PIECE = 1 << 20


class WrongAnswerError(MoorageError):
    """The backend raised nothing, and yet did something else than it was asked to."""


class Trial:
    """Steps that write, all of them under one prefix that nobody else uses. Each stands on those before it.

    Attributes:
        prefix: The driver path that everything is under.
    """

    def __init__(self, driver: StorageDriver) -> None:
        self.prefix = f"/moorage-check-{os.urandom(8).hex()}"
        self._driver = driver
        self._small = f"{self.prefix}/small"
        self._grown = f"{self.prefix}/grown"
        self._moved = f"{self.prefix}/moved"
        self._content = os.urandom(_SMALL)
        self._pieces = (os.urandom(_PIECE), os.urandom(_PIECE))

    def steps(self) -> list[Step]:
        """Return the steps in their order."""
        return [
            ("write", self._write),
            ("read", self._read),
            ("append", self._append),
            ("move", self._move),
            ("list", self._list),
            ("delete", self._delete),
        ]

    def clean_up(self) -> None:
        """Remove what the steps left, if they left anything.

        Raises:
            MoorageError: It cannot be removed.
        """
        try:
            self._driver.delete(self.prefix)
        except PathNotFoundError:
            return

    def _write(self) -> None:
        self._driver.put_content(self._small, self._content)

    def _read(self) -> None:
        self._expect(self._small, self._content)

    def _append(self) -> None:
        """Write a piece, and go on with a second writer, as another process would."""
        first, second = self._pieces
        with self._driver.writer(self._grown) as writer:
            writer.write(first)
        with self._driver.writer(self._grown, append=True) as writer:
            if writer.size != len(first):
                raise WrongAnswerError(f"{self._grown}: {len(first)} bytes were written, {writer.size} were kept")
            writer.write(second)
            writer.commit()
        self._expect(self._grown, first + second)

    def _move(self) -> None:
        self._driver.move(self._grown, self._moved)
        self._expect(self._moved, b"".join(self._pieces))
        self._expect_nothing(self._grown)

    def _list(self) -> None:
        found = [info.path for info in self._driver.list(self.prefix)]
        if found != [self._moved, self._small]:
            raise WrongAnswerError(f"{self.prefix}: it lists {found}, and not what was written")

    def _delete(self) -> None:
        self._driver.delete(self.prefix)
        self._expect_nothing(self._small)
        self._expect_nothing(self._moved)

    def _expect(self, path: str, content: bytes) -> None:
        if self._driver.get_content(path) != content:
            raise WrongAnswerError(f"{path}: other bytes are read than were written")

    def _expect_nothing(self, path: str) -> None:
        try:
            self._driver.stat(path)
        except PathNotFoundError:
            return
        raise WrongAnswerError(f"{path}: it is still there")


class ReadTrial:
    """Steps that only read, for a registry in read-only mode."""

    def __init__(self, driver: StorageDriver) -> None:
        self._driver = driver

    def steps(self) -> list[Step]:
        """Return the steps in their order."""
        return [("stat", self._stat), ("list", self._list)]

    def _stat(self) -> None:
        self._driver.stat(ROOT)

    def _list(self) -> None:
        for _ in self._driver.list(ROOT):
            pass
