"""Running a piece of a clause in another process, or thread, with a driver instance of its own."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from moorage.driver import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from moorage.driver import StorageDriver

    T = TypeVar("T")
    Item = TypeVar("Item")


def run_elsewhere(
    open_again: Callable[[], StorageDriver],
    function: Callable[..., T],
    *args: object,
    in_process: bool,
    **kwargs: object,
) -> T:
    """Return ``function(driver, *args, **kwargs)``, run with a new instance in a fresh process or a thread.

    The process is started afresh, not forked: it shares nothing with this one but the backend.
    """
    pool: Executor = ProcessPoolExecutor(1, mp_context=get_context("spawn")) if in_process else ThreadPoolExecutor(1)
    with pool:
        return pool.submit(_run, open_again, function, args, kwargs).result()


def _run(
    open_again: Callable[[], StorageDriver],
    function: Callable[..., T],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> T:
    driver = guard(open_again())
    try:
        return function(driver, *args, **kwargs)
    finally:
        driver.close()


def in_threads(function: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
    """Return ``function`` of each item, all started at once, each in its own thread; raise the first error."""
    work = list(items)
    with ThreadPoolExecutor(max(1, len(work))) as pool:
        return list(pool.map(function, work))


def run_together(*functions: Callable[[], None]) -> None:
    """Run all the functions at once, each in its own thread; raise the first error."""

    def run(function: Callable[[], None]) -> None:
        function()

    in_threads(run, functions)


def outcome(function: Callable[[], object], expected: type[Exception]) -> Exception | None:
    """Return the ``expected`` error that the call raised, or None if it succeeded; any other error is raised."""
    try:
        function()
    except expected as error:
        return error
    return None
