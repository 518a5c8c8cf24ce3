"""Durations as Go spells them (``168h``, ``1h30m``, ``300ms``), which is how Distribution's file has them."""

from __future__ import annotations

import re
from datetime import timedelta

_NANOSECONDS = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1000,
    "\N{MICRO SIGN}s": 1000,
    "\N{GREEK SMALL LETTER MU}s": 1000,
    "ns": 1,
}
_FORMATTED = ("h", "m", "s", "ms", "us")
_LONGEST = 2**63 - 1  # nanoseconds: Go counts them in an int64, which is some 292 years
_LONGEST_TEXT = 100

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_TERM = re.compile(rf"({_NUMBER})([a-z\N{{MICRO SIGN}}\N{{GREEK SMALL LETTER MU}}]+)")
_EXAMPLES = "such as 30s, 15m, 1h30m or 168h"


def parse_duration(text: str) -> timedelta:
    """Return the duration that ``text`` spells in Go's syntax (``time.ParseDuration``).

    One or more decimal numbers, each with a unit: ``h``, ``m``, ``s``, ``ms``, ``us`` or ``ns``. ``0`` needs none.
    What is finer than a microsecond is cut off. A value in the file can be a secret in the wrong place, so errors
    do not repeat the text.

    Raises:
        ValueError: The text is no duration, has no unit, is negative, or is beyond Go's 292 years.
    """
    unsigned = text.removeprefix("+")
    if unsigned == "0":
        return timedelta()
    if text.startswith("-"):
        raise ValueError("a duration cannot be negative")
    if re.fullmatch(_NUMBER, unsigned):
        raise ValueError(f"a duration needs a unit, {_EXAMPLES}")
    if not unsigned or len(unsigned) > _LONGEST_TEXT:
        raise ValueError(f"must be a duration {_EXAMPLES}")
    total = 0
    position = 0
    while position < len(unsigned):
        term = _TERM.match(unsigned, position)
        if term is None or term[2] not in _NANOSECONDS:
            raise ValueError(f"must be a duration {_EXAMPLES}; the units are h, m, s, ms, us and ns")
        whole, _, fraction = term[1].partition(".")
        total += int(whole + fraction) * _NANOSECONDS[term[2]] // 10 ** len(fraction)
        position = term.end()
    if total > _LONGEST:
        raise ValueError("a duration cannot be longer than 292 years")
    return timedelta(microseconds=total // 1000)


def format_duration(duration: timedelta) -> str:
    """Return ``duration`` in Go's syntax, without the zero parts that Go itself would print: ``168h``, ``1s500ms``.

    `parse_duration` returns the same duration from it, up to Go's longest.

    Raises:
        ValueError: The duration is negative.
    """
    rest = duration // timedelta(microseconds=1) * 1000
    if rest < 0:
        raise ValueError("a duration cannot be negative")
    parts = []
    for unit in _FORMATTED:
        count, rest = divmod(rest, _NANOSECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
