"""Loading the one driver that the configuration chose. No other plugin is imported, so none can break it."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import EntryPoint

import pluggy

from moorage.driver import API_VERSION, DriverSpec
from moorage.errors import DriverLoadError
from moorage.plugins import _hooks
from moorage.plugins._catalog import installed_drivers

_PACKAGES = {
    "azure": "moorage-azure",
    "filesystem": "moorage-filesystem",
    "fsspec": "moorage-fsspec",
    "gcs": "moorage-gcs",
    "inmemory": "moorage-inmemory",
    "s3": "moorage-s3",
}
"""Where the drivers of this project are to be had; names only, nothing here is imported."""


def load_driver_spec(name: str, *, where: str = "storage") -> DriverSpec:
    """Import the driver package that claims ``name`` and return what its hook says.

    Args:
        name: The driver's name or alias.
        where: What asked for it, for errors (``config.yml:3: storage.s3``).

    Raises:
        DriverLoadError: No distribution claims the name, or several do; or the one that does cannot be imported,
            has no hook, describes another driver, or was written for another version of the protocol.
    """
    claims = [claim for claim in installed_drivers() if claim.name == name]
    if not claims:
        raise DriverLoadError(where, _unknown(name))
    if len(claims) > 1:
        rivals = " and ".join(f"{claim.distribution} {claim.version}" for claim in claims)
        raise DriverLoadError(where, f"driver {name!r} is claimed by {rivals}; uninstall all but one")
    origin = f"driver {name!r} of {claims[0].distribution} {claims[0].version}"

    manager = pluggy.PluginManager(_hooks.PROJECT)
    manager.add_hookspecs(_hooks)
    try:
        # Not load_setuptools_entrypoints: it would read the metadata of every distribution once more.
        manager.register(EntryPoint(name, claims[0].module, _hooks.GROUP).load(), name=name)
        spec = manager.hook.moorage_driver()
    except Exception as error:  # whatever a plugin's import raises, only its own users see it
        raise DriverLoadError(where, f"{origin} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(spec, DriverSpec):
        raise DriverLoadError(where, f"{origin} has no hook moorage_driver that returns a DriverSpec")
    if spec.api_version != API_VERSION:
        raise DriverLoadError(
            where,
            f"{origin} was written for driver API {spec.api_version}, this moorage has {API_VERSION}; "
            f"install a version of {claims[0].distribution} that fits",
        )
    if name not in (spec.name, *spec.aliases):
        raise DriverLoadError(where, f"{origin} describes itself as {spec.name!r}")
    return spec


def _unknown(name: str) -> str:
    known = sorted({claim.name for claim in installed_drivers()})
    text = f"no installed package provides a driver {name!r}; installed: {', '.join(known) or 'none'}"
    if name in _PACKAGES:
        return f"{text}. Add it: pip install {_PACKAGES[name]}"
    if close := get_close_matches(name, [*known, *_PACKAGES], n=1):
        return f"{text}. Did you mean {close[0]!r}?"
    return f"{text}. Drivers are packages with an entry point in the group {_hooks.GROUP}"
