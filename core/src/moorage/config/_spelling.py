"""What to say about a name that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from moorage.config._tree import shown

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, accepted: Iterable[str]) -> str | None:
    """Return the accepted name that ``name`` most resembles, if any does."""
    spelt = {candidate.lower(): candidate for candidate in accepted}
    close = get_close_matches(name.lower(), spelt, n=1)
    return spelt[close[0]] if close else None


def unknown_key(name: str, accepted: Iterable[str]) -> str:
    """Return the sentence that refuses a key: the nearest spelling, and all that are accepted."""
    known = sorted(accepted)
    close = nearest(name, known)
    guess = f"; did you mean {close!r}?" if close else "."
    return f"unknown key {shown(name)!r}{guess} Accepted: {', '.join(known) or 'none'}"
