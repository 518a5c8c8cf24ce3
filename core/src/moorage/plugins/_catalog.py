"""What is installed: the claims to driver names that distributions make, read from metadata alone."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from moorage.plugins._hooks import GROUP


@dataclass(frozen=True, slots=True)
class InstalledDriver:
    """A claim to a driver name; nothing was imported to find it.

    Attributes:
        name: The name, or alias, as configuration spells it.
        distribution: The distribution that claims it.
        version: That distribution's version.
        module: The module that has the hook.
    """

    name: str
    distribution: str
    version: str
    module: str


def installed_drivers() -> list[InstalledDriver]:
    """Return every claim of every installed distribution, sorted by name. No driver is imported."""
    claims = {
        InstalledDriver(
            name=point.name,
            distribution=point.dist.name if point.dist else "(unknown)",
            version=point.dist.version if point.dist else "",
            module=point.value,
        )
        for point in entry_points(group=GROUP)
    }
    return sorted(claims, key=lambda claim: (claim.name, claim.distribution))
