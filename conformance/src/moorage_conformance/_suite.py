"""What every driver clause stands on: the fixtures, the random prefix, and the teardown that finds leftovers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, ClassVar

import pytest

from moorage.driver import guard
from moorage.errors import PathNotFoundError
from moorage_conformance._clauses import clause_id
from moorage_conformance._elsewhere import run_elsewhere
from moorage_conformance._profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Concatenate, ParamSpec, TypeVar

    from moorage.driver import FileInfo, StorageDriver

    P = ParamSpec("P")
    T = TypeVar("T")


class DriverSuite:
    """Fixtures that driver clauses share. An author overrides `driver` and `open_again`, and may set `profile`."""

    profile: ClassVar[Profile] = Profile()

    @pytest.fixture
    def driver(self) -> StorageDriver:
        """Return (or yield) the driver under test, over storage that no other test uses at the moment."""
        raise NotImplementedError(
            "the conformance suite needs a driver: override the fixture `driver` in your test class, "
            "and return your driver from it"
        )

    @pytest.fixture
    def open_again(self) -> Callable[[], StorageDriver]:
        """Return a callable that makes a new instance over the same storage as `driver`.

        Several processes and restarts are what a registry is made of, so this cannot be left out. Where the
        driver is ``persistent``, the callable is pickled and called in another process: make it a
        `functools.partial` of the driver's class or factory, with arguments that can be pickled.
        """
        raise NotImplementedError(
            "the conformance suite opens a second instance over the same storage: override the fixture `open_again` "
            "in your test class, and return a callable (best a functools.partial of your driver's class) that makes "
            "it; returning the first instance again would prove nothing"
        )

    @pytest.fixture(autouse=True)
    def _report_clause(self, request: pytest.FixtureRequest) -> None:
        identifier = clause_id(request.function)
        if identifier is not None:
            # Not `record_property`, which warns in a run that writes JUnit XML of the default family.
            request.node.user_properties.append(("clause", identifier))

    @pytest.fixture
    def storage(self, driver: StorageDriver) -> StorageDriver:
        """Return the driver in its guard, as every caller meets it."""
        return guard(driver)

    @pytest.fixture
    def another(self, storage: StorageDriver, open_again: Callable[[], StorageDriver]) -> Iterator[StorageDriver]:
        """Return a second instance over the same storage, in its guard."""
        instance = open_again()
        assert instance is not storage, "`open_again` must make a new instance; it returned the first"
        second = guard(instance)
        assert second is not storage, "`open_again` must make a new instance; it returned the first"
        yield second
        second.close()

    @pytest.fixture
    def base(self, storage: StorageDriver) -> Iterator[str]:
        """Return the test's own random prefix. Afterwards nothing may be left beneath it.

        A test ends (cancels, commits or deletes) every upload that it began; what the driver would still sweep then
        was left behind by the driver.
        """
        prefix = f"/moorage-{token_hex(8)}"
        yield prefix
        leftovers = list(storage.sweep_incomplete(prefix, timedelta(0)))
        with suppress(PathNotFoundError):
            storage.delete(prefix)
        leftovers += storage.sweep_incomplete(prefix, timedelta(0))
        assert leftovers == [], "the driver left these behind"
        assert files_beneath(storage, prefix) == [], "the driver left these files behind a recursive delete"
        with pytest.raises(PathNotFoundError):
            storage.stat(prefix)

    @pytest.fixture
    def elsewhere(self, storage: StorageDriver, open_again: Callable[[], StorageDriver]) -> Elsewhere:
        """Return what runs a function with a new instance in another process, or thread if nothing persists."""
        return Elsewhere(open_again, in_process=storage.capabilities.persistent)

    def large_size(self, storage: StorageDriver) -> int:
        """Return a size of large content that takes more than two parts and does not end with a part."""
        return max(self.profile.large, 2 * (storage.capabilities.min_part_size or 0)) + 12_345


class Elsewhere:
    """Runs functions with a new driver instance, in another process where content persists, else in a thread."""

    def __init__(self, open_again: Callable[[], StorageDriver], *, in_process: bool) -> None:
        self._open_again = open_again
        self._in_process = in_process

    def __call__(self, function: Callable[Concatenate[StorageDriver, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``function`` returned there; raise what it raised there."""
        return run_elsewhere(self._open_again, function, *args, in_process=self._in_process, **kwargs)


def files_beneath(storage: StorageDriver, directory: str) -> list[FileInfo]:
    """Return the files beneath a directory; none if there is no such directory."""
    try:
        return list(storage.walk(directory))
    except PathNotFoundError:
        return []


def exists(storage: StorageDriver, path: str) -> bool:
    """Tell whether ``stat`` finds anything at ``path``."""
    try:
        storage.stat(path)
    except PathNotFoundError:
        return False
    return True


def fill(storage: StorageDriver, directory: str, count: int) -> list[str]:
    """Store ``count`` small files in ``directory``, several at a time, and return their paths in order."""
    paths = [f"{directory}/{number:05}" for number in range(count)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: storage.put_content(path, b"", durable=False), paths))
    return paths
