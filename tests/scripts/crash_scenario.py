"""Runs one scenario again and again, each time in a process that is killed one system call later.

    crash_scenario.py DIRECTORY

Run ``k`` works on ``DIRECTORY/k/tree`` and is killed (SIGKILL) just before its ``k``-th call of an `os` function
that the filesystem driver uses. ``DIRECTORY/k/uploads`` gets the ids of the uploads that it began. The last run
is not killed, and its number is printed: that many points were tried.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moorage.blobs import Descriptor, Registry
from moorage.digest import Digest, Digester
from moorage_filesystem import FilesystemDriver, FilesystemParameters

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = b"a small blob"
LARGE = hashlib.shake_256(b"large").digest(1_400_000)
CALLS = ("open", "write", "fsync", "fdatasync", "rename", "replace", "mkdir", "unlink", "rmdir", "link", "ftruncate")


def open_registry(tree: Path) -> Registry:
    """Open the registry of one run."""
    return Registry(FilesystemDriver(FilesystemParameters(rootdirectory=str(tree))), delete_enabled=True)


def scenario(tree: Path, note: Callable[[str], object]) -> None:
    """Put, append, close, resume, commit, mount, cancel and delete."""
    registry = open_registry(tree)
    first = registry.repository("team/first").blobs
    first.put(SMALL)
    writer = first.create()
    note(writer.id)
    writer.write(LARGE[:1_200_000])
    writer.close()
    writer = first.resume(writer.id)
    writer.write(LARGE[1_200_000:1_300_000])
    writer.close()
    writer = first.resume(writer.id)
    writer.write(LARGE[1_300_000:])
    blob = writer.commit(Descriptor(Digest.of(LARGE), len(LARGE)))
    second = registry.repository("team/second").blobs
    second.mount(blob.digest, first)
    with second.create(["sha512"]) as again:
        note(again.id)
        again.write(LARGE)
        again.commit(Descriptor(Digest.of(LARGE, "sha512")))
    with second.create() as dropped:
        note(dropped.id)
        dropped.write(LARGE)
        dropped.cancel()
    second.delete(blob.digest)


def kill_before_call(number: int) -> None:
    """Let this process be killed just before its ``number``-th call from here on."""
    calls = itertools.count(1)

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **kwargs: object) -> object:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    fcntl.flock = counted(fcntl.flock)


def run_until(number: int, run: Path) -> None:
    """Run the scenario in this process, up to its ``number``-th call."""
    write, notes = os.write, os.open(run / "uploads", os.O_WRONLY | os.O_CREAT)
    kill_before_call(number)
    scenario(run / "tree", lambda text: write(notes, f"{text}\n".encode()))


def main() -> None:
    """Try point after point until a run gets to its end."""
    directory = Path(sys.argv[1])
    Digester()  # chooses its engine before the first fork
    for number in itertools.count(1):
        run = directory / str(number)
        run.mkdir()
        (run / "uploads").touch()
        child = os.fork()
        if child == 0:
            run_until(number, run)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.stdout.write(str(number) if os.WEXITSTATUS(status) == 0 else "failed")
            return


if __name__ == "__main__":
    main()
