"""The keys under ``storage: inmemory:``."""

from __future__ import annotations

from pydantic import Field

from moorage.driver import DriverParameters


class InMemoryParameters(DriverParameters):
    """Parameters of the in-memory driver."""

    name: str = Field(
        default="default", description="Drivers opened under one name in one process share their content."
    )
