"""The pluggy hooks: one that a driver package implements, one for whoever watches driver calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from moorage.driver import DriverEvent, DriverSpec

PROJECT = "moorage"
GROUP = "moorage.drivers"
"""Entry-point group of driver packages: ``<name> = "<module with the hook>"``."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def moorage_driver() -> DriverSpec:  # type: ignore[empty-body]  # a specification
    """Describe the driver of this package. Called once, when the configuration chooses it."""


@hookspec
def moorage_driver_event(event: DriverEvent) -> None:
    """Take note of a finished driver call: a log line, a metric, a span.

    Called in the thread of the caller, so it must be quick; what it raises is logged and otherwise ignored.
    """
