"""Every error that Moorage raises, as one tree.

::

    MoorageError
    ├── ConfigurationError                  where, what
    │   └── DriverLoadError                 where, what
    ├── RepositoryNameError (ValueError)    name
    ├── OperationRefusedError               operation
    │   ├── ReadOnlyError
    │   └── DeleteDisabledError
    ├── DriverError                         driver, path, detail, retryable
    │   ├── PathNotFoundError (FileNotFoundError)
    │   ├── PathExistsError (FileExistsError)
    │   ├── PathConflictError
    │   ├── InvalidPathError (ValueError)
    │   ├── InvalidOffsetError (ValueError)
    │   ├── WriterStateError (ValueError)
    │   ├── UnsupportedMethodError
    │   ├── StorageFullError
    │   ├── AccessDeniedError (PermissionError)
    │   ├── BackendUnavailableError
    │   └── BlobUploadInUseError (BlobError)
    └── BlobError
        ├── BlobUnknownError                digest, repository
        ├── BlobUploadUnknownError          upload_id, repository, reason
        ├── BlobInvalidDigestError (ValueError)     digest, reason
        ├── BlobInvalidLengthError (ValueError)     expected, actual
        └── DamagedLinkError                path, reason

Errors are nominal: callers catch the class and read the attributes; the message is for people and may change.
All of them can be pickled, so that they cross process boundaries. None ever carries a secret.
"""

from __future__ import annotations


class MoorageError(Exception):
    """The base of every error that Moorage raises on purpose."""


class ConfigurationError(MoorageError):
    """The configuration is wrong, and so nothing was started.

    Attributes:
        where: The file, line and key (``config.yml:7: storage.filesystem.rootdirectory``), or the environment variable.
        what: What is wrong there, and what is accepted instead.
    """

    def __init__(self, where: str, what: str) -> None:
        super().__init__(where, what)
        self.where = where
        self.what = what

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class DriverLoadError(ConfigurationError):
    """The configured driver cannot be loaded: unknown, claimed twice, incompatible or broken."""


class RepositoryNameError(MoorageError, ValueError):
    """A repository name does not follow the grammar of the OCI distribution specification."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return f"repository name {self.name!r}: {self.reason}"


class OperationRefusedError(MoorageError):
    """The configuration forbids the operation; the backend was not asked."""

    _why = "the configuration forbids it"

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return f"{self.operation} was refused: {self._why}"


class ReadOnlyError(OperationRefusedError):
    """The registry is in read-only mode (``storage.maintenance.readonly.enabled``)."""

    _why = "the registry is read-only (storage.maintenance.readonly.enabled is true)"


class DeleteDisabledError(OperationRefusedError):
    """Deletion is off, as it is unless ``storage.delete.enabled`` says otherwise."""

    _why = "deletion is disabled (set storage.delete.enabled to true to allow it)"


class DriverError(MoorageError):
    """A storage driver could not do what was asked.

    Attributes:
        driver: Name of the driver; the guard around a driver fills it in.
        path: The driver path that the call was about, ``""`` when there is none.
        detail: What happened, for people.
        retryable: Whether the same call may succeed later without anything being changed.
    """

    retryable: bool = False
    _summary = "the storage driver failed"

    def __init__(self, path: str = "", detail: str = "", *, driver: str = "", retryable: bool | None = None) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail
        self.driver = driver
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        text = f"{self._summary}: {self.detail}" if self.detail else self._summary
        return ": ".join(part for part in (self.driver, self.path, text) if part)


class PathNotFoundError(DriverError, FileNotFoundError):
    """Nothing is stored at the path."""

    _summary = "path not found"


class PathExistsError(DriverError, FileExistsError):
    """An exclusive creation found content at the path already; that content is unchanged."""

    _summary = "path exists already"


class PathConflictError(DriverError):
    """A directory stands where a file is needed, or a file where a directory is; nothing was changed."""

    _summary = "a file and a directory compete for the path"


class InvalidPathError(DriverError, ValueError):
    """The path breaks the grammar of driver paths, or would lead out of the driver's root."""

    _summary = "invalid path"


