"""What commands print: JSON lines on standard output, or a table if that is a terminal; the rest on standard error."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

Record: TypeAlias = "Mapping[str, object]"

_WIDEST = 10_000
"""Columns of a terminal, as many as no table needs."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: The key of a record whose value it shows.
        title: What stands above it.
        right: Whether it is aligned to the right, as numbers are.
        whole: Whether its values are kept in one piece, so that they can be copied.
    """

    key: str
    title: str
    right: bool = False
    whole: bool = False

    @property
    def justify(self) -> Literal["left", "right"]:
        """How rich calls the alignment."""
        return "right" if self.right else "left"


def say(text: str) -> None:
    """Print a line for people on standard error."""
    print(f"moorage: {' '.join(text.splitlines())}", file=sys.stderr)  # noqa: T201  # this is how the command speaks


def warn(text: str) -> None:
    """Print a warning on standard error."""
    say(f"warning: {text}")


def on_terminal() -> bool:
    """Tell whether people, and not a program, read standard output."""
    return sys.stdout.isatty()


def emit(record: Record) -> None:
    """Print one JSON object, in one line."""
    sys.stdout.write(json.dumps(record) + "\n")


def show(records: Iterable[Record], columns: Sequence[Column], *, title: str | None = None) -> None:
    """Print records: one JSON line each as they come, or one table of them all on a terminal."""
    if not on_terminal():
        for record in records:
            emit(record)
        return
    from rich.console import Console  # noqa: PLC0415  # slow to import, and needed on a terminal alone
    from rich.measure import Measurement  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, title=title, title_justify="left", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column.title, justify=column.justify, no_wrap=column.whole)
    for record in records:
        table.add_row(*(_cell(record.get(column.key)) for column in columns))
    console = Console(markup=False, highlight=False, emoji=False)
    needed = Measurement.get(console, console.options.update(width=_WIDEST), table).minimum
    # Wider than the terminal if need be: a digest that the terminal itself wraps can still be copied.
    console.width = max(console.width, needed)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
