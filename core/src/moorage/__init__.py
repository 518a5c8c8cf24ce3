"""Moorage: the storage half of a container registry, over pluggable storage drivers.

from moorage.config import load_configuration
from moorage import open_registry

registry = open_registry(load_configuration(Path("config.yml"), os.environ))
with registry.repository("library/app").blobs.create() as upload:
    upload.write(b"...")
    descriptor = upload.commit(Descriptor("sha256:..."))
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moorage._open import open_driver, open_registry

__all__ = ["open_driver", "open_registry"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module's attributes are of any type
    """Import on first use: ``import moorage.errors`` must not pay for the whole of core."""
    if name in __all__:
        from moorage import _open  # noqa: PLC0415  # the point of this function

        return getattr(_open, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
