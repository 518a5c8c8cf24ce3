"""Finding and loading drivers: pluggy hooks behind the entry-point group ``moorage.drivers``."""
