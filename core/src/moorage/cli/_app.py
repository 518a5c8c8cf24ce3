"""The application: its groups of commands, and the options that stand before them.

Only typer is imported with this package. What is slow (rich, PyYAML, pydantic, drivers) is imported by the command
that needs it, so that ``moorage --help`` answers at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from moorage.cli import _blob, _check, _drivers, _upload
from moorage.cli._failures import ReportingGroup
from moorage.cli._session import Session

app = typer.Typer(
    name="moorage",
    help="Store and fetch blobs in a container registry's storage.",
    epilog="Results are JSON lines on standard output (tables on a terminal); all else goes to standard error. "
    "Exit status: 0 done, 1 refused or failed, 2 wrong usage or configuration, 130 interrupted.",
    cls=ReportingGroup,
    no_args_is_help=True,
    rich_markup_mode=None,  # help in plain text: rich alone would double the time to the first line
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(_blob.app, name="blob")
app.add_typer(_upload.app, name="upload")
app.command("drivers")(_drivers.drivers)
app.command("check")(_check.check)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  # slow to import, and needed here alone

        typer.echo(f"moorage {version('moorage')}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    config: Annotated[
        str | None,
        typer.Option(
            "-c",
            "--config",
            metavar="CONFIG",
            envvar="REGISTRY_CONFIGURATION_PATH",
            help="Configuration file in Distribution's format. Without one: the filesystem driver in ./moorage-data.",
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Remember what stands before the command."""
    context.obj = Session(config)
