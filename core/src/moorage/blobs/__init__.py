"""The content-addressable blob store: registries, repositories, uploads and the blob writer."""

from moorage.blobs._content import BlobStore
from moorage.blobs._descriptor import DEFAULT_MEDIA_TYPE, Descriptor
from moorage.blobs._linked import LinkedBlobStore
from moorage.blobs._names import validate_repository_name
from moorage.blobs._reader import VerifyingReader
from moorage.blobs._registry import Registry, Repository
from moorage.blobs._upload import UploadInfo
from moorage.blobs._writer import BlobWriter

__all__ = [
    "DEFAULT_MEDIA_TYPE",
    "BlobStore",
    "BlobWriter",
    "Descriptor",
    "LinkedBlobStore",
    "Registry",
    "Repository",
    "UploadInfo",
    "VerifyingReader",
    "validate_repository_name",
]
