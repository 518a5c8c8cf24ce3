"""``moorage drivers``: what is installed, and what can be written beneath a driver's name in the configuration."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from moorage.cli._output import Column, on_terminal, show
from moorage.errors import DriverLoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.cli._output import Record
    from moorage.driver import Capabilities
    from moorage.plugins import InstalledDriver


def drivers(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show the parameters of this driver instead.")
    ] = None,
) -> None:
    """List the installed drivers, or the parameters of one."""
    if name is not None:
        _show_parameters(name)
        return
    columns = (
        Column("name", "Driver", whole=True),
        Column("distribution", "Package", whole=True),
        Column("version", "Version", whole=True),
        Column("summary", "What it is"),
        Column("capabilities", "Capabilities"),
    )
    show(_installed(), columns)


def _installed() -> Iterator[Record]:
    from moorage.plugins import installed_drivers  # noqa: PLC0415  # --help must not pay for it

    for driver in installed_drivers():
        yield {
            "name": driver.name,
            "distribution": driver.distribution,
            "version": driver.version,
            **_described(driver),
        }


def _described(driver: InstalledDriver) -> Record:
    """Load one driver. One that is broken spoils its own row alone."""
    from moorage.plugins import load_driver_spec  # noqa: PLC0415  # --help must not pay for it

    try:
        spec = load_driver_spec(driver.name, where="drivers")
    except DriverLoadError as error:
        return {"summary": error.what} if on_terminal() else {"error": error.what}
    capabilities = _words(spec.capabilities) if on_terminal() else asdict(spec.capabilities)
    return {"summary": spec.summary, "aliases": list(spec.aliases), "capabilities": capabilities}


def _words(capabilities: Capabilities) -> str:
    """Return what is promised, and leave out what is not."""
    promised = {name: value for name, value in asdict(capabilities).items() if value not in (False, None)}
    return ", ".join(name if value is True else f"{name} {value:,}" for name, value in promised.items())


def _show_parameters(name: str) -> None:
    from moorage.cli._parameters import parameters  # noqa: PLC0415  # needs pydantic
    from moorage.plugins import load_driver_spec  # noqa: PLC0415  # --help must not pay for it

    spec = load_driver_spec(name, where="drivers")
    columns = (
        Column("parameter", "Parameter", whole=True),
        Column("type", "Type"),
        Column("default", "Default"),
        Column("description", "Meaning"),
    )
    show(
        (_readable(record) if on_terminal() else record for record in parameters(spec.parameters)),
        columns,
        title=f"{spec.name}: {spec.summary}",
    )


def _readable(record: Record) -> Record:
    kind = f"{record['type']}, secret" if record["secret"] else record["type"]
    default = record["default"]
    if isinstance(default, bool):
        default = str(default).lower()  # as the configuration spells it
    return {**record, "type": kind, "default": "(required)" if record["required"] else default}
