"""What the configuration lets callers do."""

from __future__ import annotations

from dataclasses import dataclass

from moorage.errors import DeleteDisabledError, ReadOnlyError


@dataclass(frozen=True, slots=True)
class Policy:
    """The switches of the ``storage`` section that forbid operations.

    Attributes:
        delete_enabled: ``storage.delete.enabled``.
        read_only: ``storage.maintenance.readonly.enabled``.
    """

    delete_enabled: bool = False
    read_only: bool = False

    def check_write(self, operation: str) -> None:
        """Raise `ReadOnlyError` in read-only mode."""
        if self.read_only:
            raise ReadOnlyError(operation)

    def check_delete(self, operation: str) -> None:
        """Raise `ReadOnlyError` in read-only mode, `DeleteDisabledError` where deletion is off."""
        self.check_write(operation)
        if not self.delete_enabled:
            raise DeleteDisabledError(operation)
