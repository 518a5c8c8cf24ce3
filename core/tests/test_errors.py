"""Every error of the tree: it can be pickled, keeps its attributes, and is one line for people."""

from __future__ import annotations

import copy
import pickle
from typing import TypeAlias

import pytest

from moorage import errors
from moorage.errors import (
    AccessDeniedError,
    BackendUnavailableError,
    BlobError,
    BlobInvalidDigestError,
    BlobInvalidLengthError,
    BlobUnknownError,
    BlobUploadInUseError,
    BlobUploadUnknownError,
    ConfigurationError,
    DamagedLinkError,
    DeleteDisabledError,
    DriverError,
    DriverLoadError,
    InvalidOffsetError,
    InvalidPathError,
    MoorageError,
    OperationRefusedError,
    PathConflictError,
    PathExistsError,
    PathNotFoundError,
    ReadOnlyError,
    RepositoryNameError,
    StorageFullError,
    UnsupportedMethodError,
    WriterStateError,
)

PATH = "/docker/registry/v2/blobs"
DRIVER_ERRORS = (
    DriverError,
    PathNotFoundError,
    PathExistsError,
    PathConflictError,
    InvalidPathError,
    InvalidOffsetError,
    WriterStateError,
    UnsupportedMethodError,
    StorageFullError,
    AccessDeniedError,
    BackendUnavailableError,
    BlobUploadInUseError,
)
RETRYABLE = (StorageFullError, BackendUnavailableError, BlobUploadInUseError)


Sample: TypeAlias = tuple[MoorageError, dict[str, object], str]
"""An error, its attributes, and its text."""


def driver_sample(kind: type[DriverError], *, retryable: bool) -> Sample:
    attributes: dict[str, object] = {"path": PATH, "detail": "because", "driver": "s3", "retryable": retryable}
    error = kind(PATH, "because", driver="s3", retryable=retryable)
    return error, attributes, f"s3: {PATH}: {kind('', 'because')}"


SAMPLES: list[Sample] = [
    (MoorageError("something"), {}, "something"),
    (
        ConfigurationError("config.yml:7: storage", "name a driver"),
        {"where": "config.yml:7: storage", "what": "name a driver"},
        "config.yml:7: storage: name a driver",
    ),
    (
        DriverLoadError("storage.s3", "claimed twice"),
        {"where": "storage.s3", "what": "claimed twice"},
        "storage.s3: claimed twice",
    ),
    (
        RepositoryNameError("A\nb", "must be lowercase"),
        {"name": "A\nb", "reason": "must be lowercase"},
        "repository name 'A\\nb': must be lowercase",
    ),
    (
        OperationRefusedError("put"),
        {"operation": "put"},
        "put was refused: the configuration forbids it",
    ),
    (
        ReadOnlyError("put"),
        {"operation": "put"},
        "put was refused: the registry is read-only (storage.maintenance.readonly.enabled is true)",
    ),
    (
        DeleteDisabledError("delete"),
        {"operation": "delete"},
        "delete was refused: deletion is disabled (set storage.delete.enabled to true to allow it)",
    ),
    *(driver_sample(kind, retryable=retryable) for kind in DRIVER_ERRORS for retryable in (True, False)),
    (
        InvalidOffsetError(PATH, offset=7, driver="s3"),
        {"path": PATH, "offset": 7, "detail": "offset 7", "driver": "s3", "retryable": False},
        f"s3: {PATH}: invalid offset: offset 7",
    ),
    (
        UnsupportedMethodError(PATH, method="redirect_url", driver="s3"),
        {"path": PATH, "method": "redirect_url", "detail": "redirect_url", "driver": "s3", "retryable": False},
        f"s3: {PATH}: not supported by this driver: redirect_url",
    ),
    (BlobError("something"), {}, "something"),
    (
        BlobUnknownError("sha256:0", "library/app"),
        {"digest": "sha256:0", "repository": "library/app"},
        "blob sha256:0 is unknown in repository library/app",
    ),
    (BlobUnknownError("sha256:0"), {"digest": "sha256:0", "repository": ""}, "blob sha256:0 is unknown"),
    (
        BlobUploadUnknownError("../x\n", "library/app", "no UUID"),
        {"upload_id": "../x\n", "repository": "library/app", "reason": "no UUID"},
        "upload '../x\\n' is unknown in repository library/app: no UUID",
    ),
    (
        BlobUploadUnknownError("1"),
        {"upload_id": "1", "repository": "", "reason": ""},
        "upload '1' is unknown",
    ),
    (
        BlobInvalidDigestError("sha256:\n", "malformed"),
        {"digest": "sha256:\n", "reason": "malformed"},
        "digest 'sha256:\\n': malformed",
    ),
    (
        BlobInvalidLengthError(5, 7),
        {"expected": 5, "actual": 7},
        "the content has 7 bytes, but 5 were announced",
    ),
    (
        DamagedLinkError(PATH, "two lines"),
        {"path": PATH, "reason": "two lines"},
        f"link {PATH}: two lines",
    ),
]


