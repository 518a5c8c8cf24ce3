"""A driver that fails on purpose: around any driver, at any of its calls, before or after the call did its work."""

from __future__ import annotations

from io import IOBase
from typing import TYPE_CHECKING, Literal, TypeVar

from moorage.driver import FileWriter
from moorage.errors import BackendUnavailableError
from moorage_conformance._wrapping import WrappingDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver

T = TypeVar("T")
When = Literal["before", "after"]


class FaultyDriver(WrappingDriver):
    """Fails the ``number``-th call with `BackendUnavailableError`, and no other.

    Calls of its writers count as well; reads of an opened stream do not. Not thread-safe.

    Args:
        inner: The driver that does the work; it must be guarded.
        number: Which call fails, from 1 on.
        when: ``before`` the call did its work, or ``after``: it happened, and the caller is not told.

    Attributes:
        calls: The calls so far.
    """

    def __init__(self, inner: StorageDriver, number: int, when: When) -> None:
        super().__init__(inner)
        self.calls = 0
        self._number = number
        self._when = when

    def run(self, call: Callable[[], T], path: str) -> T:
        """Make one call, or fail."""
        self.calls += 1
        fails = self.calls == self._number
        if fails and self._when == "before":
            raise BackendUnavailableError(path, "a fault that the kit injected, before the call")
        result = call()
        if fails:
            if isinstance(result, FileWriter | IOBase):
                result.close()  # nobody else will get to
            raise BackendUnavailableError(path, "a fault that the kit injected, after the call")
        return result
