"""What the blob clauses share: a registry in a corner of the backend, opened as often as a clause needs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from moorage.blobs import Registry
from moorage.driver import guard
from moorage.errors import PathNotFoundError
from moorage_conformance._wrapping import RootedDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moorage.driver import DriverEvent, StorageDriver

SPILL = 1_300_000
"""Bytes that are too many to wait in memory: an upload of this size is in the backend before its commit."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A driver and the events of its calls."""

    driver: StorageDriver
    seen: list[DriverEvent]


class Corner:
    """One directory of a backend, as the root of a registry.

    Attributes:
        registry: A registry there, in which deletion is allowed.
    """

    def __init__(self, open_again: Callable[[], StorageDriver], directory: str) -> None:
        self._open_again = open_again
        self.directory = directory
        self.registry = self.again()

    def driver(self) -> StorageDriver:
        """Return a new driver instance whose root is the corner, guarded."""
        return guard(RootedDriver(guard(self._open_again()), self.directory))

    def again(self) -> Registry:
        """Return a registry over a new driver instance, as another process would open it."""
        return Registry(self.driver(), delete_enabled=True)

    def watched(self) -> Watched:
        """Return a new driver instance whose calls are noted."""
        seen: list[DriverEvent] = []
        return Watched(guard(RootedDriver(guard(self._open_again()), self.directory), on_event=seen.append), seen)

    def files(self) -> dict[str, bytes]:
        """Return all files with their content."""
        driver = self.registry.driver
        with suppress(PathNotFoundError):
            return {info.path: driver.get_content(info.path) for info in driver.walk("/")}
        return {}

    def assert_sound(self) -> None:
        """Assert that every readable blob is what its digest says, and every link leads to one."""
        registry = self.again()
        for digest in registry.blobs.enumerate():
            with registry.blobs.open_verified(digest) as stream:
                while stream.read(1 << 20):
                    pass
        for repository in registry.repositories():
            for digest in repository.blobs.enumerate():
                assert repository.blobs.stat(digest).digest == digest

    def remove(self) -> None:
        """Delete all of it, unfinished uploads included."""
        driver = guard(self._open_again())
        with suppress(PathNotFoundError):
            driver.delete(self.directory)
        driver.sweep_incomplete(self.directory, timedelta(0))


class BlobClauses:
    """Base of the blob clauses: the fixtures that they stand on."""

    @pytest.fixture
    def corner(self, driver: StorageDriver, open_again: Callable[[], StorageDriver]) -> Iterator[Corner]:  # noqa: ARG002  # keeps the storage alive
        """A registry in a fresh corner of the backend, which is deleted afterwards."""
        corner = Corner(open_again, f"/moorage-conformance-{uuid4().hex}")
        yield corner
        corner.remove()

    @pytest.fixture
    def registry(self, corner: Corner) -> Registry:
        """The registry of the corner."""
        return corner.registry
