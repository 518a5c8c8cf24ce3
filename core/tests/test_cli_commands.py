"""The command as its users run it: processes, pipes and exit codes, on a real tree."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MOORAGE = Path(sys.executable).with_name("moorage")
CONFIG = """\
version: 0.1
storage:
  filesystem:
    rootdirectory: {root}
  delete:
    enabled: {delete}
"""
UNKNOWN = "sha256:" + "0" * 64
LARGE = os.urandom(1 << 20) * 4 + b"not a whole number of buffers"


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


class Shell:
    """A folder with a configuration, in which commands are run."""

    def __init__(self, folder: Path, bytecode: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.configure(CONFIG.format(root=self.store, delete="true"))
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("REGISTRY_") and name != "PYTHONDONTWRITEBYTECODE"
        } | {"PYTHONPYCACHEPREFIX": str(bytecode)}

    def configure(self, text: str) -> None:
        (self.folder / "config.yml").write_text(text)

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return name

    def command(self, *arguments: str) -> list[str]:
        return [str(MOORAGE), "-c", "config.yml", *arguments]

    def run(self, *arguments: str, stdin: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=self.environment,
        )
        assert done.returncode == code, done
        return done

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that reads standard input, and feed it until it must be at work on the data."""
        process = subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environment,
        )
        assert process.stdin is not None
        process.stdin.write(LARGE)  # more than a pipe and a buffer hold: it returns once most of it was read
        process.stdin.flush()
        return process

    def lines(self, *arguments: str, stdin: bytes = b"") -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, stdin=stdin).stdout.splitlines()]

    def fails(self, *arguments: str, code: int = 1, stdin: bytes = b"") -> str:
        """Run what must fail, and return its one line."""
        done = self.run(*arguments, code=code, stdin=stdin)
        assert done.stdout == b""
        (line,) = done.stderr.decode().splitlines()
        assert line.startswith("moorage: ")
        return line

    def blob_file(self, digest: str) -> Path:
        hexadecimal = digest.partition(":")[2]
        return self.store / "docker/registry/v2/blobs/sha256" / hexadecimal[:2] / hexadecimal / "data"

    def stored(self, name: str) -> list[Path]:
        return list(self.store.rglob(name))


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile once what every command imports, also where nothing may be written beside the sources."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture
def shell(tmp_path: Path, bytecode: Path) -> Shell:
    return Shell(tmp_path, bytecode)


def test_blob_from_put_to_rm(shell: Shell) -> None:
    file = shell.file("layer", LARGE)
    descriptor = {"mediaType": "application/octet-stream", "digest": digest_of(LARGE), "size": len(LARGE)}

    assert shell.lines("blob", "put", "library/app", file) == [descriptor]
    assert shell.lines("blob", "stat", "library/app", digest_of(LARGE)) == [descriptor]
    assert shell.lines("blob", "put", "library/app", "-", stdin=b"config") == [
        {"mediaType": "application/octet-stream", "digest": digest_of(b"config"), "size": 6}
    ]
    assert sorted(shell.lines("blob", "ls", "library/app"), key=lambda row: row["size"]) == [
        {"digest": digest_of(b"config"), "size": 6},
        {"digest": digest_of(LARGE), "size": len(LARGE)},
    ]
    assert shell.run("blob", "get", "library/app", digest_of(LARGE)).stdout == LARGE
    shell.run("blob", "rm", "library/app", digest_of(LARGE))
    assert "is unknown in repository library/app" in shell.fails("blob", "stat", "library/app", digest_of(LARGE))


def test_put_under_another_algorithm_and_media_type(shell: Shell) -> None:
    announced = digest_of(b"content", "sha512")
    options = ("--digest", announced, "--size", "7", "--media-type", "application/json")
    (stored,) = shell.lines("blob", "put", "app", "-", *options, stdin=b"content")
    assert stored == {"mediaType": "application/json", "digest": digest_of(b"content"), "size": 7}
    assert shell.run("blob", "get", "app", announced).stdout == b"content"


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["in memory", "in the backend"])
@pytest.mark.parametrize("wrong", [("--digest", UNKNOWN), ("--size", "3"), ("--size", "0")])
def test_a_refused_put_leaves_nothing(shell: Shell, content: bytes, wrong: tuple[str, str]) -> None:
    shell.fails("blob", "put", "app", "-", *wrong, stdin=content)
    assert [path for path in shell.store.rglob("*") if path.is_file()] == []
    assert shell.lines("upload", "ls") == []


