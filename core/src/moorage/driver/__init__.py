"""The storage-driver protocol and what stands around it: paths, capabilities, the guard, events.

Driver authors import from here and from `moorage.errors`, and need nothing else of core.
"""

from moorage.driver._capabilities import Capabilities
from moorage.driver._events import DriverEvent
from moorage.driver._guard import GuardedDriver, guard
from moorage.driver._oserror import from_oserror
from moorage.driver._paths import ROOT, is_beneath, join_path, split_path, validate_path
from moorage.driver._protocol import FileInfo, FileWriter, StorageDriver, Swept
from moorage.driver._spec import API_VERSION, DriverParameters, DriverSpec

__all__ = [
    "API_VERSION",
    "ROOT",
    "Capabilities",
    "DriverEvent",
    "DriverParameters",
    "DriverSpec",
    "FileInfo",
    "FileWriter",
    "GuardedDriver",
    "StorageDriver",
    "Swept",
    "from_oserror",
    "guard",
    "is_beneath",
    "join_path",
    "split_path",
    "validate_path",
]
