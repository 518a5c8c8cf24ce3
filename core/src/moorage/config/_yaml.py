"""YAML into a tree of values that know their lines. Nothing is constructed but dicts, lists and scalars.

A plain scalar becomes a number only where Python would print that number in the same way. YAML 1.1, which PyYAML
follows by itself, reads the bucket ``2024_01`` as 202401, the key ``0123`` as 83 and the account ``no`` as false;
here a parameter that wants text always gets the text that was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from moorage.config._tree import Node, shown
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.config._tree import Origin

MAX_CHARACTERS = 256 * 1024
"""Text beyond this is refused unread; a real file has a few thousand characters."""
MAX_DEPTH = 32
"""Levels of sections and lists beyond this are refused; a real file has seven."""
_MAX_VALUES = 10_000  # with every use of an alias counted again: a bomb of aliases stops here

_PLAIN = "plain"
_STRING = "tag:yaml.org,2002:str"
_SECTION = "tag:yaml.org,2002:map"
_LIST = "tag:yaml.org,2002:seq"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def parse_yaml(text: str, origin: Callable[[int], Origin]) -> Node:
    """Parse one YAML document.

    Args:
        text: The document.
        origin: Tells, for a line counted from 1, where values written there come from.

    Returns:
        The root; its value is None if the document is empty. An alias yields values of its own at every use.

    Raises:
        ConfigurationError: The text is no YAML, has a key twice, uses tags, nests a value in itself, or expands
            beyond reason. The text itself is never repeated in it.
    """
    if len(text) > MAX_CHARACTERS:
        raise ConfigurationError(origin(1).at(), f"longer than {MAX_CHARACTERS} characters; this is no configuration")
    root = _compose(text, origin)
    return Node(None, origin(1)) if root is None else _Expansion(origin).expand(root)


class _TooDeepError(Exception):
    """Sections or lists are nested beyond reason. Raised before the interpreter's own stack runs out."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Composer(yaml.SafeLoader):
    """Builds PyYAML's nodes. Nothing of its constructors is used."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.depth == MAX_DEPTH:
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise _TooDeepError(event.start_mark.line + 1)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:  # noqa: ARG002  # PyYAML's order
        if kind is yaml.ScalarNode:
            # For scalars PyYAML passes (is it plain, is it quoted).
            return _PLAIN if isinstance(implicit, tuple) and implicit[0] else _STRING
        return _LIST if kind is yaml.SequenceNode else _SECTION


def _compose(text: str, origin: Callable[[int], Origin]) -> yaml.Node | None:
    line, problem = 1, ""
    composer = None
    try:
        composer = _Composer(text)
        return composer.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = "a character that YAML forbids; write it as an escape in double quotes"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = _without_content(error)
    except _TooDeepError as error:
        line = error.line
        problem = f"nested more than {MAX_DEPTH} levels deep"
    except (ValueError, OverflowError):  # PyYAML lets some through: "\UFFFFFFFF", or %YAML with a number too long
        line = composer.line + 1 if composer is not None else 1
        problem = "an escape or a directive has a number that is out of range"
    finally:
        if composer is not None:
            composer.dispose()
    # Raised here, outside the except blocks: PyYAML's errors quote the text, and would go along as the context.
    raise ConfigurationError(origin(line).at(), f"not valid YAML: {problem}")


def _without_content(error: yaml.MarkedYAMLError) -> str:
    """Return what PyYAML found, with its names of tokens and single characters, but without words of the text."""
    parts = [part for part in (error.context, error.problem) if part]
    return " ".join(_QUOTED.sub(_harmless, ", ".join(parts)).split()) or "it cannot be parsed"


def _harmless(quoted: re.Match[str]) -> str:
    word = quoted[1] or quoted[2] or ""
    return quoted[0] if len(word) <= 1 or word.startswith("<") else ""


class _Expansion:
    """Turns PyYAML's graph of nodes into a tree: aliases and merge keys are expanded, within bounds."""

    def __init__(self, origin: Callable[[int], Origin]) -> None:
        self._origin = origin
        self._values = 0
        self._open: set[int] = set()

    def expand(self, node: yaml.Node, line: int | None = None) -> Node:
        """Return the tree of ``node``, which was written on ``line`` (that of its key) or where it begins."""
        origin = self._origin(line or node.start_mark.line + 1)
        self._values += 1
        if self._values > _MAX_VALUES:
            raise ConfigurationError(origin.at(), f"aliases expand the document beyond {_MAX_VALUES} values")
        if isinstance(node, yaml.ScalarNode):
            return Node(self._scalar(node), origin)
        if node.tag not in {_SECTION, _LIST}:
            raise self._tagged(node)
        if id(node) in self._open:
            raise ConfigurationError(origin.at(), "an alias stands inside the value that it means")
        self._open.add(id(node))
        value = self._section(node) if isinstance(node, yaml.MappingNode) else [self.expand(n) for n in node.value]
        self._open.remove(id(node))
        return Node(value, origin)

    def _section(self, node: yaml.MappingNode) -> dict[str, Node]:
        section: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise ConfigurationError(self._origin(line).at(), "a key must be a name, not a list or a section")
            key = key_node.value
            if key in lines:
                raise ConfigurationError(
                    self._origin(line).at(), f"the key {shown(key)!r} is set twice, first on line {lines[key]}"
                )
            lines[key] = line
            if key == "<<" and key_node.tag == _PLAIN:
                merged = self._merged(value_node, line)
            elif key_node.tag in {_PLAIN, _STRING}:
                section[key] = self.expand(value_node, line)
            else:
                raise self._tagged(key_node)
        return merged | section

    def _merged(self, node: yaml.Node, line: int) -> dict[str, Node]:
        """Return what a merge key ``<<`` adds: of several sections, the first that has a key decides."""
        source = self.expand(node, line)
        merged: dict[str, Node] = {}
        for section in source.value if isinstance(source.value, list) else [source]:
            if not isinstance(section.value, dict):
                raise ConfigurationError(self._origin(line).at(), "<< takes a section, or a list of sections")
            merged = section.value | merged
        return merged

    def _scalar(self, node: yaml.ScalarNode) -> bool | int | float | str | None:
        text: str = node.value
        if node.tag == _STRING:
            return text
        if node.tag != _PLAIN:
            raise self._tagged(node)
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and repr(number := float(text)) == text:
            return number
        return text

    def _tagged(self, node: yaml.Node) -> ConfigurationError:
        where = self._origin(node.start_mark.line + 1).at()
        return ConfigurationError(where, "tags have no meaning here; put a value that begins with ! in quotes")
