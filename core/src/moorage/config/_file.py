"""Reading the configuration file, and saying what to do when that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moorage.config._tree import Node, Origin, one_line
from moorage.config._yaml import MAX_CHARACTERS, parse_yaml
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES_A_CHARACTER = 4


def read_file(path: Path) -> Node:
    """Return the document in the file, whose root is a section.

    Raises:
        ConfigurationError: The file is missing, a directory, unreadable, not UTF-8, no YAML, or no section.
    """
    name = str(path)
    text = _decode(_read(path), name)
    root = parse_yaml(text, lambda line: Origin(name, line))
    if root.value is None:
        raise ConfigurationError(
            one_line(name), "the file is empty; it needs at least 'version: 0.1' and a 'storage' section"
        )
    if not isinstance(root.value, dict):
        raise ConfigurationError(root.origin.at(), "the file must consist of sections, such as 'storage:'")
    root.origin = Origin(name)  # a missing section is on no line
    return root


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_CHARACTERS * _MOST_BYTES_A_CHARACTER + 1)
    except FileNotFoundError as error:
        raise ConfigurationError(
            one_line(str(path)), "there is no such file; check the path of the configuration"
        ) from error
    except OSError as error:
        if path.is_dir():
            what = "this is a directory; name the configuration file in it"
        elif isinstance(error, PermissionError):
            what = "the file may not be read; give this user read permission"
        else:
            what = f"the file cannot be read: {error.strerror or type(error).__name__}"
        raise ConfigurationError(one_line(str(path)), what) from error
    except ValueError as error:  # a NUL in the path
        raise ConfigurationError(one_line(str(path)), "this is no path of a file") from error


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    # Raised outside the except block: UnicodeDecodeError holds the whole file, secrets included.
    raise ConfigurationError(Origin(name, line).at(), "the file is not UTF-8; save it in that encoding")
