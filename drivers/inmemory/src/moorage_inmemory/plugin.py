"""The entry point: what core loads when the configuration chooses ``inmemory``."""

from __future__ import annotations

from moorage.driver import DriverSpec
from moorage.plugins import hookimpl
from moorage_inmemory._driver import InMemoryDriver
from moorage_inmemory._parameters import InMemoryParameters
from moorage_inmemory._store import shared_store


def open_driver(parameters: InMemoryParameters) -> InMemoryDriver:
    """Return a driver over the store that this process keeps under ``parameters.name``."""
    return InMemoryDriver(shared_store(parameters.name))


@hookimpl
def moorage_driver() -> DriverSpec:
    """Describe this driver to core."""
    return DriverSpec(
        name=InMemoryDriver.name,
        api_version=1,
        parameters=InMemoryParameters,
        factory=open_driver,
        capabilities=InMemoryDriver.capabilities,
        summary="Content in the memory of this process, for tests and trials.",
    )
