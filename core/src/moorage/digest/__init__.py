"""Digests, and digesters whose state can be stored and resumed in Go's form.

Importing this package costs next to nothing: the engine that hashes is loaded, and tested, when the first
`Digester` is made.
"""

from moorage.digest._digest import ALGORITHMS, CANONICAL, Digest
from moorage.digest._digester import Digester
from moorage.digest._engines import available_engines, engine_name

__all__ = [
    "ALGORITHMS",
    "CANONICAL",
    "Digest",
    "Digester",
    "available_engines",
    "engine_name",
]
