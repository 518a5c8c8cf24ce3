"""``moorage check``: does this configuration work, here and now?"""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import typer

import moorage
from moorage.cli._failures import CommandError
from moorage.cli._output import Column, emit, on_terminal, say, show, warn
from moorage.cli._session import ConfigAfter, Session
from moorage.errors import MoorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from moorage.cli._output import Record
    from moorage.cli._trial import Step
    from moorage.driver import StorageDriver


def check(context: typer.Context, config: ConfigAfter = None) -> None:
    """Try out the configured storage.

    Reads the configuration; then writes, reads, appends, moves, lists and deletes under a scratch prefix, and says how
    long each step took. In read-only mode it only looks at the root and lists it.
    """
    session = Session.of(context, config)
    configuration = session.configuration()
    read_only = configuration.storage.read_only
    begun: Record = {
        "configuration": configuration.source,
        "driver": configuration.storage.driver,
        "readOnly": read_only,
    }
    if on_terminal():
        mode = "read-only, so nothing is written" if read_only else "read and write"
        typer.echo(f"Configuration: {configuration.source}\nDriver: {configuration.storage.driver} ({mode})")
    else:
        emit(begun)
    driver = moorage.open_driver(configuration)
    try:
        with _steps(driver, read_only=read_only) as steps:
            _run(steps)
    finally:
        driver.close()


@contextmanager
def _steps(driver: StorageDriver, *, read_only: bool) -> Iterator[Iterable[Step]]:
    """Give the steps to take, and clean up after them, whatever happens."""
    from moorage.cli._trial import ReadTrial, Trial  # noqa: PLC0415  # --help must not pay for what it imports

    if read_only:
        yield ReadTrial(driver).steps()
        return
    trial = Trial(driver)
    try:
        yield trial.steps()
    finally:
        try:
            trial.clean_up()
        except MoorageError as error:
            warn(f"{trial.prefix} could not be removed, so it is left for you to remove: {error}")


def _run(steps: Iterable[Step]) -> None:
    failures: list[CommandError] = []
    columns = (Column("step", "Step"), Column("milliseconds", "Milliseconds", right=True), Column("result", "Result"))
    show(_taken(steps, failures), columns)
    if failures:
        raise failures[0]
    if on_terminal():
        say("the storage works")


def _taken(steps: Iterable[Step], failures: list[CommandError]) -> Iterator[Record]:
    """Take the steps up to the first that fails."""
    for name, take in steps:
        begun = perf_counter()
        failure = _attempt(take)
        seconds = perf_counter() - begun
        record = {"step": name, "result": "failed" if failure else "done"}
        if on_terminal():
            yield {**record, "milliseconds": f"{seconds * 1000:,.1f}"}
        else:
            yield {**record, "seconds": round(seconds, 6)}
        if failure:
            failures.append(CommandError(f"check failed: {name}: {failure}"))
            return


def _attempt(take: Callable[[], None]) -> MoorageError | None:
    try:
        take()
    except MoorageError as error:
        return error
    return None
