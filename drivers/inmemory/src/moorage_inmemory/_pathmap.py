"""A mapping from paths to values that also answers what lies beneath a directory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Generic, TypeVar

from moorage.driver import ROOT

V = TypeVar("V")


class PathMap(Generic[V]):
    """A dict beside a sorted list of its keys, so that one directory costs what it holds, not what the store holds.

    Paths are ASCII, so the order of ``str`` is the byte order that ``walk`` needs. Not thread-safe: the store's
    lock is held around every use.
    """

    def __init__(self) -> None:
        self._values: dict[str, V] = {}
        self._paths: list[str] = []

    def __contains__(self, path: str) -> bool:
        return path in self._values

    def get(self, path: str) -> V | None:
        """Return the value at ``path``, or None."""
        return self._values.get(path)

    def set(self, path: str, value: V) -> None:
        """Store ``value`` at ``path``, replacing what was there."""
        if path not in self._values:
            insort(self._paths, path)
        self._values[path] = value

    def pop(self, path: str) -> V | None:
        """Remove and return the value at ``path``; None if there is none."""
        value = self._values.pop(path, None)
        if value is not None:
            del self._paths[bisect_left(self._paths, path)]
        return value

    def first_beneath(self, directory: str) -> str | None:
        """Return the smallest path beneath ``directory``, or None: whether the directory exists, in one look."""
        start, stop = self._span(directory)
        return self._paths[start] if start < stop else None

    def beneath(self, directory: str, after: str = "", limit: int | None = None) -> list[tuple[str, V]]:
        """Return up to ``limit`` items beneath ``directory`` whose path is greater than ``after``, in order."""
        start, stop = self._span(directory)
        start = max(start, bisect_right(self._paths, after))
        stop = stop if limit is None else min(stop, start + limit)
        return [(path, self._values[path]) for path in self._paths[start:stop]]

    def children(self, directory: str) -> list[str]:
        """Return one path per direct child of ``directory``: its own if it is a file, else the first beneath it."""
        start, stop = self._span(directory)
        skip = len(_opening(directory))
        found = []
        while start < stop:
            path = self._paths[start]
            found.append(path)
            slash = path.find("/", skip)
            start = start + 1 if slash < 0 else bisect_left(self._paths, path[:slash] + "0", start)
        return found

    def _span(self, directory: str) -> tuple[int, int]:
        opening = _opening(directory)
        return bisect_left(self._paths, opening), bisect_left(self._paths, opening[:-1] + "0")


def _opening(directory: str) -> str:
    """Return what the paths beneath ``directory`` begin with; in ASCII ``0`` is the character after ``/``."""
    return directory if directory == ROOT else directory + "/"
