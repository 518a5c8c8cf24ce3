"""The keys under ``storage: filesystem:``."""

from __future__ import annotations

from pydantic import Field

from moorage.driver import DriverParameters


class FilesystemParameters(DriverParameters):
    """Parameters of the filesystem driver; Distribution's names and defaults."""

    rootdirectory: str = Field(
        default="/var/lib/registry",
        min_length=1,
        description="Directory that holds everything; created, with its parents, when something is first stored.",
    )
