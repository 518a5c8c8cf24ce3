"""Moorage and the Go registry on one tree of files, in both directions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Pattern = Callable[[int, str], bytes]


def test_every_blob_of_the_golden_tree_is_read_with_the_right_digest(
    golden: dict[str, Any], golden_tree: Path, watch: Callable[[Path], Any], pattern: Pattern
) -> None:
    registry = Registry(watch(golden_tree).driver)
    read = {}
    for digest in registry.blobs.enumerate():
        with registry.blobs.open_verified(digest) as stream:
            read[str(digest)] = stream.read()

    assert {golden["blob"]["digest"], golden["empty"], golden["manifest"]} < set(read)
    assert len(read) == 4
    assert read[golden["blob"]["digest"]] == pattern(golden["blob"]["size"], golden["blob"]["seed"])
    assert [repository.name for repository in registry.repositories()] == ["library/app", "library/other"]
    app = registry.repository("library/app").blobs
    assert golden["blob"]["digest"] in set(app.enumerate())
    assert app.stat(golden["blob"]["digest"]).size == golden["blob"]["size"]
    other = registry.repository(golden["uploads_repository"]).blobs
    assert {upload.id for upload in other.uploads()} == {upload["id"] for upload in golden["uploads"]}


@pytest.mark.parametrize("index", [0, 1, 2])
def test_an_upload_that_go_began_is_finished_without_reading_its_data(
    index: int, golden: dict[str, Any], golden_tree: Path, watch: Callable[[Path], Any], pattern: Pattern
) -> None:
    upload = golden["uploads"][index]
    watched = watch(golden_tree)
    blobs = Registry(watched.driver).repository(golden["uploads_repository"]).blobs
    content = pattern(upload["total"], upload["seed"])

    writer = blobs.resume(upload["id"])
    assert writer.size == upload["received"]
    writer.write(content[upload["received"] :])
    descriptor = writer.commit(Descriptor(upload["digest"], upload["total"]))

    assert descriptor == Descriptor(upload["digest"], upload["total"])
    reads_of_data = [e for e in watched.events if e.operation in {"read_stream", "get_content"} and "/data" in e.path]
    assert reads_of_data == []
    assert blobs.get(upload["digest"]) == content
    assert not (golden_tree / "docker/registry/v2/repositories/library/other/_uploads" / upload["id"]).exists()


def test_go_serves_what_moorage_stored(
    tmp_path: Path, watch: Callable[[Path], Any], go_registry: Callable[[Path], Any], pattern: Pattern
) -> None:
    tree = tmp_path / "tree"
    blobs = Registry(watch(tree).driver).repository("library/moorage").blobs
    small, large = pattern(1000, "small"), pattern(3 << 20, "large")
    stored = [(blobs.put(small).digest, small), (blobs.put(b"").digest, b"")]
    with blobs.create(["sha512"]) as writer:
        writer.read_from(BytesIO(large))
        by_sha512 = Digest.of(large, "sha512")
        stored += [(writer.commit(Descriptor(by_sha512)).digest, large), (by_sha512, large)]

    with go_registry(tree) as go:
        for digest, content in stored:
            status, headers, body = go.request("GET", f"/v2/library/moorage/blobs/{digest}")
            assert (status, body) == (200, content)
            assert headers["Content-Length"] == str(len(content))


def test_moorage_reads_what_was_pushed_to_go(
    tmp_path: Path, watch: Callable[[Path], Any], go_registry: Callable[[Path], Any], pattern: Pattern
) -> None:
    tree = tmp_path / "tree"
    content = pattern(2_500_001, "pushed")
    digest = Digest.of(content)
    with go_registry(tree) as go:
        _, headers, _ = go.request("POST", "/v2/library/pushed/blobs/uploads/", b"")
        status, _, body = go.request(
            "PUT",
            f"{headers['Location']}&digest={digest}",
            content,
            {"Content-Type": "application/octet-stream"},
        )
        assert status == 201, body
        _, headers, _ = go.request("POST", "/v2/library/pushed/blobs/uploads/", b"")
        status, headers, body = go.request(
            "PATCH", headers["Location"], content[:1_234_567], {"Content-Type": "application/octet-stream"}
        )
        assert status == 202, body
        upload_id = headers["Docker-Upload-Uuid"]

    watched = watch(tree)
    blobs = Registry(watched.driver).repository("library/pushed").blobs
    assert blobs.get(digest) == content
    assert list(blobs.enumerate()) == [digest]
    writer = blobs.resume(upload_id)
    assert writer.size == 1_234_567
    assert writer.digest == Digest.of(content[:1_234_567])
    writer.write(content[1_234_567:])
    assert writer.commit(Descriptor(digest)).size == len(content)


def test_go_finishes_an_upload_that_moorage_began(
    tmp_path: Path, watch: Callable[[Path], Any], go_registry: Callable[[Path], Any], pattern: Pattern
) -> None:
    tree = tmp_path / "tree"
    content = pattern(200_000, "halves")
    digest = Digest.of(content)
    blobs = Registry(watch(tree).driver).repository("library/halves").blobs
    with blobs.create() as writer:
        writer.write(content[:123_457])

    with go_registry(tree) as go:
        state = {
            "Name": "library/halves",
            "UUID": writer.id,
            "Offset": 123_457,
            "StartedAt": writer.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        message = json.dumps(state).encode()
        token = base64.urlsafe_b64encode(hmac.digest(go.secret.encode(), message, hashlib.sha256) + message).decode()
        url = f"/v2/library/halves/blobs/uploads/{writer.id}?_state={token}&digest={digest}"
        status, _, body = go.request("PUT", url, content[123_457:], {"Content-Type": "application/octet-stream"})
        assert status == 201, body
        assert go.request("GET", f"/v2/library/halves/blobs/{digest}")[2] == content

    assert blobs.get(digest) == content
    assert list(blobs.uploads()) == []
