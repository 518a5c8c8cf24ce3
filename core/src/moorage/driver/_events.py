"""One event per driver call, for logs, metrics and traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class DriverEvent:
    """A finished driver call.

    Attributes:
        driver: The driver's name.
        operation: The protocol method: ``stat``, ``put_content``, ``writer.write``, ``read_stream`` ...
        path: The path it was about (for ``move`` the source).
        bytes: Content bytes that went through the call; 0 where there are none.
        seconds: How long it took. For a stream or a listing: the time inside the driver, until it was closed.
        error: What it raised, if it did.
    """

    driver: str
    operation: str
    path: str
    bytes: int
    seconds: float
    error: BaseException | None


if TYPE_CHECKING:
    EventSink: TypeAlias = Callable[[DriverEvent], object]