class InvalidOffsetError(DriverError, ValueError):
    """A read starts before the beginning or beyond the end of the content.

    Attributes:
        offset: The refused offset, in bytes.
    """

    _summary = "invalid offset"

    def __init__(
        self,
        path: str = "",
        detail: str = "",
        *,
        offset: int = 0,
        driver: str = "",
        retryable: bool | None = None,
    ) -> None:
        super().__init__(path, detail or f"offset {offset}", driver=driver, retryable=retryable)
        self.offset = offset


class WriterStateError(DriverError, ValueError):
    """A writer was used after it was closed, committed or cancelled."""

    _summary = "the writer is finished"


class UnsupportedMethodError(DriverError):
    """The driver lacks a capability, and says so in its ``Capabilities``.

    Attributes:
        method: The protocol method that is not supported.
    """

    _summary = "not supported by this driver"

    def __init__(
        self,
        path: str = "",
        detail: str = "",
        *,
        method: str = "",
        driver: str = "",
        retryable: bool | None = None,
    ) -> None:
        super().__init__(path, detail or method, driver=driver, retryable=retryable)
        self.method = method


class StorageFullError(DriverError):
    """The backend has no room left. What was accepted so far stays, and the work can go on once there is room."""

    retryable = True
    _summary = "the storage is full"


class AccessDeniedError(DriverError, PermissionError):
    """The backend refused the credentials, or they do not allow the operation."""

    _summary = "access denied"


class BackendUnavailableError(DriverError):
    """The backend did not answer, or answered that it cannot work now."""

    retryable = True
    _summary = "the backend is unavailable"


class BlobError(MoorageError):
    """The base of errors about blobs and uploads."""


class BlobUploadInUseError(DriverError, BlobError):
    """Another writer holds the upload; one writer per upload at a time."""

    retryable = True
    _summary = "the upload is in use by another writer"


class BlobUnknownError(BlobError):
    """The repository holds no blob of that digest (the blob may exist elsewhere: that is not told)."""

    def __init__(self, digest: str, repository: str = "") -> None:
        super().__init__(digest, repository)
        self.digest = digest
        self.repository = repository

    def __str__(self) -> str:
        where = f" in repository {self.repository}" if self.repository else ""
        return f"blob {self.digest} is unknown{where}"


class BlobUploadUnknownError(BlobError):
    """There is no such upload in the repository: never begun, finished, cancelled or purged."""

    def __init__(self, upload_id: str, repository: str = "", reason: str = "") -> None:
        super().__init__(upload_id, repository, reason)
        self.upload_id = upload_id
        self.repository = repository
        self.reason = reason

    def __str__(self) -> str:
        where = f" in repository {self.repository}" if self.repository else ""
        why = f": {self.reason}" if self.reason else ""
        return f"upload {self.upload_id!r} is unknown{where}{why}"


class BlobInvalidDigestError(BlobError, ValueError):
    """A digest is malformed, of an unknown algorithm, or not the digest of the content."""

    def __init__(self, digest: str, reason: str) -> None:
        super().__init__(digest, reason)
        self.digest = digest
        self.reason = reason

    def __str__(self) -> str:
        return f"digest {self.digest!r}: {self.reason}"


class BlobInvalidLengthError(BlobError, ValueError):
    """The content has another length than the one that was announced.

    Attributes:
        expected: The announced length in bytes.
        actual: The length that was received or found, in bytes.
    """

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return f"the content has {self.actual} bytes, but {self.expected} were announced"


class DamagedLinkError(BlobError):
    """A link file does not hold one digest. ``moorage`` never writes such a file; the blob it meant is unknown."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"link {self.path}: {self.reason}"
