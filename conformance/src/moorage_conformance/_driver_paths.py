"""Clauses on which paths there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.driver import ROOT, split_path
from moorage.errors import InvalidPathError, PathNotFoundError
from moorage_conformance._clauses import clause
from moorage_conformance._suite import DriverSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.driver import StorageDriver

NAMES = (
    *("a", "A", "0", "_", "-", "-rf", "_layers", "sha256", "a-b", "a.b", "a_b", "a__b", "v1.2.3-rc.1"),
    *(".a", "a.", "..a", "a..", "a..b", "...", ".git", ".tmp", "data", "link", "CON", "nul.txt"),
    "n" * 128,
)
INVALID = (
    *("", "a", "a/b", "./a", "../a", "/a/", "//", "//a", "/a//b", "/.", "/..", "/a/.", "/a/..", "/../a", "/a/../b"),
    *("/a b", "/a\n", "/\n", "/a\x00b", "/a\\b", "/a:b", "/a%2e", "/a~b", "/~", "/a*", "/a?b", "/a#b", "/a+b", "/@"),
    *("/\u00e4", "/a\u0301", "/\u2024\u2024", "/\uff0e\uff0e", "/\uff0f", "/\u202e", "/\ud800"),
)
name_strategy = st.from_regex(r"\A[A-Za-z0-9._-]{1,40}\Z").filter(lambda name: name not in {".", ".."})


class PathClauses(DriverSuite):
    """Every path of the grammar is a place for content; nothing outside of it is ever reached."""

    @clause("driver.path.valid-names")
    def test_valid_names(self, storage: StorageDriver, base: str) -> None:
        """Every name of letters, digits, dots, underscores and hyphens holds content, but for ``.`` and ``..``."""
        for name in NAMES:
            storage.put_content(f"{base}/{name}", name.encode())
        assert [info.path for info in storage.list(base)] == sorted(f"{base}/{name}" for name in NAMES)
        for name in NAMES:
            assert storage.get_content(f"{base}/{name}") == name.encode()
            storage.delete(f"{base}/{name}")
            with pytest.raises(PathNotFoundError):
                storage.stat(f"{base}/{name}")

    @clause("driver.path.any-name")
    def test_any_name(self, storage: StorageDriver, base: str) -> None:
        """Whatever the names in a path, content comes back under that path and no other."""

        @settings(
            max_examples=self.profile.examples,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],  # a backend's latency is not the strategy's
        )
        @given(st.lists(name_strategy, min_size=1, max_size=4), st.binary(max_size=64))
        def round_trip(names: list[str], content: bytes) -> None:
            path = "/".join([base, *names])
            storage.put_content(path, content)
            assert [info.path for info in storage.walk(base)] == [path]
            assert storage.get_content(path) == content
            storage.delete(f"{base}/{names[0]}")
            with pytest.raises(PathNotFoundError):
                storage.get_content(path)

        round_trip()

    @clause("driver.path.case-sensitive")
    def test_case_sensitive(self, storage: StorageDriver, base: str) -> None:
        """Names that differ in case are different names, for files and directories alike."""
        paths = [f"{base}/{name}" for name in ("A/x", "FILE", "a/x", "file")]
        for path in paths:
            storage.put_content(path, path.encode())
        assert [(info.path, storage.get_content(info.path)) for info in storage.walk(base)] == [
            (path, path.encode()) for path in paths
        ]

    @clause("driver.path.long")
    def test_long(self, storage: StorageDriver, base: str) -> None:
        """A path holds content up to the 650 bytes that a registry's longest repository and tag name lead to."""
        component = "x" * 100
        path = "/".join([base, *[component] * 6])[:649] + "y"
        storage.put_content(path, b"deep")
        with storage.writer(path[:-1] + "z") as writer:
            writer.write(b"deeper")
            writer.commit()
        parent, _ = split_path(path)
        assert [(info.path, info.size) for info in storage.list(parent)] == [(path, 4), (path[:-1] + "z", 6)]

    @clause("driver.path.invalid-refused")
    @pytest.mark.parametrize("path", INVALID, ids=ascii)
    def test_invalid_refused(self, storage: StorageDriver, path: str) -> None:
        """A path outside the grammar is refused by every method with `InvalidPathError`."""
        calls: list[Callable[[], object]] = [
            lambda: storage.stat(path),
            lambda: list(storage.list(path)),
            lambda: list(storage.walk(path)),
            lambda: list(storage.walk(ROOT, path)),
            lambda: storage.read_stream(path),
            lambda: storage.get_content(path),
            lambda: storage.put_content(path, b""),
            lambda: storage.create_content(path, b""),
            lambda: storage.writer(path),
            lambda: storage.writer(path, append=True),
            lambda: storage.move(path, "/moorage-a"),
            lambda: storage.move("/moorage-a", path),
            lambda: storage.delete(path),
            lambda: storage.redirect_url(path, "GET", timedelta(minutes=1)),
            lambda: storage.sweep_incomplete(path, timedelta(days=1)),
        ]
        for call in calls:
            with pytest.raises(InvalidPathError):
                call()

    @clause("driver.path.root-is-directory")
    def test_root_is_directory(self, storage: StorageDriver, base: str) -> None:
        """The root is a directory: it can be described, but never read, written, moved or deleted."""
        storage.put_content(f"{base}/a", b"kept")
        root = storage.stat(ROOT)
        assert (root.path, root.size, root.is_dir) == (ROOT, 0, True)
        calls: list[Callable[[], object]] = [
            lambda: storage.read_stream(ROOT),
            lambda: storage.get_content(ROOT),
            lambda: storage.put_content(ROOT, b""),
            lambda: storage.writer(ROOT),
            lambda: storage.move(ROOT, f"{base}/b"),
            lambda: storage.move(f"{base}/a", ROOT),
            lambda: storage.delete(ROOT),
        ]
        for call in calls:
            with pytest.raises(InvalidPathError):
                call()
        assert storage.get_content(f"{base}/a") == b"kept"
