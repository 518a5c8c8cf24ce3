"""The parsed document: plain values, each of which knows where it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = str | int
"""A step on the way into a document: the key of a section, or the index of a list."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def shown(key: str) -> str:
    """Return as much of a key as may be printed.

    ``{secretkey:hunter2}`` lacks a space, and so the whole is a key to YAML: what does not look like a name is cut.
    """
    name = _NAME.match(key)
    if name is None:
        return "…"
    return key if name.end() == len(key) else f"{name[0]}…"


def one_line(name: str) -> str:
    """Return the name of a file or variable, escaped if it holds what would break a line or a terminal."""
    return name if name.isprintable() else ascii(name)


def dotted(keys: tuple[Key, ...]) -> str:
    """Return ``storage.s3.bucket`` or ``http.tls.clientcas[0]``."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{shown(key)}" if text else shown(key)
    return text


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written.

    Attributes:
        name: The file as the caller named it, or the name of the environment variable.
        line: The line in the file, from 1; None where there is no line to point at.
        variable: Whether it is an environment variable.
    """

    name: str
    line: int | None = None
    variable: bool = False

    def at(self, keys: tuple[Key, ...] = ()) -> str:
        """Return ``config.yml:7: storage.s3.bucket``, or the variable's name alone, which says the key already."""
        name = one_line(self.name)
        if self.variable:
            return name
        place = name if self.line is None else f"{name}:{self.line}"
        return f"{place}: {dotted(keys)}" if keys else place


@dataclass(slots=True)
class Node:
    """A value of the document. Its repr shows no value, since any may be a secret.

    The tree changes while environment variables are applied, and no longer once a `Configuration` holds it.
    """

    value: bool | int | float | str | dict[str, Node] | list[Node] | None = field(repr=False)
    origin: Origin

    def child(self, key: Key) -> Node | None:
        """Return what is beneath ``key``, or None."""
        if isinstance(self.value, dict) and isinstance(key, str):
            return self.value.get(key)
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def ensure(self, key: str, origin: Origin) -> Node:
        """Return the node beneath ``key`` of a section, a section itself from now on if it had no value."""
        if not isinstance(self.value, dict):
            raise TypeError("only a section has keys")
        node = self.value.setdefault(key, Node(None, origin))
        if node.value is None:
            node.value = {}
        return node

    def name_to_section(self) -> None:
        """Turn a single word into the section that it abbreviates: ``storage: inmemory`` names a subsection."""
        if isinstance(self.value, str):
            self.value = {self.value: Node(None, self.origin)}

    def plain(self) -> object:
        """Return the value as plain dicts, lists and scalars; keys without a value are unset, and left out."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items() if node.value is not None}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value
