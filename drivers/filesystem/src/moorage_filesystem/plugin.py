"""How moorage finds this driver: the entry point ``filesystem`` names this module."""

from __future__ import annotations

from moorage.driver import DriverSpec
from moorage.plugins import hookimpl
from moorage_filesystem._driver import FilesystemDriver
from moorage_filesystem._parameters import FilesystemParameters


@hookimpl
def moorage_driver() -> DriverSpec:
    """Describe the filesystem driver."""
    return DriverSpec(
        name="filesystem",
        api_version=1,
        parameters=FilesystemParameters,
        factory=FilesystemDriver,
        capabilities=FilesystemDriver.capabilities,
        summary="A directory of a local file system.",
    )
