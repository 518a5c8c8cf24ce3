"""The clause that any order of calls is right."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from hypothesis.stateful import run_state_machine_as_test

from moorage_conformance._clauses import clause
from moorage_conformance._machine import DriverMachine
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from moorage.driver import StorageDriver


class MachineClauses(DriverSuite):
    """Whatever the order of calls, the driver shows what it was given."""

    @clause("driver.machine.any-order")
    def test_machine_any_order(self, storage: StorageDriver, another: StorageDriver, base: str) -> None:
        """In any order of calls, through two instances, a driver shows what a simple model of it shows."""
        numbers = count()

        class Machine(DriverMachine):
            def __init__(self) -> None:
                super().__init__((storage, another), f"{base}/{next(numbers)}")

        run_state_machine_as_test(Machine, settings=self.profile.machine_settings())
