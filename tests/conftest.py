"""What tests across packages share: the golden tree, and the Go registry as a peer."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from moorage.driver import DriverEvent, guard
from moorage_filesystem import FilesystemDriver, FilesystemParameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moorage.driver import GuardedDriver

GOLDEN = Path(__file__).parent / "data" / "golden"


def pattern(length: int, seed: str) -> bytes:
    """Return the content that the golden tree is made of; see golden.json."""
    blocks = (hashlib.sha256(f"{seed}:{i}".encode()).digest() for i in range(length // 32 + 1))
    return b"".join(blocks)[:length]


@pytest.fixture(name="pattern")
def _pattern() -> Callable[[int, str], bytes]:
    return pattern


@pytest.fixture
def golden() -> dict[str, Any]:
    return dict(json.loads((GOLDEN / "golden.json").read_text()))


@pytest.fixture
def golden_tree(tmp_path: Path) -> Path:
    """A copy of the tree that the Go registry wrote."""
    return Path(shutil.copytree(GOLDEN / "go-registry", tmp_path / "golden"))


@dataclass
class Watched:
    """A filesystem driver and the events of its calls."""

    driver: GuardedDriver
    events: list[DriverEvent] = field(default_factory=list)


@pytest.fixture
def watch() -> Callable[[Path], Watched]:
    def open_at(root: Path) -> Watched:
        events: list[DriverEvent] = []
        driver = FilesystemDriver(FilesystemParameters(rootdirectory=str(root)))
        return Watched(guard(driver, on_event=events.append), events)

    return open_at


@dataclass(frozen=True)
class GoRegistry:
    """A running Go registry."""

    base: str
    secret: str

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; ``url`` is absolute, or a path below the base."""
        target = url if url.startswith("http") else self.base + url
        request = urllib.request.Request(target, data=body, method=method, headers=headers or {})  # noqa: S310  # loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # loopback
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def go_registry(tmp_path: Path) -> Callable[[Path], Any]:
    """A function that runs Debian's ``docker-registry`` over a tree, as a context manager."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.fail("the peer is missing: apt-get install docker-registry (.ci/test does it)", pytrace=False)

    @contextmanager
    def serve(tree: Path) -> Iterator[GoRegistry]:
        port = _free_port()
        secret = "a secret of this test"  # noqa: S105  # it protects nothing
        config = {
            "version": 0.1,
            "log": {"accesslog": {"disabled": True}, "level": "error"},
            "storage": {
                "filesystem": {"rootdirectory": str(tree)},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": f"127.0.0.1:{port}", "secret": secret},
        }
        config_file = tmp_path / "go-config.yml"
        config_file.write_text(json.dumps(config))
        with (tmp_path / "go.log").open("wb") as log:
            server = subprocess.Popen([program, "serve", str(config_file)], stdout=log, stderr=log)
        registry = GoRegistry(f"http://127.0.0.1:{port}", secret)
        try:
            _wait_until_up(registry, server, tmp_path / "go.log")
            yield registry
        finally:
            server.kill()
            server.wait()

    return serve


def _wait_until_up(registry: GoRegistry, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"docker-registry ended at once:\n{log.read_text()}", pytrace=False)
        try:
            registry.request("GET", "/v2/")
        except urllib.error.URLError:
            time.sleep(0.05)  # polling a server that tells nobody when it is ready
        else:
            return
    pytest.fail("docker-registry did not answer within 30 s", pytrace=False)
