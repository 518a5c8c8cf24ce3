"""From errors to one line on standard error and an exit code. Nobody is shown a traceback for what can happen."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from moorage.cli._output import say
from moorage.errors import ConfigurationError, MoorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
"""The last two are what a shell reports for a program that SIGINT or SIGPIPE ended."""


class CommandError(Exception):
    """A command failed for a reason of its own: a file on this machine, or what was asked of it.

    Attributes:
        code: The exit code.
    """

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


class InterruptedCommandError(CommandError):
    """The user interrupted a command that has something to say about what it leaves behind."""

    def __init__(self, text: str) -> None:
        super().__init__(f"interrupted: {text}", INTERRUPTED)


class ReportingGroup(TyperGroup):
    """The outermost group of commands: whatever is raised within leaves it as an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # the context's class is click's, which typer carries inside
        """Run the command, and say in one line why it failed, if it did."""
        with _reported():
            result = super().invoke(ctx)
            sys.stdout.flush()  # here, and not at the exit of the interpreter, where nobody could say what failed
            return result


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise _exit("interrupted", INTERRUPTED) from None
    except CommandError as error:
        raise _exit(str(error), error.code) from error
    except ConfigurationError as error:
        raise _exit(str(error), WRONG_USAGE) from error
    except MoorageError as error:
        raise _exit(str(error), FAILED) from error
    except BrokenPipeError as error:  # the reader of our output has seen enough: no cause for a message
        _drop_output()
        raise typer.Exit(BROKEN_PIPE) from error
    except OSError as error:  # drivers raise Moorage's errors, and files are named in a CommandError
        _drop_output()
        raise _exit(f"{error.filename or 'standard output'}: {reason(error)}", FAILED) from error


def _exit(text: str, code: int) -> typer.Exit:
    say(text)
    return typer.Exit(code)


def _drop_output() -> None:
    """Let what is still buffered go nowhere, or the interpreter would try, and complain, once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reason(error: OSError) -> str:
    """Return what the operating system says, without the number."""
    return error.strerror or str(error) or type(error).__name__
