"""How fast blobs get in through the filesystem driver, as ratios to what the machine itself can do.

    benchmarks/ingest.py [--size MIB] [--blobs N] [--rounds N] [--disk DIRECTORY] [--memory DIRECTORY]

Everything is measured in one run, the rivals taking turns, and the median of the rounds counts: absolute numbers
drift with the disk, ratios hold. Each rival gets the same bytes from the same in-memory source.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from moorage.blobs import Descriptor, Registry
from moorage.driver import guard
from moorage_filesystem import FilesystemDriver, FilesystemParameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moorage.driver import DriverEvent

MIB = 1 << 20
BLOCK = os.urandom(64 * MIB)


class Source(io.RawIOBase):
    """A stream of ``size`` bytes from memory."""

    def __init__(self, size: int) -> None:
        """Begin at 0."""
        super().__init__()
        self._left = size
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Copy the next bytes."""
        count = min(len(buffer), self._left, len(BLOCK) - self._at)
        memoryview(buffer)[:count] = memoryview(BLOCK)[self._at : self._at + count]
        self._at = (self._at + count) % len(BLOCK)
        self._left -= count
        return count


def registry_at(root: Path, on_event: Callable[[DriverEvent], object] | None = None) -> Registry:
    """Open a registry over a directory."""
    return Registry(guard(FilesystemDriver(FilesystemParameters(rootdirectory=str(root))), on_event=on_event))


@contextmanager
def fsync_is(enabled: bool) -> Iterator[None]:
    """Make `os.fsync` do nothing, for everybody in this process, unless ``enabled``."""
    real = os.fsync
    if not enabled:
        os.fsync = lambda _: None
    try:
        yield
    finally:
        os.fsync = real


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """Yield a new directory beneath ``parent``, gone afterwards, with the disk at rest."""
    directory = Path(tempfile.mkdtemp(prefix="moorage-bench-", dir=parent))
    os.sync()
    try:
        yield directory
    finally:
        shutil.rmtree(directory)
        os.sync()


def hash_only(size: int, _: Path) -> None:
    """Read and hash."""
    digest, source, buffer = hashlib.sha256(), Source(size), memoryview(bytearray(MIB))
    while count := source.readinto(buffer):
        digest.update(buffer[:count])


def sequential(size: int, root: Path) -> None:
    """Read, hash and write in turn; fsync at the end."""
    digest, source, buffer = hashlib.sha256(), Source(size), memoryview(bytearray(MIB))
    fd = os.open(root / "data", os.O_WRONLY | os.O_CREAT)
    while count := source.readinto(buffer):
        digest.update(buffer[:count])
        os.write(fd, buffer[:count])
    os.fsync(fd)
    os.close(fd)


def put(size: int, root: Path) -> None:
    """Put a blob with Moorage."""
    with registry_at(root).repository("bench/large").blobs.create() as writer:
        writer.read_from(Source(size))
        writer.commit(Descriptor(writer.digest or "", size))


def bare_commits(count: int, root: Path) -> None:
    """Make the directories and files of ``count`` small blobs and their links, with the fsyncs that they need."""
    layers = root / "repositories/bench/small/_layers/sha256"
    layers.mkdir(parents=True)
    for content, hexadecimal in small_blobs(count):
        first = f"{root}/blobs/sha256/{hexadecimal[:2]}"
        os.makedirs(first, exist_ok=True)
        store_bare(first, hexadecimal, "data", content)
        store_bare(str(layers), hexadecimal, "link", b"sha256:" + hexadecimal.encode())


def store_bare(parent: str, directory: str, name: str, content: bytes) -> None:
    """Put one file into one new directory, durably."""
    os.mkdir(f"{parent}/{directory}")
    sync_directory(parent)
    temporary, final = f"{parent}/{directory}/{name}~", f"{parent}/{directory}/{name}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.write(fd, content)
    os.fsync(fd)
    os.close(fd)
    os.rename(temporary, final)
    sync_directory(f"{parent}/{directory}")


