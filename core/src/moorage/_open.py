"""From a configuration to a driver and a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moorage.blobs import Registry
from moorage.driver import guard
from moorage.errors import ConfigurationError, MoorageError
from moorage.plugins import event_sink, load_driver_spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moorage.config import Configuration
    from moorage.driver import GuardedDriver


def open_driver(configuration: Configuration, observers: Iterable[object] = ()) -> GuardedDriver:
    """Load the configured driver's package, and no other, and open the backend.

    Args:
        configuration: What `moorage.config.load_configuration` returned.
        observers: Objects that implement the hook ``moorage_driver_event``.

    Raises:
        DriverLoadError: The driver is unknown, ambiguous, incompatible or broken.
        ConfigurationError: Its parameters are wrong, or the backend cannot be opened with them.
    """
    name = configuration.storage.driver
    where = configuration.where("storage", name)
    spec = load_driver_spec(name, where=where)
    parameters = configuration.driver_parameters(spec.parameters)
    try:
        driver = spec.factory(parameters)
    except MoorageError:
        raise
    except (OSError, ValueError) as error:
        raise ConfigurationError(where, f"driver {name!r} cannot be opened: {error}") from error
    return guard(driver, maxthreads=parameters.maxthreads, on_event=event_sink(observers))


def open_registry(configuration: Configuration, observers: Iterable[object] = ()) -> Registry:
    """Open the registry that the configuration describes; see `open_driver`."""
    storage = configuration.storage
    return Registry(
        open_driver(configuration, observers), delete_enabled=storage.delete_enabled, read_only=storage.read_only
    )
