"""The in-memory driver keeps the whole contract."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from moorage_conformance import BlobConformance, DriverConformance
from moorage_inmemory import InMemoryDriver, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable


class TestInMemoryDriver(DriverConformance, BlobConformance):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()

    @pytest.fixture
    def driver(self, store: MemoryStore) -> InMemoryDriver:
        return InMemoryDriver(store)

    @pytest.fixture
    def open_again(self, store: MemoryStore) -> Callable[[], InMemoryDriver]:
        return partial(InMemoryDriver, store)
