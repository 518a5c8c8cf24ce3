"""Which engine hashes: the first that loads and passes the self-test, found out once, on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from moorage.digest._engines._selftest import check_engine

if TYPE_CHECKING:
    from moorage.digest._engines._base import Engine

_NAMES: Final = ("libcrypto", "rehashes", "hashlib")


def get_engine(name: str | None = None) -> Engine:
    """Return the engine of that name, by default the first that can be used here.

    Raises:
        ValueError: There is no such engine, or it cannot be used here.
    """
    engine = _engine(engine_name() if name is None else name)
    if engine is None:
        raise ValueError(f"the digest engine {name!r} cannot be used here; these can: {', '.join(available_engines())}")
    return engine


@cache
def engine_name() -> str:
    """Return the name of the engine that hashes by default: ``libcrypto``, ``rehashes`` or ``hashlib``."""
    for name in _NAMES:
        if _engine(name):
            return name
    raise RuntimeError(f"no digest engine computes right digests ({', '.join(_NAMES)}); this Python cannot be used")


def available_engines() -> tuple[str, ...]:
    """Return the names of the engines that can be used here, the preferred one first."""
    return tuple(name for name in _NAMES if _engine(name))


@cache
def _engine(name: str) -> Engine | None:
    """Load and test an engine. Threads that come first together may each do so, and get equal ones."""
    if name not in _NAMES:
        return None
    try:
        engine: Engine = import_module(f"{__package__}._{name}").load()
        check_engine(engine)
    except Exception as error:  # noqa: BLE001  # whatever a foreign library raises, it is of no use
        import logging  # noqa: PLC0415  # 4 ms that are seldom needed: mostly the first engine passes

        logging.getLogger(__name__).debug("digest engine %s cannot be used: %s: %s", name, type(error).__name__, error)
        return None
    return engine
