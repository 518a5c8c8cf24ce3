"""What people see: tables and a progress bar on a terminal, and neither of them anywhere else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

MOORAGE = str(Path(sys.executable).with_name("moorage"))


def run(folder: Path, *arguments: str, terminal: str) -> tuple[str, bytes]:
    """Run a command with one of its outputs on a terminal; return what the terminal got, and what the other did."""
    ours, theirs = pty.openpty()
    outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {terminal: theirs}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
    environment |= {"TERM": "xterm", "COLUMNS": "80"}
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen([MOORAGE, *arguments], cwd=folder, env=environment, **outputs)  # type: ignore[call-overload]
        os.close(theirs)
        shown = b""
        try:
            while piece := screen.read(4096):
                shown += piece
        except OSError:  # EIO: this is how Linux says that nobody has the terminal open any more
            pass
        output, errors = process.communicate()
    assert process.returncode == 0, (shown, output, errors)
    return shown.decode(), errors if terminal == "stdout" else output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(40 << 20)
    return tmp_path


def test_progress_is_shown_on_a_terminal_alone(folder: Path) -> None:
    shown, output = run(folder, "blob", "put", "app", "large", terminal="stderr")
    assert "large" in shown
    assert "MB" in shown
    digest = json.loads(output)["digest"]

    shown, errors = run(folder, "blob", "get", "app", digest, "-o", "copy", terminal="stdout")
    assert (shown, errors) == ("", b"")
    assert (folder / "copy").read_bytes() == (folder / "large").read_bytes()


def test_lists_are_tables_on_a_terminal(folder: Path) -> None:
    stored, errors = run(folder, "blob", "put", "app", "large", terminal="stdout")
    digest = json.loads(stored)["digest"]  # one result is JSON everywhere
    assert errors == b""

    shown, _ = run(folder, "blob", "ls", "app", terminal="stdout")
    heading, row = shown.splitlines()
    assert "Digest" in heading
    assert row.split() == ["41,943,040", digest]  # whole, though the terminal has fewer columns


def test_drivers_are_a_table_on_a_terminal(folder: Path) -> None:
    shown, _ = run(folder, "drivers", terminal="stdout")
    assert "moorage-filesystem" in shown
    assert "atomic_move" in shown
    assert "{" not in shown
    shown, _ = run(folder, "drivers", "filesystem", terminal="stdout")
    assert "rootdirectory" in shown
    assert "/var/lib/registry" in shown
    assert "{" not in shown


def test_check_is_a_table_on_a_terminal(folder: Path) -> None:
    shown, errors = run(folder, "check", terminal="stdout")
    assert "Configuration: built-in defaults" in shown
    assert "append" in shown
    assert "{" not in shown
    assert errors == b"moorage: the storage works\n"
