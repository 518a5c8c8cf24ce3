"""Those who watch driver calls, behind the hook ``moorage_driver_event``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pluggy

from moorage.plugins import _hooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from moorage.driver import DriverEvent

log = logging.getLogger("moorage.plugins")


def event_sink(observers: Iterable[object]) -> Callable[[DriverEvent], None] | None:
    """Return what passes an event on to every observer, or None if there are none.

    Args:
        observers: Objects or modules with a ``moorage_driver_event`` marked `moorage.plugins.hookimpl`.

    An observer that raises is logged: watching must never break a driver call.
    """
    manager = pluggy.PluginManager(_hooks.PROJECT)
    manager.add_hookspecs(_hooks)
    for observer in observers:
        manager.register(observer)
    hook = manager.hook.moorage_driver_event
    if not hook.get_hookimpls():
        return None

    def sink(event: DriverEvent) -> None:
        try:
            hook(event=event)
        except Exception:
            log.exception("an observer of driver calls failed")

    return sink
