"""The way in: a registry over a driver, and its repositories."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from moorage.blobs import _layout
from moorage.blobs._content import BlobStore
from moorage.blobs._linked import LinkedBlobStore
from moorage.blobs._names import validate_repository_name
from moorage.blobs._policy import Policy
from moorage.driver import guard
from moorage.errors import PathNotFoundError, RepositoryNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.driver import StorageDriver

_MARKS = frozenset({_layout.LAYERS, _layout.MANIFESTS, _layout.UPLOADS})


class Registry:
    """All repositories on one backend. Thread-safe as the driver is; cheap to make.

    Args:
        driver: The backend; it is put in its guard if it is not yet.
        delete_enabled: Whether blobs may be deleted (``storage.delete.enabled``).
        read_only: Whether everything that writes is refused (``storage.maintenance.readonly.enabled``).

    Attributes:
        driver: The guarded driver.
        blobs: All content, whatever repository it is linked into.
    """

    def __init__(self, driver: StorageDriver, *, delete_enabled: bool = False, read_only: bool = False) -> None:
        self.driver = guard(driver)
        self.blobs = BlobStore(self.driver)
        self._policy = Policy(delete_enabled=delete_enabled, read_only=read_only)

    def repository(self, name: str) -> Repository:
        """Return a repository, which need not exist: it comes into being with its first blob.

        Raises:
            RepositoryNameError: The name breaks the grammar.
        """
        validate_repository_name(name)
        return Repository(name, LinkedBlobStore(self.driver, self.blobs, name, self._policy))

    def repositories(self) -> Iterator[Repository]:
        """Yield every repository that holds blobs, manifests or uploads, in order of the names' components."""
        return self._repositories_in(_layout.REPOSITORIES)

    def _repositories_in(self, directory: str) -> Iterator[Repository]:
        try:
            children = [info.path for info in self.driver.list(directory) if info.is_dir]
        except PathNotFoundError:
            return
        names = {path.rpartition("/")[2] for path in children}
        if names & _MARKS and directory != _layout.REPOSITORIES:
            with suppress(RepositoryNameError):  # a stranger's directory: no client can name it
                yield self.repository(directory.removeprefix(_layout.REPOSITORIES + "/"))
        for path in children:
            if path.rpartition("/")[2] not in _MARKS:
                yield from self._repositories_in(path)


class Repository:
    """A named set of blobs.

    Attributes:
        name: Its name, ``library/debian``.
        blobs: The blobs that are linked into it.
    """

    def __init__(self, name: str, blobs: LinkedBlobStore) -> None:
        self.name = name
        self.blobs = blobs
