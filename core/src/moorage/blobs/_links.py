"""Link files: one digest, no newline. A repository sees a blob exactly if it holds a link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moorage.blobs import _layout
from moorage.blobs._enumerate import digests_beneath
from moorage.digest import ALGORITHMS, CANONICAL, Digest
from moorage.errors import BlobInvalidDigestError, DamagedLinkError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.driver import StorageDriver


class LayerLinks:
    """The layer links of one repository.

    The link of a canonical digest holds that digest; the link of another algorithm (an alias) holds the canonical
    digest as well. Thread-safe as the driver is.
    """

    def __init__(self, driver: StorageDriver, repository: str) -> None:
        self._driver = driver
        self._repository = repository

    def resolve(self, digest: Digest) -> Digest | None:
        """Return the canonical digest that the link of ``digest`` holds, or None if there is no link.

        Raises:
            DamagedLinkError: There is one, and it does not hold a canonical digest.
        """
        path = _layout.layer_link(self._repository, digest)
        try:
            content = self._driver.get_content(path)
        except PathNotFoundError:
            return None
        return _parse(path, content, digest)

    def add(self, canonical: Digest, announced: Digest) -> None:
        """Link ``canonical``, and ``announced`` as an alias of it where the two differ. Durable when it returns."""
        for digest in dict.fromkeys((canonical, announced)):
            self._driver.put_content(_layout.layer_link(self._repository, digest), canonical.encode())

    def remove(self, canonical: Digest) -> None:
        """Remove the link of ``canonical`` and its aliases, the aliases first: none of them is ever left alone."""
        for alias in self._aliases(canonical):
            self._delete(alias)
        self._delete(canonical)

    def canonical(self) -> Iterator[Digest]:
        """Yield every linked canonical digest once, in order of its hex form."""
        return digests_beneath(self._driver, _layout.layers(self._repository, CANONICAL), CANONICAL, "link")

    def _aliases(self, canonical: Digest) -> Iterator[Digest]:
        for algorithm in ALGORITHMS:
            if algorithm == CANONICAL:
                continue
            try:
                names = [
                    info.path.rpartition("/")[2]
                    for info in self._driver.list(_layout.layers(self._repository, algorithm))
                ]
            except PathNotFoundError:
                continue
            for name in names:
                try:
                    alias = Digest(f"{algorithm}:{name}")
                    if self.resolve(alias) == canonical:
                        yield alias
                except (BlobInvalidDigestError, DamagedLinkError):
                    continue  # not an alias of this blob, whatever it is: fsck tells

    def _delete(self, digest: Digest) -> None:
        try:
            self._driver.delete(_layout.layer(self._repository, digest))
        except PathNotFoundError:
            return  # another process was faster


def _parse(path: str, content: bytes, digest: Digest) -> Digest:
    try:
        target = Digest(content.decode("ascii"))
    except (UnicodeDecodeError, BlobInvalidDigestError) as error:
        raise DamagedLinkError(path, f"it holds {content[:100]!r}, not a digest") from error
    if target.algorithm != CANONICAL or (digest.algorithm == CANONICAL and target != digest):
        raise DamagedLinkError(path, f"it holds {target}, which is not what a link of {digest} may hold")
    return target
