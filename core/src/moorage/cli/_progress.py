"""The progress bar, on standard error, where that is a terminal and the work is long enough to wonder."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Advance: TypeAlias = Callable[[int], object]

_WORTH_A_BAR = 16 << 20
"""Bytes below which the work is done before rich, which draws the bar, is even imported."""


def _ignore(_count: int) -> None:
    """Take note of nothing."""


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """Give a function that is to be told the bytes that were done since it was last called.

    Args:
        label: What is at work, such as a file's name.
        total: All bytes that will be done, None if that is not known.
    """
    if not sys.stderr.isatty() or (total is not None and total < _WORTH_A_BAR):
        yield _ignore
        return
    from rich import progress as bars  # noqa: PLC0415  # slow to import, and needed on a terminal alone
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    # Transient: what stays on the terminal is the result. Standard output is left alone, as it may carry a blob.
    with bars.Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(escape(label), total=total)
        yield lambda count: bar.advance(task, count)
