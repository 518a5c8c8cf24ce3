"""Clauses on what errors tell."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from moorage.errors import (
    BlobUploadInUseError,
    DriverError,
    InvalidOffsetError,
    InvalidPathError,
    PathExistsError,
    PathNotFoundError,
    UnsupportedMethodError,
    WriterStateError,
)
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver


class ErrorClauses(DriverSuite):
    """Errors are for programs as well: a class, a driver, a path, and whether to try again."""

    @clause("driver.error.names-driver-and-path")
    def test_error_names_driver_and_path(self, storage: StorageDriver, base: str) -> None:
        """Every error is a `DriverError` that names driver and path, says if a retry may help, and has a text."""
        for error, path in self._errors(storage, base):
            assert isinstance(error, DriverError)
            assert (error.driver, error.path) == (storage.name, path)
            assert type(error.retryable) is bool
            assert str(error)

    @clause("driver.error.retryable")
    def test_error_retryable(self, storage: StorageDriver, base: str) -> None:
        """An error is retryable exactly if the same call may succeed later: not when nothing is there."""
        for error, _ in self._errors(storage, base):
            assert error.retryable is isinstance(error, BlobUploadInUseError)

    @clause("driver.error.builtin-kin")
    def test_error_builtin_kin(self, storage: StorageDriver, base: str) -> None:
        """Errors are also what Python calls them: `FileNotFoundError`, `FileExistsError`, `ValueError`."""
        kin = {
            PathNotFoundError: FileNotFoundError,
            PathExistsError: FileExistsError,
            InvalidPathError: ValueError,
            InvalidOffsetError: ValueError,
            WriterStateError: ValueError,
        }
        seen = set()
        for error, _ in self._errors(storage, base):
            seen.add(type(error))
            assert isinstance(error, kin.get(type(error), DriverError))
        assert seen >= {PathNotFoundError, InvalidPathError, InvalidOffsetError, WriterStateError}

    @clause("driver.error.picklable")
    def test_error_picklable(self, storage: StorageDriver, base: str) -> None:
        """Errors cross process boundaries: pickled and back, they are of the same class and tell the same."""
        for error, _ in self._errors(storage, base):
            copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # pickled in this line
            assert type(copy) is type(error)
            assert vars(copy) == vars(error)
            assert str(copy) == str(error)

    @staticmethod
    def _errors(storage: StorageDriver, base: str) -> list[tuple[DriverError, str]]:
        """Make each method fail, and return the errors with the path that each must name."""
        missing, file = f"{base}/missing", f"{base}/file"
        storage.put_content(file, b"12345")
        closed = storage.writer(f"{base}/closed")
        closed.cancel()
        calls: list[tuple[str, Callable[[], object]]] = [
            (missing, lambda: storage.stat(missing)),
            (missing, lambda: list(storage.list(missing))),
            (missing, lambda: list(storage.walk(missing))),
            (missing, lambda: storage.read_stream(missing)),
            (missing, lambda: storage.get_content(missing)),
            (missing, lambda: storage.writer(missing, append=True)),
            (missing, lambda: storage.move(missing, file)),
            (missing, lambda: storage.delete(missing)),
            (file, lambda: storage.read_stream(file, 6)),
            (file, lambda: storage.read_stream(file, -1)),
            (file, lambda: storage.create_content(file, b"")),
            (f"{base}/closed", lambda: closed.write(b"late")),
            ("not/absolute", lambda: storage.stat("not/absolute")),
        ]
        errors = []
        for path, call in calls:
            with pytest.raises(DriverError) as caught:
                call()
            errors.append((caught.value, path))
        if storage.capabilities.exclusive_writer:
            with storage.writer(f"{base}/held") as writer:
                with pytest.raises(BlobUploadInUseError) as in_use:
                    storage.writer(f"{base}/held")
                errors.append((in_use.value, f"{base}/held"))
                writer.cancel()
        if not storage.capabilities.redirect:
            with pytest.raises(UnsupportedMethodError) as unsupported:
                storage.redirect_url(file, "GET", timedelta(minutes=1))
            errors.append((unsupported.value, file))
        return errors
