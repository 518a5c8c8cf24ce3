"""No symbolic link beneath the root leads anywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from moorage.driver import GuardedDriver, guard
from moorage.errors import DriverError, InvalidPathError
from moorage_filesystem import FilesystemDriver, FilesystemParameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_bytes(b"secret")
    return folder


@pytest.fixture
def driver(tmp_path: Path, outside: Path) -> GuardedDriver:
    root = tmp_path / "root"
    root.mkdir()
    (root / "dir").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    return guard(FilesystemDriver(FilesystemParameters(rootdirectory=str(root))))


CALLS: list[Callable[[GuardedDriver, str], object]] = [
    lambda d, p: d.stat(p),
    lambda d, p: d.get_content(p),
    lambda d, p: d.read_stream(p),
    lambda d, p: d.writer(p),
    lambda d, p: d.writer(p, append=True),
    lambda d, p: d.move(p, "/moved"),
    lambda d, p: d.delete(p),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("path", ["/dir/secret", "/file"])
def test_a_link_is_refused(driver: GuardedDriver, outside: Path, call: Callable[..., object], path: str) -> None:
    with pytest.raises(InvalidPathError) as caught:
        call(driver, path)
    assert caught.value.driver == "filesystem"
    assert (outside / "secret").read_bytes() == b"secret"
    assert [entry.name for entry in outside.iterdir()] == ["secret"]


def test_nothing_is_stored_through_a_link(driver: GuardedDriver, outside: Path) -> None:
    driver.put_content("/source", b"new")
    for call in (
        lambda: driver.put_content("/dir/new", b"x"),
        lambda: driver.create_content("/dir/new", b"x"),
        lambda: driver.move("/source", "/dir/new"),
        lambda: list(driver.list("/dir")),
        lambda: list(driver.walk("/dir")),
    ):
        with pytest.raises(DriverError):
            call()
    driver.put_content("/file", b"replaces the link, not what it leads to")
    assert (outside / "secret").read_bytes() == b"secret"
    assert [entry.name for entry in outside.iterdir()] == ["secret"]


def test_links_do_not_show_and_are_not_followed_by_delete(driver: GuardedDriver, outside: Path, tmp_path: Path) -> None:
    driver.put_content("/tree/kept", b"x")
    (tmp_path / "root/tree/link").symlink_to(outside)
    assert [info.path for info in driver.list("/")] == ["/tree"]
    assert [info.path for info in driver.walk("/")] == ["/tree/kept"]
    driver.sweep_incomplete("/", timedelta(0))
    driver.delete("/tree")
    assert (outside / "secret").read_bytes() == b"secret"


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    driver = FilesystemDriver(FilesystemParameters(rootdirectory=str(tmp_path / "alias")))
    driver.put_content("/a", b"x")
    assert (tmp_path / "real/a").read_bytes() == b"x"
