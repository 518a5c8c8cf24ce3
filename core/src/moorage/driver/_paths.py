"""Driver paths: the one grammar that every driver and every caller shares.

A path is ``/`` or one or more components, each behind a slash: ``^(/[A-Za-z0-9._-]+)+$``, as in Distribution's
drivers. ``.`` and ``..`` are not components. Names that a driver keeps for itself beside a path contain a
character outside this grammar (``data~tail``), so they can never collide with a caller's path.
"""

from __future__ import annotations

import re

from moorage.errors import InvalidPathError

ROOT = "/"
_PATH = re.compile(r"(?:/[A-Za-z0-9._-]+)+")
_DOTS = re.compile(r"/\.\.?(?:/|\Z)")


def validate_path(path: str) -> str:
    """Return ``path`` unchanged if it follows the grammar.

    Raises:
        InvalidPathError: The path is empty, relative, ends in a slash, holds an empty component, ``.``, ``..``,
            or a character outside ``A-Z a-z 0-9 . _ -``.
    """
    if path == ROOT:
        return path
    if not _PATH.fullmatch(path) or _DOTS.search(path):
        raise InvalidPathError(path, "a path is absolute, of components [A-Za-z0-9._-]+, none of them . or ..")
    return path


def split_path(path: str) -> tuple[str, str]:
    """Return ``(parent, name)`` of a valid path; the root is ``("/", "")``."""
    parent, _, name = path.rpartition("/")
    return parent or ROOT, name


def join_path(parent: str, name: str) -> str:
    """Return the path of the child ``name`` beneath the directory ``parent``."""
    return f"/{name}" if parent == ROOT else f"{parent}/{name}"


def is_beneath(path: str, directory: str) -> bool:
    """Tell, component-wise, whether ``path`` lies beneath ``directory`` (``/a/bc`` does not lie beneath ``/a/b``)."""
    return path != directory and path.startswith(directory if directory == ROOT else directory + "/")
