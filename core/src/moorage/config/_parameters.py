"""A driver's parameters: its pydantic model applied to the document, and pydantic's errors put into one of ours.

No message of ours repeats a value: what was typed in the wrong place, or misspelt, may be a secret. A driver's own
validator may, but neither a secret nor what a variable set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from moorage.config._spelling import unknown_key
from moorage.config._tree import dotted
from moorage.config.fields import is_model, is_secret, key_of, types_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from moorage.config._document import Document
    from moorage.config._tree import Key, Node
    from moorage.driver import DriverParameters
    from moorage.errors import ConfigurationError

P = TypeVar("P", bound="DriverParameters")

_MESSAGES = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a section with keys of its own",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be a section with keys of its own",
    "string_type": "must be text; put it in quotes",
}
_BOUNDS = frozenset(
    {
        *("greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "too_long", "too_short"),
        *("string_pattern_mismatch", "string_too_long", "string_too_short"),
    }
)
"""Kinds of problem whose message has the bound in it, and never the value."""
_UNSPECIFIC = "the value is not accepted"


def validate_parameters(document: Document, driver: str, model: type[P]) -> P:
    """Return the parameters beneath ``storage.<driver>``.

    Raises:
        ConfigurationError: The model does not accept them. It is about the first problem, and names the others.
    """
    way = ("storage", driver)
    section = document.find(*way)
    raw = _raw(section, model) if section is not None else {}
    try:
        return model.model_validate(raw)
    except ValidationError as invalid:
        problems = invalid.errors(include_url=False)
    # Raised outside the except block: pydantic's error holds the values, and would go along as the context.
    raise _error(document, way, model, raw, problems)


def _error(
    document: Document, way: tuple[Key, ...], model: type[BaseModel], raw: object, problems: list[ErrorDetails]
) -> ConfigurationError:
    # A misspelt key comes first: it explains the one that is missing.
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    places = [_place(document, way, problem) for problem in problems]
    withheld = {str(value) for value in (*_secrets(model, raw), *_set_by_variables(document.find(*way)))} - {""}
    what = _what(model, problems[0], places[0][len(way) :], withheld, dotted(places[0]))
    if unreachable := _unreachable(document, model, places[0], len(way)):
        what = f"{what}. A variable reaches {unreachable} only where the file has that key too"
    others = sorted({dotted(place) for place in places[1:]} - {dotted(places[0])})
    if others:
        what = f"{what}. Also wrong: {', '.join(others)}"
    return document.error(places[0], what)


def _raw(node: Node, model: type[BaseModel] | None) -> object:
    """Return plain values for pydantic. A key without a value is left out, as unset, if it is one of the model's."""
    if isinstance(node.value, list):
        return [_raw(item, model) for item in node.value]
    if not isinstance(node.value, dict):
        return node.value
    closed = model is not None and model.model_config.get("extra") == "forbid"
    accepted = _accepted(model)
    return {
        key: _raw(child, _model_of(model, (key,)))
        for key, child in node.value.items()
        if child.value is not None or (closed and key not in accepted)
    }


def _place(document: Document, way: tuple[Key, ...], problem: ErrorDetails) -> tuple[Key, ...]:
    """Return the keys that a problem is about. Pydantic's location also has names of types, which are no keys."""
    place = way
    for step in problem["loc"]:
        if not document.has(*place, step) and problem["type"] != "missing":
            break
        place = (*place, step)
    return place


def _what(model: type[BaseModel], problem: ErrorDetails, keys: tuple[Key, ...], withheld: set[str], name: str) -> str:
    kind = problem["type"]
    if kind == "extra_forbidden":
        return unknown_key(str(keys[-1]), _accepted(_model_of(model, keys[:-1])))
    field = _field(model, keys)
    meaning = f" ({field.description.rstrip('.')})" if field is not None and field.description else ""
    if kind == "missing":
        return f"the required key {name} is missing{meaning}"
    if kind in {"literal_error", "enum"}:
        return f"{name} must be {problem['ctx']['expected']}{meaning}"
    if kind in _MESSAGES:
        return f"{name} {_MESSAGES[kind]}{meaning}"
    return f"{name}: {_message(problem, field, withheld)}{meaning}"


def _unreachable(document: Document, model: type[BaseModel], place: tuple[Key, ...], depth: int) -> str | None:
    """Return the key that a variable meant, if its underscore was taken for a level: ``..._AZURE_MAX_RETRIES``."""
    node = document.find(*place)
    if node is None or not node.origin.variable or not isinstance(node.value, dict):
        return None
    siblings = _accepted(_model_of(model, place[depth:-1]))
    return next((name for name in siblings if name.startswith(f"{place[-1]}_")), None)


def _message(problem: ErrorDetails, field: FieldInfo | None, withheld: set[str]) -> str:
    """Return pydantic's message, or that of the driver's own validator, unless it repeats what is withheld."""
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    secret = field is not None and is_secret(field.annotation)
    if problem["type"] not in _BOUNDS and (secret or any(text in message for text in withheld)):
        return _UNSPECIFIC
    return message.replace("Input should", "must").replace("Value should", "must")


def _accepted(model: type[BaseModel] | None) -> list[str]:
    return [] if model is None else [key_of(name, field) for name, field in model.model_fields.items()]


def _field(model: type[BaseModel], keys: tuple[Key, ...]) -> FieldInfo | None:
    owner = _model_of(model, keys[:-1])
    if owner is None or not keys:
        return None
    return next((field for name, field in owner.model_fields.items() if key_of(name, field) == keys[-1]), None)


def _model_of(model: type[BaseModel] | None, keys: tuple[Key, ...]) -> type[BaseModel] | None:
    """Return the model of the section at ``keys``; items of a list share the model of its field."""
    for key in keys:
        if model is not None and isinstance(key, str):
            field = _field(model, (key,))
            nested = [] if field is None else [kind for kind in types_in(field.annotation) if is_model(kind)]
            model = nested[0] if nested else None
    return model


def _secrets(model: type[BaseModel], raw: object) -> Iterator[object]:
    """Yield the values of all secret fields."""
    if isinstance(raw, list):
        for item in raw:
            yield from _secrets(model, item)
    elif isinstance(raw, dict):
        for name, field in model.model_fields.items():
            value = raw.get(key_of(name, field))
            if value is None:
                continue
            if is_secret(field.annotation):
                yield from _leaves(value)
            for kind in types_in(field.annotation):
                if is_model(kind):
                    yield from _secrets(kind, value)


def _set_by_variables(node: Node | None) -> Iterator[object]:
    if node is not None and isinstance(node.value, (dict, list)):
        for child in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from _set_by_variables(child)
    elif node is not None and node.origin.variable and node.value is not None:
        yield node.value


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
