"""Many threads in many processes store blobs in one repository at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from moorage.blobs import Registry
from moorage_filesystem import FilesystemDriver, FilesystemParameters

SCRIPT = Path(__file__).parent / "scripts" / "many_writers.py"


def test_many_threads_and_processes_at_once(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, SCRIPT, tmp_path, str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    printed = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    digests = {digest for text in printed for digest in text.split()}

    registry = Registry(FilesystemDriver(FilesystemParameters(rootdirectory=str(tmp_path))))
    blobs = registry.repository("team/app").blobs
    assert len(digests) == 2 + 4 * 16
    assert list(blobs.enumerate()) == sorted(digests)
    assert sorted(registry.blobs.enumerate()) == sorted(digests)
    for digest in digests:
        blobs.get(digest)
    assert list(blobs.uploads()) == []
    assert [path for path in tmp_path.rglob("*") if "~" in path.name] == []
