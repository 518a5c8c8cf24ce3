"""How a driver package describes itself to core, and the parameters it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver._capabilities import Capabilities
    from moorage.driver._protocol import StorageDriver

API_VERSION = 1
"""The version of the driver protocol. It changes when a driver written for the old one would no longer be right."""


class DriverParameters(BaseModel):
    """Base of a driver's parameters model; the keys under ``storage: <driver>:`` in the configuration.

    Names and meanings are Distribution's where it has the parameter. Each field has a description, which
    ``moorage drivers NAME`` prints; secrets are `pydantic.SecretStr`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)

    maxthreads: int = Field(
        default=100, ge=1, description="Largest number of driver calls at work at once; more wait their turn."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSpec:
    """What the hook ``moorage_driver`` of a driver package returns.

    Attributes:
        name: The name under ``storage:``; also the name of the package's entry point.
        aliases: Other names it answers to, each an entry point of the same package.
        api_version: The `API_VERSION` it was written for (a literal number, not the imported constant).
        parameters: The model of its parameters.
        factory: Makes a driver from validated parameters. It may be called more than once; what one instance
            stored, another on the same parameters sees.
        capabilities: What every instance promises; an instance may promise more once it knows its backend.
        summary: One line for ``moorage drivers``.
    """

    name: str
    api_version: int
    parameters: type[DriverParameters]
    factory: Callable[..., StorageDriver]
    capabilities: Capabilities
    summary: str
    aliases: tuple[str, ...] = ()
