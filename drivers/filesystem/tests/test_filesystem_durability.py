"""What is fsynced, and in which order; what is left behind, and swept."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moorage.driver import Swept
from moorage_filesystem import FilesystemDriver, FilesystemParameters


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The calls that matter, each with the name of what it was about."""
    seen: list[tuple[str, str]] = []
    real = {name: getattr(os, name) for name in ("fsync", "rename", "mkdir")}

    def fsync(fd: int) -> None:
        name = Path(f"/proc/self/fd/{fd}").readlink().name
        seen.append(("fsync", "temporary" if "~put-" in name else name))
        real["fsync"](fd)

    def rename(source: str, target: str, **kwargs: Any) -> None:  # noqa: ANN401  # passed on
        seen.append(("rename", target))
        real["rename"](source, target, **kwargs)

    def mkdir(name: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # passed on
        seen.append(("mkdir", name))
        real["mkdir"](name, *args, **kwargs)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "mkdir", mkdir)
    return seen


@pytest.fixture
def driver(tmp_path: Path) -> FilesystemDriver:
    return FilesystemDriver(FilesystemParameters(rootdirectory=str(tmp_path)))


def test_put_syncs_content_before_the_rename_and_every_new_entry(
    driver: FilesystemDriver, tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    driver.put_content("/a/b/c", b"x")
    assert calls == [
        ("mkdir", "a"),
        ("fsync", tmp_path.name),
        ("mkdir", "b"),
        ("fsync", "a"),
        ("fsync", "temporary"),
        ("rename", "c"),
        ("fsync", "b"),
    ]


def test_what_only_saves_work_is_not_synced(driver: FilesystemDriver, calls: list[tuple[str, str]]) -> None:
    driver.put_content("/a/b", b"x", durable=False)
    assert [call for call in calls if call[0] == "fsync"] == []
    assert driver.get_content("/a/b") == b"x"


def test_commit_and_move_are_durable_when_they_return(
    driver: FilesystemDriver, tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    with driver.writer("/up/data") as writer:
        writer.write(b"x")
        writer.commit()
        assert calls[-3:] == [("fsync", "data"), ("fsync", "up"), ("fsync", tmp_path.name)]
        driver.move("/up/data", "/blobs/data")
    assert calls[3:][1:] == [
        ("mkdir", "blobs"),
        ("fsync", tmp_path.name),
        ("rename", "data"),
        ("fsync", "blobs"),
        ("fsync", "up"),
    ]


def test_leftovers_of_a_crash_do_not_show_and_are_swept(driver: FilesystemDriver, tmp_path: Path) -> None:
    driver.put_content("/a/b", b"x")
    for name in ("b~put-0", "c~put-1"):
        (tmp_path / "a" / name).write_bytes(b"half")
    assert [info.path for info in driver.walk("/")] == ["/a/b"]
    assert list(driver.sweep_incomplete("/", timedelta(hours=1))) == []
    assert list(driver.sweep_incomplete("/", timedelta(0), keep=["/a/c"])) == [Swept("/a/b", "temporary file")]
    assert list(driver.sweep_incomplete("/a/c", timedelta(0))) == [Swept("/a/c", "temporary file")]
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["b"]
