"""The sections that Distribution documents, and what becomes of them here."""

from __future__ import annotations

_CORE = frozenset({"version", "storage"})
_SERVER = frozenset({"auth", "catalog", "compatibility", "health", "http", "log", "loglevel", "redis"})
"""The registry server's own; core carries them along unread."""

UNIMPLEMENTED = frozenset({"middleware", "notifications", "policy", "proxy", "reporting", "validation"})
"""Documented by Distribution, and without effect in Moorage, which has to be said."""

KNOWN_SECTIONS = _CORE | _SERVER | UNIMPLEMENTED
"""Every key that may stand at the top."""

BY_NAME_ALONE = frozenset({("storage",), ("auth",)})
"""Sections that may be a single word, the name of their one subsection: ``storage: inmemory``."""
