"""What lies in the backend for one upload: ``startedat``, ``data`` and the hash states."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moorage.blobs import _layout
from moorage.blobs._hasher import UploadHasher
from moorage.digest import ALGORITHMS, CANONICAL, Digester
from moorage.errors import BlobUploadUnknownError, DriverError, PathNotFoundError

if TYPE_CHECKING:
    from moorage.digest import Digest
    from moorage.driver import StorageDriver

log = logging.getLogger("moorage.blobs")

_STARTED_AT = "%Y-%m-%dT%H:%M:%SZ"
_OFFSET = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class UploadInfo:
    """An upload in progress.

    Attributes:
        id: Its UUID.
        repository: The repository that it will be linked into.
        started_at: When it began, in UTC, to the second.
        size: Bytes received so far, or None where the backend does not show them before the commit.
    """

    id: str
    repository: str
    started_at: datetime
    size: int | None


class UploadResources:
    """The files of one upload. Their order in time is what makes every crash harmless.

    ``startedat`` is written first and removed first, since an upload exists exactly as long as it does; a hash
    state is written only after the data that it describes.
    """

    def __init__(self, driver: StorageDriver, repository: str, upload_id: str) -> None:
        self._driver = driver
        self.repository = repository
        self.id = upload_id
        self.data = _layout.upload_data(repository, upload_id)

    def begin(self, started_at: datetime) -> None:
        """Make the upload exist. It only saves work, so it need not survive a power cut."""
        content = started_at.strftime(_STARTED_AT).encode()
        self._driver.put_content(_layout.upload_started_at(self.repository, self.id), content, durable=False)

    def started_at(self) -> datetime:
        """Return when the upload began.

        Raises:
            BlobUploadUnknownError: It does not exist, or its ``startedat`` is damaged.
        """
        try:
            content = self._driver.get_content(_layout.upload_started_at(self.repository, self.id))
        except PathNotFoundError:
            raise BlobUploadUnknownError(self.id, self.repository) from None
        try:
            return datetime.strptime(content.decode("ascii"), _STARTED_AT).replace(tzinfo=UTC)
        except ValueError as error:
            raise BlobUploadUnknownError(self.id, self.repository, "its startedat is damaged") from error

    def info(self) -> UploadInfo:
        """Describe the upload.

        Raises:
            BlobUploadUnknownError: As in `started_at`.
        """
        started_at = self.started_at()
        try:
            size = self._driver.stat(self.data).size
        except PathNotFoundError:
            size = None
        return UploadInfo(self.id, self.repository, started_at, size)

    def store_states(self, hasher: UploadHasher, offset: int) -> None:
        """Store the hasher's states for ``offset``. They only save work, so a failure is logged and no more."""
        try:
            for algorithm, state in hasher.states().items():
                path = _layout.hash_state(self.repository, self.id, algorithm, offset)
                self._driver.put_content(path, state, durable=False)
        except DriverError as error:
            log.warning("upload %s: no hash state was stored, so its commit will read it again: %s", self.id, error)

    def restore_states(self, size: int) -> UploadHasher | None:
        """Return a hasher at offset ``size``, or None if no canonical state of that offset is stored.

        States beyond ``size`` describe bytes that never reached the backend, and are deleted.
        """
        algorithms: dict[str, None] = {}
        for algorithm, offset in self._stored_states():
            algorithms[algorithm] = None
            if offset > size:
                self._driver.delete(_layout.hash_state(self.repository, self.id, algorithm, offset))
        if size == 0:
            return UploadHasher.new(algorithms)
        restored = {algorithm: self._restore(algorithm, size) for algorithm in algorithms}
        digesters = {name: digester for name, digester in restored.items() if digester is not None}
        return UploadHasher(digesters, whole=False) if CANONICAL in digesters else None

    def forget_states(self) -> None:
        """Delete all hash states: the data that they describe is gone, and other data is about to come."""
        self._delete(_layout.hash_states(self.repository, self.id))

    def last_digest(self) -> Digest | None:
        """Return the canonical digest that the stored state of the greatest offset describes, if there is one."""
        offsets = [offset for algorithm, offset in self._stored_states() if algorithm == CANONICAL]
        digester = self._restore(CANONICAL, max(offsets)) if offsets else None
        return digester.digest() if digester is not None else None

    def remove(self) -> None:
        """Remove everything. What is gone already is no error."""
        self._delete(_layout.upload_started_at(self.repository, self.id))
        self._delete(_layout.upload(self.repository, self.id))

    def _delete(self, path: str) -> None:
        try:
            self._driver.delete(path)
        except PathNotFoundError:
            return

    def _restore(self, algorithm: str, offset: int) -> Digester | None:
        try:
            state = self._driver.get_content(_layout.hash_state(self.repository, self.id, algorithm, offset))
        except PathNotFoundError:
            return None
        return Digester.restore(algorithm, state, offset)

    def _stored_states(self) -> list[tuple[str, int]]:
        directory = _layout.hash_states(self.repository, self.id)
        try:
            paths = [info.path.removeprefix(directory + "/") for info in self._driver.walk(directory)]
        except PathNotFoundError:
            return []
        pairs = [path.partition("/")[::2] for path in paths]
        return [(name, int(offset)) for name, offset in pairs if name in ALGORITHMS and _OFFSET.fullmatch(offset)]
