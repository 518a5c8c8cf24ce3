"""A file system that fills up in the middle of a write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "scripts" / "full_disk.py"


def test_an_upload_survives_a_full_file_system(tmp_path: Path) -> None:
    """The small file system lives in a mount namespace of its own, which needs no privilege and leaves nothing."""
    shell = 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell, "sh", tmp_path, sys.executable, SCRIPT],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
