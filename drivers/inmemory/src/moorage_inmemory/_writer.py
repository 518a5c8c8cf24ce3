"""The in-memory driver's side of ``writer``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moorage.driver import FileWriter
from moorage.errors import PathNotFoundError
from moorage_inmemory._store import StoredFile

if TYPE_CHECKING:
    from moorage_inmemory._store import MemoryStore, Upload


class MemoryWriter(FileWriter):
    """Appends to one upload, which it holds from the start until it is closed or cancelled."""

    def __init__(self, store: MemoryStore, path: str, upload: Upload) -> None:
        self._store = store
        self._path = path
        self._upload = upload

    @property
    def size(self) -> int:
        """See `FileWriter.size`."""
        return self._upload.size

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """See `FileWriter.write`.

        Raises:
            PathNotFoundError: The upload was deleted meanwhile.
        """
        with self._store.lock:
            self._require_upload()
            before = self._upload.size
            self._upload.append(data)
            return self._upload.size - before

    def commit(self) -> None:
        """See `FileWriter.commit`.

        Raises:
            PathNotFoundError: The upload was deleted meanwhile.
            PathConflictError: A directory came to stand at the path, or a file above it.
        """
        # One thread uses a writer, so the copy need not keep every other user of the store waiting.
        content = self._upload.content()
        with self._store.lock:
            self._require_upload()
            self._store.refuse_conflict(self._path)
            self._store.files.set(self._path, StoredFile(content, datetime.now(UTC)))
            self._store.uploads.pop(self._path)

    def cancel(self) -> None:
        """See `FileWriter.cancel`. Committed content that the upload was to replace stays."""
        with self._store.lock:
            self._store.held.discard(self._path)
            if self._is_current():
                self._store.uploads.pop(self._path)

    def close(self) -> None:
        """See `FileWriter.close`."""
        with self._store.lock:
            self._store.held.discard(self._path)

    def _is_current(self) -> bool:
        return self._store.uploads.get(self._path) is self._upload

    def _require_upload(self) -> None:
        if not self._is_current():
            raise PathNotFoundError(self._path, "the upload was deleted while it was being written")
