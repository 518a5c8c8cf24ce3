"""Fills the file system at the given directory in the middle of an upload, makes room, and finishes the upload."""

from __future__ import annotations

import sys
from pathlib import Path

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest
from moorage.errors import StorageFullError
from moorage_filesystem import FilesystemDriver, FilesystemParameters

CONTENT = bytes(range(256)) * 4096 * 5


def main() -> None:
    """Do it; an assertion that fails ends the process with a traceback."""
    root = Path(sys.argv[1])
    ballast = root / "ballast"
    ballast.write_bytes(bytes(4 << 20))
    blobs = Registry(FilesystemDriver(FilesystemParameters(rootdirectory=str(root / "tree")))).repository("a/b").blobs
    writer = blobs.create()
    try:
        while writer.size < len(CONTENT):
            writer.write(CONTENT[writer.size : writer.size + 300_000])
    except StorageFullError:
        pass
    else:
        sys.exit("the file system never filled up")
    assert 0 < writer.size < len(CONTENT)
    assert writer.digest == Digest.of(CONTENT[: writer.size])
    writer.close()
    writer = blobs.resume(writer.id)
    ballast.unlink()
    writer.write(CONTENT[writer.size :])
    writer.commit(Descriptor(Digest.of(CONTENT), len(CONTENT)))
    assert blobs.get(Digest.of(CONTENT)) == CONTENT
    assert list(blobs.uploads()) == []


if __name__ == "__main__":
    main()