def sync_directory(path: str) -> None:
    """Make a directory's entries durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(fd)
    os.close(fd)


def moorage_commits(count: int, root: Path) -> None:
    """Commit ``count`` small blobs through blob writers."""
    blobs = registry_at(root).repository("bench/small").blobs
    for content, hexadecimal in small_blobs(count):
        with blobs.create() as writer:
            writer.write(content)
            writer.commit(Descriptor(f"sha256:{hexadecimal}"))


def small_blobs(count: int) -> Iterator[tuple[bytes, str]]:
    """Yield ``count`` contents of 1 KiB that no run before had, with their digests."""
    salt = os.urandom(1016)
    for number in range(count):
        content = salt + number.to_bytes(8, "big")
        yield content, hashlib.sha256(content).hexdigest()


def compare(rounds: int, parent: Path, amount: int, *rivals: Callable[[int, Path], None]) -> list[float]:
    """Return the median seconds of each rival, which take turns; the first round warms up and does not count."""
    seconds: list[list[float]] = [[] for _ in rivals]
    for turn in range(rounds + 1):
        for number, rival in enumerate(rivals):
            with scratch(parent) as root:
                started = time.perf_counter()
                rival(amount, root)
                if turn:
                    seconds[number].append(time.perf_counter() - started)
    return [statistics.median(times) for times in seconds]


def report_large(rounds: int, parent: Path, mib: int, label: str) -> None:
    """Compare the rivals on one large blob, without and with fsync."""
    for enabled in (False, True):
        with fsync_is(enabled):
            hashing, loop, ours = compare(rounds, parent, mib * MIB, hash_only, sequential, put)
        print(
            f"{label:7} put {mib} MiB {'with' if enabled else 'without'} fsync: {mib / ours:5.0f} MiB/s  "
            f"{hashing / ours:.2f} of hashlib ({mib / hashing:.0f})  "
            f"{loop / ours:.2f} of hash-and-write ({mib / loop:.0f})"
        )


def report_small(rounds: int, parent: Path, count: int, label: str) -> None:
    """Compare the rivals on many small blobs."""
    bare, ours = compare(rounds, parent, count, bare_commits, moorage_commits)
    print(f"{label:7} commit 1 KiB: {count / ours:6.0f} per s  {bare / ours:.2f} of a bare loop ({count / bare:.0f})")


def report_memory(parent: Path, mib: int) -> None:
    """Tell by how much a put of a large blob raises the peak memory of a process."""
    with scratch(parent) as root:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        put(mib * MIB, root)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"peak memory grows by {grown / 1024:.1f} MiB during a put of {mib} MiB")


def report_resume(parent: Path, mib: int) -> None:
    """Count the bytes that resuming and committing a large upload reads again."""
    events: list[DriverEvent] = []
    with scratch(parent) as root:
        blobs = registry_at(root, events.append).repository("bench/resume").blobs
        with blobs.create() as writer:
            writer.read_from(Source(mib * MIB))
            digest = writer.digest or ""
        started = time.perf_counter()
        blobs.resume(writer.id).commit(Descriptor(digest))
        seconds = time.perf_counter() - started
    read = sum(event.bytes for event in events if event.operation == "read_stream")
    print(f"resume and commit {mib} MiB: {read} bytes read again, {seconds * 1000:.0f} ms")


def report_start_up(parent: Path) -> None:
    """Compare starting the command line with starting a bare interpreter."""
    with scratch(parent) as root:
        blob = registry_at(root).repository("bench/start").blobs.put(b"x")
        moorage = Path(sys.executable).with_name("moorage")
        environ = os.environ | {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(root)}
        commands = {
            "moorage --help": [moorage, "--help"],
            "moorage blob stat": [moorage, "blob", "stat", "bench/start", str(blob.digest)],
        }
        bare = run_often([sys.executable, "-c", "pass"], environ)
        for name, command in commands.items():
            seconds = run_often(command, environ)
            print(f"{name}: {seconds * 1000:.0f} ms, {seconds / bare:.1f} times a bare interpreter")


def run_often(command: list[str | Path], environ: dict[str, str]) -> float:
    """Return the median seconds of a command."""
    times = []
    for _ in range(15):
        started = time.perf_counter()
        subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="size of the large blob")
    parser.add_argument("--blobs", type=int, default=1000, metavar="N", help="number of small blobs")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds that count")
    parser.add_argument("--disk", type=Path, default=Path.cwd(), help="a directory on a disk")
    parser.add_argument("--memory", type=Path, default=Path("/dev/shm"), help="a directory in memory")  # noqa: S108
    arguments = parser.parse_args()

    report_memory(arguments.disk, arguments.size)
    for label, parent in (("disk", arguments.disk), ("tmpfs", arguments.memory)):
        report_large(arguments.rounds, parent, arguments.size, label)
        report_small(arguments.rounds, parent, arguments.blobs, label)
    report_resume(arguments.disk, arguments.size)
    report_start_up(arguments.disk)


if __name__ == "__main__":
    main()
