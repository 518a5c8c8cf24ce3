"""What the in-memory driver does beyond the contract: stores shared by name, holds, and its cost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moorage.driver import guard
from moorage.errors import BlobUploadInUseError, PathConflictError, PathNotFoundError
from moorage.plugins import load_driver_spec
from moorage_inmemory import InMemoryDriver, InMemoryParameters, MemoryStore, shared_store
from moorage_inmemory.plugin import moorage_driver, open_driver


@pytest.fixture
def driver() -> InMemoryDriver:
    return InMemoryDriver()


def test_the_entry_point_leads_to_the_driver() -> None:
    spec = load_driver_spec("inmemory")
    assert spec == moorage_driver()
    assert isinstance(spec.factory(spec.parameters()), InMemoryDriver)


def test_drivers_of_one_name_share_content_and_uploads() -> None:
    parameters = InMemoryParameters(name="test-shared")
    first, second = open_driver(parameters), open_driver(parameters)
    first.put_content("/a", b"content")
    with first.writer("/b") as writer:
        writer.write(b"begun")
    assert second.get_content("/a") == b"content"
    with second.writer("/b", append=True) as writer:
        assert writer.size == 5
    with pytest.raises(PathNotFoundError):
        open_driver(InMemoryParameters(name="test-other")).get_content("/a")
    assert shared_store("test-shared") is shared_store("test-shared")


def test_a_driver_without_a_store_has_its_own(driver: InMemoryDriver) -> None:
    driver.put_content("/a", b"content")
    with pytest.raises(PathNotFoundError):
        InMemoryDriver().stat("/a")


def test_a_sweep_spares_the_upload_of_an_open_writer(driver: InMemoryDriver) -> None:
    with driver.writer("/a") as writer:
        writer.write(b"begun")
        assert driver.sweep_incomplete("/", timedelta(0)) == []
    assert [(swept.path, swept.kind) for swept in driver.sweep_incomplete("/", timedelta(0))] == [
        ("/a", "unfinished upload")
    ]


def test_a_writer_is_told_that_its_upload_was_deleted() -> None:
    driver = guard(InMemoryDriver())
    writer = driver.writer("/d/a")
    writer.write(b"begun")
    driver.delete("/d")
    with pytest.raises(PathNotFoundError):
        writer.write(b"more")
    with pytest.raises(PathNotFoundError):
        writer.commit()
    with pytest.raises(BlobUploadInUseError):
        driver.writer("/d/a")
    writer.close()
    driver.writer("/d/a").cancel()
    with pytest.raises(PathNotFoundError):
        driver.stat("/d")


def test_a_late_cancel_spares_what_came_after_a_delete(driver: InMemoryDriver) -> None:
    late = driver.writer("/a")
    driver.delete("/a")
    driver.put_content("/a", b"new")
    late.cancel()
    assert driver.get_content("/a") == b"new"


def test_a_file_and_a_directory_never_share_a_path(driver: InMemoryDriver) -> None:
    driver.put_content("/d/a", b"kept")
    for path in ("/d", "/d/a/b", "/d/a/b/c"):
        with pytest.raises(PathConflictError):
            driver.put_content(path, b"")
        with pytest.raises(PathConflictError):
            driver.create_content(path, b"")
        with pytest.raises(PathConflictError):
            driver.writer(path)
    with driver.writer("/e") as early:
        driver.put_content("/e/a", b"first")
        with pytest.raises(PathConflictError):
            early.commit()
    assert [info.path for info in driver.walk("/")] == ["/d/a", "/e/a"]


def test_a_walk_goes_on_past_its_batch(driver: InMemoryDriver) -> None:
    paths = [f"/d/{number:05}" for number in range(2_500)]
    for path in reversed(paths):
        driver.put_content(path, b"")
    assert [info.path for info in driver.walk("/")] == paths
    assert [info.path for info in driver.walk("/d", paths[999])] == paths[1_000:]


def test_appends_do_not_copy_what_is_there() -> None:
    # The store of a resumed upload is the very bytearray that the first writer filled.
    store = MemoryStore()
    driver = InMemoryDriver(store)
    with driver.writer("/a") as writer:
        writer.write(b"x" * 1_000)
    upload = store.uploads.get("/a")
    assert upload is not None
    tail = upload.tail
    for _ in range(3):
        with driver.writer("/a", append=True) as writer:
            writer.write(b"y")
    assert store.uploads.get("/a") is upload
    assert upload.tail is tail
    assert len(tail) == 1_003