def test_an_interrupted_put_leaves_nothing(shell: Shell) -> None:
    process = shell.begin("blob", "put", "app", "-")
    assert shell.stored("startedat") != []
    process.send_signal(signal.SIGINT)
    assert process.communicate() == (b"", b"moorage: interrupted\n")
    assert process.returncode == 130
    assert [path for path in shell.store.rglob("*") if path.is_file()] == []


def test_get_into_a_file(shell: Shell) -> None:
    shell.run("blob", "put", "app", "-", stdin=LARGE)
    target = shell.folder / "out"
    target.write_bytes(b"old")
    assert shell.run("blob", "get", "app", digest_of(LARGE), "-o", "out").stdout == b""
    assert target.read_bytes() == LARGE
    assert sorted(path.name for path in shell.folder.iterdir()) == ["config.yml", "out", "store"]


def test_get_of_a_damaged_blob_leaves_no_file(shell: Shell) -> None:
    shell.run("blob", "put", "app", "-", stdin=LARGE)
    digest = digest_of(LARGE)
    shell.blob_file(digest).write_bytes(b"!" + LARGE[1:])
    (shell.folder / "kept").write_bytes(b"as it was")

    assert "damaged" in shell.fails("blob", "get", "app", digest, "-o", "new")
    assert "damaged" in shell.fails("blob", "get", "app", digest, "-o", "kept")
    assert (shell.folder / "kept").read_bytes() == b"as it was"
    assert sorted(path.name for path in shell.folder.iterdir()) == ["config.yml", "kept", "store"]
    assert b"damaged" in shell.run("blob", "get", "app", digest, code=1).stderr


