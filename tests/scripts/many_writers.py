"""Commits shared and own blobs from 16 threads: ``many_writers.py DIRECTORY NUMBER``; prints their digests."""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest
from moorage_filesystem import FilesystemDriver, FilesystemParameters

SHARED = [hashlib.shake_256(name).digest(size) for name, size in ((b"small", 1000), (b"large", 1_500_000))]


def open_registry(root: str) -> Registry:
    """Open the registry at a directory."""
    return Registry(FilesystemDriver(FilesystemParameters(rootdirectory=root)))


def work(root: str, process: int) -> list[str]:
    """Commit the shared blobs and some of one's own from 16 threads; return the digests."""
    blobs = open_registry(root).repository("team/app").blobs

    def commit(thread: int) -> list[str]:
        digests = []
        for content in (*SHARED, f"{process}/{thread}".encode() * 1000):
            with blobs.create() as writer:
                writer.write(content)
                digests.append(writer.commit(Descriptor(Digest.of(content), len(content))).digest)
        return digests

    with ThreadPoolExecutor(16) as pool:
        return [digest for digests in pool.map(commit, range(16)) for digest in digests]


if __name__ == "__main__":
    sys.stdout.write(" ".join(work(sys.argv[1], int(sys.argv[2]))))
