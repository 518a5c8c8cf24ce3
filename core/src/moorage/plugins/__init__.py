"""Finding and loading drivers: pluggy hooks behind the entry-point group ``moorage.drivers``."""

from moorage.plugins._catalog import InstalledDriver, installed_drivers
from moorage.plugins._hooks import GROUP, PROJECT, hookimpl, hookspec
from moorage.plugins._loader import load_driver_spec
from moorage.plugins._observers import event_sink

__all__ = [
    "GROUP",
    "PROJECT",
    "InstalledDriver",
    "event_sink",
    "hookimpl",
    "hookspec",
    "installed_drivers",
    "load_driver_spec",
]
