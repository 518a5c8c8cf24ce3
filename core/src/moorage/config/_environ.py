"""Environment variables that override the file: ``REGISTRY_STORAGE_S3_BUCKET`` is ``storage.s3.bucket``.

The rules are Distribution's. An underscore leads one level down, a number into a list; the value is YAML; a variable
that names a whole section replaces all of it. Variables are applied in order of their names, so that
``REGISTRY_STORAGE=s3`` comes before the parameters of s3. Beyond Distribution, a key of the file that has an
underscore itself (``max_retries``) is found too, and a variable that can have no effect is an error where
Distribution ignores it in silence. A variable's value never gets into an error or a warning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moorage.config._sections import BY_NAME_ALONE, KNOWN_SECTIONS
from moorage.config._spelling import nearest
from moorage.config._tree import Node, Origin, dotted, one_line
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moorage.config._tree import Key

_PREFIX = "REGISTRY_"
_NOT_OVERRIDES = frozenset({"REGISTRY_CONFIGURATION_PATH"})  # Distribution's way to name the file itself
_MAX_STEPS = 32
_INDEX = re.compile(r"0|[1-9][0-9]{0,3}")


def apply_environment(root: Node, environ: Mapping[str, str]) -> list[str]:
    """Override values of the document, whose root is a section, by the environment.

    Returns:
        Warnings: variables with Distribution's prefix that name no section of its configuration.

    Raises:
        ConfigurationError: A variable's value is no YAML, or its name leads into something that is no section.
    """
    names = [name for name in environ if name.startswith(_PREFIX) and name not in _NOT_OVERRIDES]
    warnings = []
    for name in sorted(names, key=_order):
        steps = _steps(name)
        section = steps[0].lower()
        if section in KNOWN_SECTIONS and section != "version":
            if len(steps) > _MAX_STEPS:
                raise ConfigurationError(one_line(name), "no key of the configuration is that deep")
            value = _parse(name, environ[name])
            _override(root, steps, value, ())
        else:
            warnings.append(f"{one_line(name)}: ignored, {_why_ignored(section)}")
    return warnings


def _steps(name: str) -> list[str]:
    return name.removeprefix(_PREFIX).split("_")


def _order(name: str) -> list[tuple[int, str]]:
    # Lexical, as Distribution has it, but the indices of a list by number: 10 comes after 9.
    return [(int(step), "") if _INDEX.fullmatch(step) else (-1, step) for step in _steps(name)]


def _why_ignored(section: str) -> str:
    if section == "version":
        return "the version cannot be overridden"
    close = nearest(section, KNOWN_SECTIONS)
    guess = f"; did you mean {_PREFIX}{close.upper()}?" if close else ""
    return f"no section of the configuration has that name{guess}"


def _parse(name: str, text: str) -> Node:
    from moorage.config._yaml import parse_yaml  # noqa: PLC0415  # most starts have no file and no variable

    origin = Origin(name, variable=True)
    try:
        return parse_yaml(text, lambda _line: origin)
    except ConfigurationError as error:
        raise ConfigurationError(error.where, f"{error.what}. The value is read as YAML; quotes may help") from error


def _override(parent: Node, steps: list[str], new: Node, way: tuple[Key, ...]) -> None:
    """Put ``new`` beneath ``parent``, which is reached by ``way``, where ``steps`` lead."""
    if not steps[0]:
        raise ConfigurationError(new.origin.at(), "the name has an underscore too many; one leads to the next level")
    if way in BY_NAME_ALONE:
        parent.name_to_section()
    if parent.value is None:
        # Nothing says yet what it is. Only a list would begin with 0.
        parent.value = [] if steps[0] == "0" else {}
    if isinstance(parent.value, list):
        _override_item(parent.value, steps, new, way)
        return
    if not isinstance(parent.value, dict):
        raise ConfigurationError(new.origin.at(), f"{dotted(way)} is a single value, with no keys in it")
    key, rest = _match(parent.value, steps)
    if rest:
        child = parent.value.setdefault(key, Node(None, new.origin))
        _override(child, rest, new, (*way, key))
    else:
        parent.value[key] = new


def _override_item(items: list[Node], steps: list[str], new: Node, way: tuple[Key, ...]) -> None:
    index = int(steps[0]) if _INDEX.fullmatch(steps[0]) else len(items) + 1
    if index > len(items):
        raise ConfigurationError(
            new.origin.at(), f"{dotted(way)} is a list: its items are 0 to {len(items)}, where {len(items)} adds one"
        )
    if index == len(items):
        items.append(Node(None, new.origin))
    if steps[1:]:
        _override(items[index], steps[1:], new, (*way, index))
    else:
        items[index] = new


def _match(section: dict[str, Node], steps: list[str]) -> tuple[str, list[str]]:
    """Return the key that the first steps mean and the steps after it; a key of the section is taken as it is spelt."""
    spelt = {key.lower(): key for key in reversed(section)}
    for count in range(len(steps), 0, -1):
        key = spelt.get("_".join(steps[:count]).lower())
        if key is not None:
            return key, steps[count:]
    return steps[0].lower(), steps[1:]
