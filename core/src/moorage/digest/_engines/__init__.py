"""The libraries that can hash: one module each, and the choice between them.

hashlib does not export the state of a hash, so it comes last. In order of preference:

``libcrypto``
    OpenSSL's ``SHA256_CTX`` and ``SHA512_CTX``, public plain structs, through ctypes. As fast as hashlib, and
    releases the GIL.
``rehashes``
    The PyPI package of that name (``pip install 'moorage[rehashes]'``), for interpreters that contain OpenSSL
    instead of sharing it, on systems that have no shared one. Keeps the GIL.
``hashlib``
    Always there, and cannot resume: a resumed upload is read again when it is committed.

The PyPI package ``rehash`` is left out on purpose. It reaches into OpenSSL 1.x and raises ``NotImplementedError``
on OpenSSL 3, which Python 3.11 and later are commonly built with, so it could not be tested honestly. It also
stores its state as a pickle; to load one from a bucket is to run what whoever can write there wrote
(CVE-2026-32590).

An engine is used only after it passed a self-test in this very process: structs and serialized forms of other
people's libraries may change, and then the next engine takes over.
"""

from moorage.digest._engines._base import Engine, Hasher
from moorage.digest._engines._choice import available_engines, engine_name, get_engine

__all__ = ["Engine", "Hasher", "available_engines", "engine_name", "get_engine"]
