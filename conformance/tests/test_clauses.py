"""The clauses as a list: what reports and authors rely on."""

from __future__ import annotations

import inspect

import pytest

from moorage_conformance import Clause, DriverConformance, clause, clauses_of


def test_every_test_of_the_driver_suite_is_a_clause_of_its_own() -> None:
    found = clauses_of(DriverConformance)
    tests = {name for name, _ in inspect.getmembers(DriverConformance, inspect.isfunction) if name.startswith("test")}
    assert {one.test for one in found} == tests
    assert len({one.id for one in found}) == len(found) > 100
    assert all(one.id.startswith("driver.") for one in found)
    assert [one.id for one in found] == sorted(one.id for one in found)


def test_every_clause_is_a_sentence() -> None:
    for one in clauses_of(DriverConformance):
        assert one.sentence[0].isupper() or one.sentence.startswith("`"), one
        assert one.sentence.endswith("."), one


def test_clause_marks_a_method_with_its_sentence() -> None:
    class Suite:
        @clause("driver.put.stores-two-lines")
        def test_it(self) -> None:
            """It stores
            on two lines.

            More that is not the sentence.
            """

        def test_other(self) -> None:
            """No clause."""

    assert clauses_of(Suite) == [Clause("driver.put.stores-two-lines", "It stores on two lines.", "test_it")]


@pytest.mark.parametrize("identifier", ["", "driver", "driver.put", "put.stores", "driver.Put.stores", "driver.a.b.c"])
def test_clause_refuses_other_ids(identifier: str) -> None:
    with pytest.raises(ValueError, match="expected driver"):
        clause(identifier)


def test_clause_wants_a_sentence() -> None:
    def undocumented() -> None: ...

    with pytest.raises(ValueError, match="no docstring"):
        clause("driver.put.stores")(undocumented)
