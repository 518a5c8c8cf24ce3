"""Clauses: the sentences of the contract, each with an id that stays, proved by a test method."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

Test = TypeVar("Test", bound="Callable[..., Any]")

_ID = re.compile(r"(?:driver|blob)(?:\.[a-z0-9]+(?:-[a-z0-9]+)*){2}")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the contract.

    Attributes:
        id: What reports and authors call it, ``driver.move.replaces-destination``. It never changes its meaning.
        sentence: The clause itself.
        test: Name of the test method that proves it.
    """

    id: str
    sentence: str
    test: str


def clause(identifier: str) -> Callable[[Test], Test]:
    """Mark a test method as the proof of a clause; its docstring is the clause's sentence.

    Args:
        identifier: ``driver`` or ``blob``, then the method or topic, then what holds.

    Raises:
        ValueError: The id breaks that form, or the method has no docstring.
    """
    if not _ID.fullmatch(identifier):
        raise ValueError(f"clause id {identifier!r}: expected driver.<topic>.<what-holds> or blob.<topic>.<what-holds>")

    def mark(test: Test) -> Test:
        if not inspect.getdoc(test):
            raise ValueError(f"clause {identifier}: {test.__name__} has no docstring to state it")
        test.moorage_clause = identifier  # type: ignore[attr-defined]  # functions take attributes
        return test

    return mark


def clause_id(test: object) -> str | None:
    """Return the id of the clause that a test method proves, or None."""
    identifier = getattr(test, "moorage_clause", None)
    return identifier if isinstance(identifier, str) else None


def clauses_of(suite: type) -> list[Clause]:
    """Return the clauses that a suite proves, sorted by id."""
    found = []
    for name, member in inspect.getmembers(suite, inspect.isfunction):
        identifier = clause_id(member)
        if identifier is not None:
            sentence = " ".join((inspect.getdoc(member) or "").split("\n\n")[0].split())
            found.append(Clause(identifier, sentence, name))
    return sorted(found, key=lambda found_clause: found_clause.id)