def all_classes(base: type[MoorageError] = MoorageError) -> set[type[MoorageError]]:
    return {base}.union(*(all_classes(sub) for sub in base.__subclasses__() if sub.__module__ == errors.__name__))


def test_there_is_a_sample_of_every_class() -> None:
    assert {type(error) for error, _, _ in SAMPLES} == all_classes()
    assert {kind for kind in all_classes() if issubclass(kind, DriverError)} == set(DRIVER_ERRORS)


def test_the_tree_in_the_documentation_names_every_class() -> None:
    documented = errors.__doc__ or ""
    assert [kind.__name__ for kind in all_classes() if kind.__name__ not in documented] == []


samples = pytest.mark.parametrize(
    ("error", "attributes", "text"), SAMPLES, ids=[f"{n}-{type(e).__name__}" for n, (e, _, _) in enumerate(SAMPLES)]
)


@samples
def test_attributes_are_as_given(error: MoorageError, attributes: dict[str, object], text: str) -> None:
    assert {name: getattr(error, name) for name in attributes} == attributes
    assert str(error) == text


@samples
def test_pickling_keeps_class_attributes_and_text(
    error: MoorageError, attributes: dict[str, object], text: str
) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for clone in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):  # noqa: S301  # our own pickle
            assert type(clone) is type(error)
            assert {name: getattr(clone, name) for name in attributes} == attributes
            assert clone.args == error.args
            assert str(clone) == text


@samples
def test_the_text_is_one_line(error: MoorageError, attributes: dict[str, object], text: str) -> None:
    assert str(error).splitlines() == [text]
    assert set(attributes) <= vars(error).keys() | {"retryable"}


def test_what_the_guard_fills_in_later_is_pickled_too() -> None:
    error = PathNotFoundError(PATH)
    error.driver = "s3"
    clone = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own pickle
    assert clone.driver == "s3"
    assert str(clone) == f"s3: {PATH}: path not found"


@pytest.mark.parametrize("kind", DRIVER_ERRORS)
def test_a_driver_error_without_details_still_says_what_happened(kind: type[DriverError]) -> None:
    error = kind()
    assert (error.path, error.driver) == ("", "")
    assert len(str(error)) > 10
    assert error.retryable == (kind in RETRYABLE)
    assert kind(retryable=not error.retryable).retryable != error.retryable
    assert kind().retryable == error.retryable  # set on the instance, not on the class


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (RepositoryNameError, ValueError),
        (PathNotFoundError, FileNotFoundError),
        (PathExistsError, FileExistsError),
        (InvalidPathError, ValueError),
        (InvalidOffsetError, ValueError),
        (WriterStateError, ValueError),
        (AccessDeniedError, PermissionError),
        (BlobUploadInUseError, BlobError),
        (BlobInvalidDigestError, ValueError),
        (BlobInvalidLengthError, ValueError),
        (DriverLoadError, ConfigurationError),
        (ReadOnlyError, OperationRefusedError),
        (DeleteDisabledError, OperationRefusedError),
    ],
)
def test_errors_are_also_what_python_calls_them(kind: type[MoorageError], base: type[Exception]) -> None:
    assert issubclass(kind, base)
