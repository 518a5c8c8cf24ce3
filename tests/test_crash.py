"""Killed at every point, the store holds only whole blobs, and every upload can be finished or is unknown."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest
from moorage.errors import BlobUploadUnknownError
from moorage_filesystem import FilesystemDriver, FilesystemParameters

SCRIPT = Path(__file__).parent / "scripts" / "crash_scenario.py"
LARGE = hashlib.shake_256(b"large").digest(1_400_000)


def check(run: Path) -> None:
    """Check what one killed run left behind, and that the work can be finished on it."""
    registry = Registry(FilesystemDriver(FilesystemParameters(rootdirectory=str(run / "tree"))), delete_enabled=True)
    for digest in registry.blobs.enumerate():
        with registry.blobs.open_verified(digest) as stream:
            stream.read()
    for repository in registry.repositories():
        for digest in repository.blobs.enumerate():
            with repository.blobs.open_verified(digest) as stream:
                stream.read()
    for link in (run / "tree").rglob("link"):
        assert link.read_bytes() in {digest.encode() for digest in registry.blobs.enumerate()}
    for number, upload_id in enumerate((run / "uploads").read_text().split()):
        blobs = registry.repository("team/second" if number else "team/first").blobs
        try:
            writer = blobs.resume(upload_id)
        except BlobUploadUnknownError:
            continue
        with writer:
            assert writer.size <= len(LARGE)
            writer.write(LARGE[writer.size :])
            assert writer.commit(Descriptor(Digest.of(LARGE), len(LARGE))).size == len(LARGE)
        assert blobs.get(Digest.of(LARGE)) == LARGE
    if (run / "tree").exists():
        registry.driver.sweep_incomplete("/", timedelta(0))
    assert [path for path in (run / "tree").rglob("*") if "~" in path.name] == []


def test_a_process_killed_at_any_point_leaves_nothing_half_done(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False, timeout=300)

    assert done.stdout.strip().isdecimal(), done.stdout + done.stderr
    points = int(done.stdout)
    assert points > 100
    for number in range(1, points + 1):
        check(tmp_path / str(number))