def test_a_reader_that_leaves_early_is_no_cause_for_a_message(shell: Shell) -> None:
    shell.run("blob", "put", "app", "-", stdin=LARGE)
    process = subprocess.Popen(
        shell.command("blob", "get", "app", digest_of(LARGE)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=shell.folder,
        env=shell.environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert process.stdout.read(3) == LARGE[:3]
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.wait() == 141


def test_a_full_standard_output_is_told(shell: Shell) -> None:
    shell.run("blob", "put", "app", "-", stdin=LARGE)
    for arguments in (("blob", "get", "app", digest_of(LARGE)), ("blob", "ls", "app")):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                shell.command(*arguments),
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
                cwd=shell.folder,
                env=shell.environment,
            )
        assert done.returncode == 1
        assert done.stderr == b"moorage: standard output: No space left on device\n"


def test_an_upload_goes_on_in_other_processes(shell: Shell) -> None:
    (begun,) = shell.lines("upload", "start", "app")
    assert begun["size"] == 0
    upload = begun["id"]
    assert shell.lines("upload", "append", "app", upload, shell.file("one", LARGE)) == [
        {"id": upload, "size": len(LARGE)}
    ]
    whole = LARGE + b"tail"
    assert shell.lines("upload", "append", "app", upload, "-", stdin=b"tail") == [{"id": upload, "size": len(whole)}]
    for repository in ([], ["app"]):
        (row,) = shell.lines("upload", "ls", *repository)
        assert list(row) == ["id", "repository", "startedAt", "size"]
        assert (row["id"], row["repository"], row["size"]) == (upload, "app", len(whole))

    assert "the data has the digest" in shell.fails("upload", "commit", "app", upload, "--digest", UNKNOWN)
    assert "announced" in shell.fails("upload", "commit", "app", upload, "--digest", digest_of(whole), "--size", "0")
    (stored,) = shell.lines("upload", "commit", "app", upload, "--digest", digest_of(whole), "--size", str(len(whole)))
    assert stored == {"mediaType": "application/octet-stream", "digest": digest_of(whole), "size": len(whole)}
    assert "is unknown" in shell.fails("upload", "append", "app", upload, "-")


def test_a_cancelled_upload_is_gone(shell: Shell) -> None:
    (begun,) = shell.lines("upload", "start", "app")
    shell.run("upload", "append", "app", begun["id"], "-", stdin=LARGE)
    assert shell.run("upload", "cancel", "app", begun["id"]).stdout == b""
    assert shell.lines("upload", "ls") == []
    assert "is unknown" in shell.fails("upload", "cancel", "app", begun["id"])


def test_a_second_append_is_refused_while_one_is_at_work(shell: Shell) -> None:
    (begun,) = shell.lines("upload", "start", "app")
    first = shell.begin("upload", "append", "app", begun["id"], "-")
    assert "in use" in shell.fails("upload", "append", "app", begun["id"], "-", stdin=b"other")
    output, errors = first.communicate()
    assert json.loads(output) == {"id": begun["id"], "size": len(LARGE)}
    assert errors == b""


def test_an_interrupted_append_keeps_what_it_has(shell: Shell) -> None:
    (begun,) = shell.lines("upload", "start", "app")
    process = shell.begin("upload", "append", "app", begun["id"], "-")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert (process.returncode, output) == (130, b"")
    (row,) = shell.lines("upload", "ls", "app")
    assert f"interrupted: the upload keeps {row['size']} bytes" in errors.decode()
    assert_can_be_completed(shell, begun["id"], row["size"])


def test_an_append_that_fails_midway_can_be_resumed(shell: Shell) -> None:
    (begun,) = shell.lines("upload", "start", "app")
    command = shell.command("upload", "append", "app", begun["id"], "-")
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 3000; exec "$@"', "sh", *command],  # no file may outgrow 1.5 MB (blocks of 512 bytes)
        input=LARGE,
        capture_output=True,
        check=False,
        cwd=shell.folder,
        env=shell.environment,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    (row,) = shell.lines("upload", "ls", "app")
    assert 0 < row["size"] < len(LARGE)
    (line,) = done.stderr.decode().splitlines()
    assert f"the upload keeps {row['size']} bytes, {row['size']} of them new" in line
    assert_can_be_completed(shell, begun["id"], row["size"])


def assert_can_be_completed(shell: Shell, upload: str, kept: int) -> None:
    assert 0 < kept <= len(LARGE)
    shell.run("upload", "append", "app", upload, "-", stdin=LARGE[kept:])
    (stored,) = shell.lines("upload", "commit", "app", upload, "--digest", digest_of(LARGE))
    assert stored["size"] == len(LARGE)


def test_check_tries_everything_and_cleans_up(shell: Shell) -> None:
    begun, *steps = shell.lines("check")
    assert begun == {"configuration": "config.yml", "driver": "filesystem", "readOnly": False}
    assert [step["step"] for step in steps] == ["write", "read", "append", "move", "list", "delete"]
    assert {step["result"] for step in steps} == {"done"}
    assert all(step["seconds"] >= 0 for step in steps)
    assert list(shell.store.iterdir()) == []


def test_configuration_path_from_the_environment(shell: Shell) -> None:
    shell.environment["REGISTRY_CONFIGURATION_PATH"] = "config.yml"
    done = subprocess.run(
        [str(MOORAGE), "check"], capture_output=True, check=True, cwd=shell.folder, env=shell.environment
    )
    assert json.loads(done.stdout.splitlines()[0])["configuration"] == "config.yml"


def test_output_into_a_pipe_by_its_name(shell: Shell) -> None:
    shell.run("blob", "put", "app", "-", stdin=LARGE)
    assert shell.run("blob", "get", "app", digest_of(LARGE), "-o", "/dev/stdout").stdout == LARGE


def test_closed_streams_get_no_foreign_text(shell: Shell) -> None:
    def run(redirection: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirection}', "sh", *shell.command(*arguments)],
            capture_output=True,
            check=False,
            cwd=shell.folder,
            env=shell.environment,
        )

    done = run("<&-", "blob", "put", "app", "-")
    assert (done.returncode, done.stderr) == (2, b"moorage: standard input is closed\n")
    done = run(">&-", "blob", "ls", "app")
    assert (done.returncode, done.stderr) == (2, b"moorage: standard output is closed\n")
    done = run("2>&-", "blob", "stat", "app", UNKNOWN)
    assert (done.returncode, done.stdout) == (1, b"")


def test_help_and_version_need_no_configuration(shell: Shell) -> None:
    for arguments, expected in ((["--help"], b"Commands:"), (["--version"], b"moorage ")):
        done = subprocess.run(
            [str(MOORAGE), *arguments], capture_output=True, check=True, cwd=shell.folder, env=shell.environment
        )
        assert expected in done.stdout
        assert done.stderr == b""


@pytest.mark.parametrize("arguments", [("--help",), ("blob", "stat", "app", UNKNOWN)])
def test_nothing_slow_is_imported_without_need(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *shell.command(*arguments)],
        capture_output=True,
        check=False,
        cwd=shell.folder,
        env=shell.environment,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}
    assert "moorage.cli._app" in imported
    assert imported.isdisjoint({"rich", "stamina", "moorage_inmemory", "moorage.cli._trial"})
    if "--help" in arguments:
        assert imported.isdisjoint({"yaml", "pydantic", "pluggy", "moorage.config", "moorage.blobs"})
