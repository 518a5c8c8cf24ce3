"""A driver's parameters as records, read from its pydantic model."""

from __future__ import annotations

from datetime import timedelta
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr

from moorage.config import format_duration
from moorage.config.fields import is_model, is_secret, key_of, types_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from moorage.cli._output import Record

_NAMES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    SecretStr: "text",
    SecretBytes: "text",
    timedelta: "duration",
}
"""Types as somebody who writes YAML knows them."""


def parameters(model: type[BaseModel], section: str = "") -> Iterator[Record]:
    """Yield each parameter: its name, type, default, whether it is required and secret, and what it means.

    A section within the parameters shows as its own parameters, ``section.key``. No default of a secret is shown.
    """
    for name, field in model.model_fields.items():
        key = section + key_of(name, field)
        nested = [kind for kind in types_in(field.annotation) if is_model(kind)]
        if nested:
            yield from parameters(nested[0], f"{key}.")
            continue
        secret = is_secret(field.annotation)
        yield {
            "parameter": key,
            "type": _name(field.annotation),
            "default": None if secret else _default(field),
            "required": field.is_required(),
            "secret": secret,
            "description": field.description or "",
        }


def _default(field: FieldInfo) -> object:
    """Return the default as JSON can say it; None where there is none, or only a running driver can tell it."""
    default = None if field.is_required() or field.default_factory else field.get_default()
    if isinstance(default, timedelta):
        return format_duration(default)
    return default if default is None or isinstance(default, (bool, int, float, str)) else str(default)


def _name(kind: Any) -> str:  # noqa: ANN401  # annotations have no type of their own
    if kind in _NAMES:
        return _NAMES[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(str(argument) for argument in arguments)
    if origin in {Union, UnionType}:
        return " or ".join(_name(argument) for argument in arguments if argument is not NoneType)
    if origin in {list, tuple, set, frozenset}:
        return "list"
    if origin is Annotated:
        return _name(arguments[0])
    return "section" if origin is dict or kind is dict else getattr(kind, "__name__", str(kind)).lower()
