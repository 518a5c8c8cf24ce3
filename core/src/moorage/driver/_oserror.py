"""`OSError` in Moorage's terms, for drivers that stand on files or sockets."""

from __future__ import annotations

import errno

from moorage.errors import (
    AccessDeniedError,
    BackendUnavailableError,
    DriverError,
    InvalidPathError,
    PathConflictError,
    PathExistsError,
    PathNotFoundError,
    StorageFullError,
)

_BY_ERRNO: dict[int, type[DriverError]] = {
    errno.ENOENT: PathNotFoundError,
    errno.EEXIST: PathExistsError,
    errno.EISDIR: PathConflictError,
    errno.ENOTDIR: PathConflictError,
    errno.ENOTEMPTY: PathConflictError,
    errno.ENAMETOOLONG: InvalidPathError,
    errno.ELOOP: InvalidPathError,
    errno.ENOSPC: StorageFullError,
    errno.EDQUOT: StorageFullError,
    errno.EACCES: AccessDeniedError,
    errno.EPERM: AccessDeniedError,
    errno.EROFS: AccessDeniedError,
    errno.ECONNREFUSED: BackendUnavailableError,
    errno.ECONNRESET: BackendUnavailableError,
    errno.EPIPE: BackendUnavailableError,
    errno.ETIMEDOUT: BackendUnavailableError,
    errno.EHOSTUNREACH: BackendUnavailableError,
    errno.ENETUNREACH: BackendUnavailableError,
    errno.ESTALE: BackendUnavailableError,
    errno.EMFILE: BackendUnavailableError,
    errno.ENFILE: BackendUnavailableError,
}


def from_oserror(error: OSError, path: str) -> DriverError:
    """Return the `DriverError` that says what ``error`` says; raise it ``from`` the original.

    An error that is Moorage's own already is returned as it is.
    """
    if isinstance(error, DriverError):
        return error
    kind = _BY_ERRNO.get(error.errno or 0, DriverError)
    return kind(path, error.strerror or str(error) or type(error).__name__)
