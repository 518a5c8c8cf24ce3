"""Where everything lies: Distribution's layout, byte for byte, so that an operator can come and go back.

::

    /docker/registry/v2/
        blobs/<alg>/<hh>/<hex>/data
        repositories/<name>/_layers/<alg>/<hex>/link
        repositories/<name>/_manifests/revisions/<alg>/<hex>/link
        repositories/<name>/_manifests/tags/<tag>/{current/link, index/<alg>/<hex>/link}
        repositories/<name>/_uploads/<id>/{data, startedat, hashstates/<alg>/<offset>}
        quarantine/<alg>/<hex>/<id>                  (Moorage's own; Distribution never looks there)

Only this module spells paths. Its arguments are valid already: a `Digest`, a repository name, an upload id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moorage.digest import Digest

ROOT = "/docker/registry/v2"
BLOBS = f"{ROOT}/blobs"
REPOSITORIES = f"{ROOT}/repositories"
QUARANTINE = f"{ROOT}/quarantine"

LAYERS = "_layers"
MANIFESTS = "_manifests"
UPLOADS = "_uploads"


def blob_data(digest: Digest) -> str:
    """Return the path of a blob's content."""
    return f"{BLOBS}/{digest.algorithm}/{digest.hex[:2]}/{digest.hex}/data"


def quarantined(digest: Digest, unique: str) -> str:
    """Return a place for content that was found under a digest which is not its own."""
    return f"{QUARANTINE}/{digest.algorithm}/{digest.hex}/{unique}"


def repository(name: str) -> str:
    """Return the directory of a repository."""
    return f"{REPOSITORIES}/{name}"


def layers(name: str, algorithm: str) -> str:
    """Return the directory of a repository's layer links of one algorithm."""
    return f"{REPOSITORIES}/{name}/{LAYERS}/{algorithm}"


def layer(name: str, digest: Digest) -> str:
    """Return the directory that holds one layer link."""
    return f"{layers(name, digest.algorithm)}/{digest.hex}"


def layer_link(name: str, digest: Digest) -> str:
    """Return the path of a layer link: the file that makes a blob visible in a repository."""
    return f"{layer(name, digest)}/link"


def uploads(name: str) -> str:
    """Return the directory of a repository's uploads in progress."""
    return f"{REPOSITORIES}/{name}/{UPLOADS}"


def upload(name: str, upload_id: str) -> str:
    """Return the directory of one upload."""
    return f"{uploads(name)}/{upload_id}"


def upload_data(name: str, upload_id: str) -> str:
    """Return the path at which an upload's bytes gather."""
    return f"{upload(name, upload_id)}/data"


def upload_started_at(name: str, upload_id: str) -> str:
    """Return the path of the time at which an upload began; an upload exists when this file does."""
    return f"{upload(name, upload_id)}/startedat"


def hash_states(name: str, upload_id: str) -> str:
    """Return the directory of an upload's hash states."""
    return f"{upload(name, upload_id)}/hashstates"


def hash_state(name: str, upload_id: str, algorithm: str, offset: int) -> str:
    """Return the path of the hash state after ``offset`` bytes (plain decimal, as in Distribution)."""
    return f"{hash_states(name, upload_id)}/{algorithm}/{offset}"
