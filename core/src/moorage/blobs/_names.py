"""Repository names and upload ids: both become path components, so both have a strict grammar."""

from __future__ import annotations

import re
from uuid import uuid4

from moorage.errors import BlobUploadUnknownError, RepositoryNameError

MAX_NAME_LENGTH = 255
"""Characters in a repository name at the most; Distribution's bound."""

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def validate_repository_name(name: str) -> str:
    """Return ``name`` unchanged if it follows the grammar of the OCI distribution specification.

    Raises:
        RepositoryNameError: It does not, or it is longer than `MAX_NAME_LENGTH`.
    """
    if len(name) > MAX_NAME_LENGTH:
        raise RepositoryNameError(name[:64] + "...", f"longer than {MAX_NAME_LENGTH} characters")
    if not _NAME.fullmatch(name):
        raise RepositoryNameError(
            name, "components of a-z and 0-9, joined inside by one of . _ __ or dashes, and separated by /"
        )
    return name


def new_upload_id() -> str:
    """Return a fresh upload id: a random UUID, which nobody can guess."""
    return str(uuid4())


def validate_upload_id(upload_id: str, repository: str) -> str:
    """Return ``upload_id`` unchanged if it is a UUID in its usual lower-case form.

    Raises:
        BlobUploadUnknownError: It is not, so no upload can have it.
    """
    if not _UUID.fullmatch(upload_id):
        raise BlobUploadUnknownError(upload_id[:64], repository, "an upload id is a UUID in lower case")
    return upload_id
