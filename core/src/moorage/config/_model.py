"""The configuration as the rest of Moorage sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moorage.config._document import Document
    from moorage.config._storage import StorageConfiguration
    from moorage.driver import DriverParameters

P = TypeVar("P", bound="DriverParameters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A checked configuration. It never changes, can be shared between threads, and its repr shows no parameter.

    Attributes:
        source: The file that was read, as it was named, or ``built-in defaults``.
        storage: The driver's name and what core itself takes from ``storage``.
        sections: Every other section that is set, as plain values, unread: they belong to the registry server.
            They hold secrets.
        warnings: What has no effect, a sentence each, for the operator to see once.
    """

    source: str
    storage: StorageConfiguration
    sections: Mapping[str, object] = field(repr=False)
    warnings: tuple[str, ...]
    _document: Document = field(repr=False, compare=False)

    def driver_parameters(self, model: type[P]) -> P:
        """Return the driver's parameters, those beneath ``storage.<driver>``, as the driver's own model.

        Keys without a value are unset, and so have the model's default.

        Raises:
            ConfigurationError: A key is unknown, missing or has a value that the model refuses. It points at the
                line, or names the variable, and says what is accepted; it never repeats a value.
        """
        from moorage.config._parameters import validate_parameters  # noqa: PLC0415  # pydantic is slow to import

        return validate_parameters(self._document, self.storage.driver, model)

    def where(self, *keys: str | int) -> str:
        """Return where a key was set, as errors say it: ``config.yml:7: storage.s3.bucket``, or a variable's name.

        For a key that is not set, the line is that of the nearest section around it.
        """
        return self._document.where(*keys)
