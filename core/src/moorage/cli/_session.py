"""What the commands stand on: the configuration, and the registry that it describes."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import moorage
from moorage.cli._failures import WRONG_USAGE, CommandError
from moorage.cli._output import say, warn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from logging import LogRecord

    from moorage.blobs import LinkedBlobStore, Registry
    from moorage.config import Configuration

ConfigAfter = Annotated[
    str | None, typer.Option("-c", "--config", metavar="CONFIG", help="The same as before the command.")
]
"""``-c`` among a command's own options, where people look for it too."""


RepositoryName = Annotated[str, typer.Argument(metavar="REPOSITORY", help="Such as library/debian.")]


class Session:
    """One run of the command line. Nothing is read before a command asks for it.

    Args:
        config: Path of the configuration file; None stands for the built-in defaults.

    Raises:
        CommandError: The path is empty: most likely an unset variable of a script, which must not end in the defaults.
    """

    def __init__(self, config: str | None) -> None:
        if config == "":
            raise CommandError("the path of the configuration file (-c) is empty", WRONG_USAGE)
        self._path = Path(config) if config is not None else None

    @classmethod
    def of(cls, context: typer.Context, config: str | None) -> Session:
        """Return a command's session: with its own ``-c``, or else with what stands before the command."""
        session: Session = cls(config) if config is not None else context.obj
        return session

    def configuration(self) -> Configuration:
        """Read the configuration, and print its warnings on standard error.

        Raises:
            ConfigurationError: It is wrong.
        """
        from moorage.config import load_configuration  # noqa: PLC0415  # --help must not pay for it

        _print_log()
        configuration = load_configuration(self._path, os.environ)
        for warning in configuration.warnings:
            warn(warning)
        return configuration

    @contextmanager
    def registry(self) -> Iterator[Registry]:
        """Open the registry, and close its driver in the end.

        Raises:
            ConfigurationError: The configuration is wrong, or its driver cannot be loaded or opened.
        """
        registry = moorage.open_registry(self.configuration())
        _collect_garbage()
        try:
            if not registry.driver.capabilities.persistent:
                warn(f"driver {registry.driver.name!r} keeps nothing beyond this command")
            yield registry
        finally:
            registry.driver.close()

    @contextmanager
    def blobs(self, repository: str) -> Iterator[LinkedBlobStore]:
        """Open the registry, and give the blobs of one repository.

        Raises:
            ConfigurationError: As in `registry`.
            RepositoryNameError: The name breaks the grammar.
        """
        with self.registry() as registry:
            yield registry.repository(repository).blobs


def _collect_garbage() -> None:
    """End the pause that `main` began: everything is loaded, and the work that begins now may take hours."""
    if not gc.isenabled():
        gc.freeze()  # what was loaded stays: going through it now and at the exit takes a fifth of a short command
        gc.enable()


def _print_log() -> None:
    """Send what Moorage logs, from warnings on, to standard error: a line each, without tracebacks."""
    import logging  # noqa: PLC0415  # --help must not pay for it

    class Lines(logging.Handler):
        def emit(self, record: LogRecord) -> None:
            say(f"{record.levelname.lower()}: {record.getMessage()}")

    logging.getLogger("moorage").handlers = [Lines(logging.WARNING)]
