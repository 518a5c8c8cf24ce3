"""What a field of a driver's parameters model is to somebody who writes the configuration.

A module of its own, and not part of what ``moorage.config`` exports, since it needs pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard, get_args

from pydantic import BaseModel, SecretBytes, SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo


def key_of(name: str, field: FieldInfo) -> str:
    """Return the key under which the file has the field: its alias, or else its name."""
    return field.validation_alias if isinstance(field.validation_alias, str) else name


def types_in(annotation: Any) -> Iterator[Any]:  # noqa: ANN401  # annotations have no type of their own
    """Yield an annotation and all types within it."""
    yield annotation
    for argument in get_args(annotation):
        yield from types_in(argument)


def is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    """Tell whether a type is a section with keys of its own."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def is_secret(annotation: object) -> bool:
    """Tell whether a value of this type must never be shown."""
    return any(kind in {SecretStr, SecretBytes} for kind in types_in(annotation))
