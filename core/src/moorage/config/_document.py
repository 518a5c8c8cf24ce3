"""Reading typed values out of the document, with errors that point at the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moorage.config._durations import parse_duration
from moorage.config._spelling import nearest, unknown_key
from moorage.config._tree import dotted
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from moorage.config._tree import Key, Node

_BOOLEANS = {"true": True, "yes": True, "on": True, "y": True, "false": False, "no": False, "off": False, "n": False}
"""Beside true and false, YAML 1.1 has these words, and Distribution's parser takes them."""


class Document:
    """The whole configuration after overrides. Keys without a value count as unset throughout."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def has(self, *keys: Key) -> bool:
        """Tell whether ``keys`` are written somewhere, with or without a value."""
        return self._node(keys) is not None

    def find(self, *keys: Key) -> Node | None:
        """Return the node at ``keys``, or None if it is absent or has no value."""
        node = self._node(keys)
        return None if node is None or node.value is None else node

    def where(self, *keys: Key) -> str:
        """Return the place of ``keys``; if they are absent, the line of the nearest section around them."""
        node = self.root
        for key in keys:
            child = node.child(key)
            if child is None:
                break
            node = child
        return node.origin.at(keys)

    def error(self, keys: tuple[Key, ...], what: str) -> ConfigurationError:
        """Return the error that ``keys`` are wrong."""
        return ConfigurationError(self.where(*keys), what)

    def section(self, *keys: Key, accepted: Collection[str] | None = None) -> dict[str, Node]:
        """Return the section at ``keys``, empty if it is unset, refusing keys that are not ``accepted``."""
        node = self.find(*keys)
        if node is None:
            return {}
        if not isinstance(node.value, dict):
            example = f", such as {', '.join(sorted(accepted))}" if accepted else ""
            raise self.error(keys, f"{dotted(keys)} must be a section with keys of its own{example}")
        if accepted is not None:
            for key in node.value:
                if key not in accepted:
                    raise self.error((*keys, key), unknown_key(key, accepted))
        return node.value

    def boolean(self, *keys: Key, default: bool) -> bool:
        """Return the truth value at ``keys``."""
        node = self.find(*keys)
        if node is None:
            return default
        if isinstance(node.value, bool):
            return node.value
        if isinstance(node.value, str) and node.value.lower() in _BOOLEANS:
            return _BOOLEANS[node.value.lower()]
        raise self.error(keys, f"{dotted(keys)} must be true or false")

    def integer(self, *keys: Key, minimum: int) -> int | None:
        """Return the whole number at ``keys``, None if it is unset."""
        node = self.find(*keys)
        if node is None:
            return None
        if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= minimum:
            return node.value
        raise self.error(keys, f"{dotted(keys)} must be a whole number, at least {minimum}")

    def duration(self, *keys: Key, default: timedelta) -> timedelta:
        """Return the duration at ``keys``."""
        node = self.find(*keys)
        if node is None:
            return default
        text = "" if isinstance(node.value, (bool, dict, list)) else str(node.value)
        try:
            return parse_duration(text)
        except ValueError as error:
            raise self.error(keys, f"{dotted(keys)}: {error}") from error

    def choice(self, *keys: Key, accepted: Collection[str]) -> str | None:
        """Return which of the ``accepted`` words stands at ``keys``, None if it is unset."""
        node = self.find(*keys)
        if node is None:
            return None
        if isinstance(node.value, str) and node.value in accepted:
            return node.value
        close = nearest(node.value, accepted) if isinstance(node.value, str) else None
        guess = f"; did you mean {close!r}?" if close else ""
        raise self.error(keys, f"{dotted(keys)} must be one of {', '.join(sorted(accepted))}{guess}")

    def _node(self, keys: tuple[Key, ...]) -> Node | None:
        node: Node | None = self.root
        for key in keys:
            node = node.child(key) if node is not None else None
        return node
