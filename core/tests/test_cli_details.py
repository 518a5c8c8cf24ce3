"""What is refused, what is told, and with which exit code; in this process, so that backends can be made to fail."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr
from typer.testing import CliRunner

import moorage
from moorage.cli._app import app
from moorage.cli._parameters import parameters
from moorage.digest import Digest
from moorage.driver import DriverParameters, GuardedDriver
from moorage.errors import StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

    from moorage.config import Configuration

FILESYSTEM = "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: store\n"
READ_ONLY = FILESYSTEM + "  maintenance:\n    readonly:\n      enabled: true\n"
UNKNOWN = "sha256:" + "0" * 64
PLUGIN = """\
from moorage.driver import Capabilities, DriverParameters, DriverSpec
from moorage.plugins import hookimpl
from pydantic import Field, SecretStr

class Parameters(DriverParameters):
    bucket: str = Field(description="Where to.")
    secretkey: SecretStr = Field(default=SecretStr("hunter2"), description="The key.")

@hookimpl
def moorage_driver():
    return DriverSpec(name="vault", api_version=1, parameters=Parameters, factory=None,
                      capabilities=Capabilities(persistent=True, min_part_size=5242880), summary="A vault.")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REGISTRY_CONFIGURATION_PATH", raising=False)
    handlers = logging.getLogger("moorage").handlers
    yield tmp_path
    logging.getLogger("moorage").handlers = handlers


def run(*arguments: str, config: str | None = FILESYSTEM, code: int = 0, stdin: bytes = b"") -> Result:
    options = []
    if config is not None:
        Path("config.yml").write_text(config)
        options = ["-c", "config.yml"]
    result = CliRunner().invoke(app, [*options, *arguments], input=stdin)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def one_line(*arguments: str, config: str | None = FILESYSTEM, code: int = 1, stdin: bytes = b"") -> str:
    """Run what must fail, and return its one line."""
    result = run(*arguments, config=config, code=code, stdin=stdin)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("moorage: ")
    return line


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str) -> None:
    """Install a distribution with one driver, in front of what the environment has."""
    site = folder / "site"
    info = site / f"moorage_{name}-3.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: moorage-{name}\nVersion: 3.2\n")
    (info / "entry_points.txt").write_text(f"[moorage.drivers]\n{name} = moorage_{name}_plugin\n")
    (site / f"moorage_{name}_plugin.py").write_text(source)
    monkeypatch.syspath_prepend(site)


@pytest.mark.parametrize(
    ("config", "where", "what"),
    [
        ("version: 0.1\nstorage:\n  filesytem:\n    rootdirectory: x\n", "config.yml:3:", "'filesystem'"),
        ("version: 0.1\nstorage:\n  filesystem:\n    rootdir: x\n", "config.yml:4:", "'rootdirectory'"),
        ("version: 0.1\nstorage:\n  s3:\n    bucket: x\n", "config.yml:3:", "pip install moorage-s3"),
    ],
    ids=["unknown driver", "misspelt key", "driver to install"],
)
@pytest.mark.parametrize("arguments", [("blob", "ls", "app"), ("upload", "start", "app"), ("check",)])
def test_a_wrong_configuration_names_the_line(config: str, where: str, what: str, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, config=config, code=2)
    (line,) = result.stderr.splitlines()
    assert where in line
    assert what in line


def test_a_missing_configuration_file(folder: Path) -> None:
    assert one_line("-c", "nope.yml", "check", config=None, code=2).startswith("moorage: nope.yml: ")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("blob", "put", "app", "-"),
        ("blob", "get", "app", UNKNOWN),
        ("blob", "stat", "app", UNKNOWN),
        ("blob", "rm", "app", UNKNOWN),
        ("blob", "ls", "app"),
        ("upload", "start", "app"),
        ("upload", "append", "app", "id", "-"),
        ("upload", "commit", "app", "id", "--digest", UNKNOWN),
        ("upload", "cancel", "app", "id"),
        ("upload", "ls"),
        ("check",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("option", ["-c", "--config"])
def test_the_configuration_may_be_named_after_the_command(arguments: tuple[str, ...], option: str) -> None:
    assert one_line(*arguments, option, "later.yml", code=2).startswith("moorage: later.yml: ")


@pytest.mark.parametrize("arguments", [("-c", "", "blob", "ls", "app"), ("blob", "ls", "app", "-c", "")])
def test_an_empty_configuration_path_is_not_the_defaults(arguments: tuple[str, ...], folder: Path) -> None:
    assert "is empty" in one_line(*arguments, config=None, code=2)
    assert list(folder.iterdir()) == []


def test_secrets_in_a_wrong_configuration_are_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, "vault", PLUGIN)
    config = "version: 0.1\nstorage:\n  vault:\n    bucket: b\n    secretky: swordfish\n"
    line = one_line("blob", "ls", "app", config=config, code=2)
    assert "config.yml:5:" in line
    assert "'secretkey'" in line
    assert "swordfish" not in line


def test_what_has_no_effect_is_warned_about() -> None:
    result = run("blob", "ls", "app", config=FILESYSTEM + "notifications:\n  endpoints: []\n")
    (line,) = result.stderr.splitlines()
    assert line.startswith("moorage: warning: config.yml:5: notifications")
    assert result.stdout == ""


def test_a_driver_that_forgets_is_warned_about() -> None:
    result = run("blob", "put", "app", "-", config="version: 0.1\nstorage: inmemory\n", stdin=b"content")
    assert "moorage: warning: driver 'inmemory' keeps nothing" in result.stderr
    assert json.loads(result.stdout)["digest"] == Digest.of(b"content")


@pytest.mark.parametrize("arguments", [("blob", "put", "app"), ("upload", "append", "app", "0" * 8)])
@pytest.mark.parametrize("name", ["nope", ".", "config.yml/x"])
def test_a_file_that_cannot_be_opened_is_wrong_usage(arguments: tuple[str, ...], name: str, folder: Path) -> None:
    assert f"{name}: " in one_line(*arguments, name, code=2)
    assert not (folder / "store").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("blob", "put", "app"),
        ("blob", "put", "app", "-", "--size", "-1"),
        ("blob", "stat", "app"),
        ("upload", "commit", "app", "id"),
        ("blog",),
        ("drivers", "nope"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, code=2).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("blob", "stat", "App", UNKNOWN), "repository name 'App'"),
        (("blob", "stat", "../app", UNKNOWN), "repository name '../app'"),
        (("blob", "stat", "app", "sha256:12"), "sha256 has 64 hex digits"),
        (("blob", "put", "app", "-", "--digest", "md5:12"), "unknown algorithm"),
        (("blob", "put", "app", "-", "--digest", ""), "an empty digest"),
        (("blob", "get", "app", UNKNOWN), "is unknown in repository app"),
        (("blob", "get", "app", UNKNOWN, "-o", "out"), "is unknown in repository app"),
        (("blob", "rm", "app", UNKNOWN), "deletion is disabled"),
        (("upload", "cancel", "app", "../../x"), "is unknown in repository app"),
        (("upload", "append", "app", "6f8a7f0c-8b9b-4a53-9f5f-0d4b1e0a7c11", "-"), "is unknown in repository app"),
    ],
)
def test_what_is_refused_is_told_in_one_line(arguments: tuple[str, ...], told: str, folder: Path) -> None:
    assert told in one_line(*arguments)
    assert [path.name for path in folder.iterdir()] == ["config.yml"]


def test_read_only_mode() -> None:
    run("blob", "put", "app", "-", stdin=b"content")
    for arguments in (("blob", "put", "app", "-"), ("blob", "rm", "app", UNKNOWN), ("upload", "start", "app")):
        assert "the registry is read-only" in one_line(*arguments, config=READ_ONLY)
    assert run("blob", "get", "app", Digest.of(b"content"), config=READ_ONLY).stdout == "content"


def test_check_in_read_only_mode_writes_nothing(folder: Path) -> None:
    begun, *steps = [json.loads(line) for line in run("check", config=READ_ONLY).stdout.splitlines()]
    assert begun["readOnly"] is True
    assert [step["step"] for step in steps] == ["stat", "list"]
    assert not (folder / "store").exists()


@pytest.mark.parametrize("step", ["put_content", "get_content", "writer", "move", "list", "delete"])
def test_check_names_the_step_that_fails_and_cleans_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    names = {"put_content": "write", "get_content": "read", "writer": "append"}
    calls = []

    def fail_once(original: object) -> object:
        def method(self: GuardedDriver, path: str, *arguments: object, **options: object) -> object:
            calls.append(path)
            if len(calls) == 1:
                raise StorageFullError(path, "not today")
            return original(self, path, *arguments, **options)  # type: ignore[operator]

        return method

    monkeypatch.setattr(GuardedDriver, step, fail_once(getattr(GuardedDriver, step)))
    result = run("check", code=1)
    assert json.loads(result.stdout.splitlines()[-1])["result"] == "failed"
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"moorage: check failed: {names.get(step, step)}: ")
    assert "not today" in line
    assert calls != []
    assert list((folder / "store").glob("*")) == []


def test_check_notices_a_backend_that_returns_other_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GuardedDriver, "get_content", lambda *_: b"other")
    result = run("check", code=1)
    assert "check failed: read:" in result.stderr
    assert list((folder / "store").iterdir()) == []


def test_check_says_what_it_could_not_remove(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: GuardedDriver, path: str) -> None:
        raise StorageFullError(path, "not today")

    monkeypatch.setattr(GuardedDriver, "delete", refuse)
    warning, failure = run("check", code=1).stderr.splitlines()[-2:]
    assert warning.startswith("moorage: warning: /moorage-check-")
    assert failure.startswith("moorage: check failed: delete:")


def test_list_leaves_out_what_is_damaged_and_fails(folder: Path) -> None:
    run("blob", "put", "app", "-", stdin=b"good")
    run("blob", "put", "app", "-", stdin=b"lost")
    (lost,) = [path for path in (folder / "store").rglob("data") if path.read_bytes() == b"lost"]
    lost.unlink()
    result = run("blob", "ls", "app", code=1)
    assert json.loads(result.stdout) == {"digest": Digest.of(b"good"), "size": 4}
    (line,) = result.stderr.splitlines()
    assert line.startswith("moorage: warning: ")
    assert Digest.of(b"lost") in line


def test_what_is_no_regular_file_is_written_to_and_not_replaced(folder: Path) -> None:
    run("blob", "put", "app", "-", stdin=b"content")
    run("blob", "get", "app", Digest.of(b"content"), "-o", "/dev/null")
    assert Path("/dev/null").is_char_device()
    (folder / "real").write_bytes(b"old")
    (folder / "link").symlink_to("real")
    run("blob", "get", "app", Digest.of(b"content"), "-o", "link")
    assert (folder / "link").is_symlink()
    assert (folder / "real").read_bytes() == b"content"


def test_a_replaced_file_keeps_its_mode(folder: Path) -> None:
    run("blob", "put", "app", "-", stdin=b"content")
    (folder / "out").touch(mode=0o600)
    run("blob", "get", "app", Digest.of(b"content"), "-o", "out")
    assert (folder / "out").stat().st_mode & 0o777 == 0o600
    assert (folder / "out").read_bytes() == b"content"


@pytest.mark.parametrize(("name", "code"), [("no/such/folder", 2), (".", 2)])
def test_a_file_that_cannot_be_created(folder: Path, name: str, code: int) -> None:
    run("blob", "put", "app", "-", stdin=b"content")
    assert f"{name}: " in one_line("blob", "get", "app", Digest.of(b"content"), "-o", name, code=code)
    assert sorted(path.name for path in folder.iterdir()) == ["config.yml", "store"]


def test_a_failed_put_that_cannot_be_cancelled_names_the_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_registry(configuration: Configuration) -> moorage.blobs.Registry:
        registry = original(configuration)
        monkeypatch.setattr(type(registry.driver), "delete", refuse)
        return registry

    def refuse(_: GuardedDriver, path: str) -> None:
        raise StorageFullError(path, "not today")

    original = moorage.open_registry
    monkeypatch.setattr(moorage, "open_registry", open_registry)
    result = run("blob", "put", "app", "-", "--digest", UNKNOWN, code=1, stdin=bytes(2 << 20))
    warning, failure = result.stderr.splitlines()
    assert warning.startswith("moorage: warning: upload ")
    assert "the data has the digest" in failure


def test_log_records_are_lines_on_standard_error(folder: Path) -> None:
    upload = json.loads(run("upload", "start", "app").stdout)["id"]
    (states,) = (folder / "store").rglob("hashstates")
    for path in sorted(states.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    states.rmdir()
    states.write_bytes(b"")  # a file, where the hash states go
    result = run("upload", "append", "app", upload, "-", stdin=b"content")
    (line,) = result.stderr.splitlines()
    assert line.startswith("moorage: warning: upload ")


def test_an_interrupt_right_after_a_write_tells_what_the_backend_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are in the file, and the writer has not counted them: the moment a signal may well hit."""
    content = os.urandom(3 << 20)
    upload = json.loads(run("upload", "start", "app").stdout)["id"]
    write = os.write
    pieces = []

    def interrupted(fd: int, data: bytes) -> int:
        count = write(fd, data)
        if len(data) == 1 << 20:
            pieces.append(count)
            if len(pieces) == 2:
                raise KeyboardInterrupt
        return count

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", interrupted)
        line = one_line("upload", "append", "app", upload, "-", code=130, stdin=content)
    kept = json.loads(run("upload", "ls").stdout)["size"]
    assert kept == 2 << 20
    assert f"keeps {kept} bytes, {kept} of them new" in line
    run("upload", "append", "app", upload, "-", stdin=content[kept:])
    run("upload", "commit", "app", upload, "--digest", Digest.of(content))


def test_a_broken_plugin_spoils_its_own_row_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, "vault", PLUGIN)
    install(folder / "more", monkeypatch, "broken", "raise RuntimeError('no such library')\n")
    rows = {row["name"]: row for row in map(json.loads, run("drivers", config=None).stdout.splitlines())}
    assert "no such library" in rows["broken"]["error"]
    assert "capabilities" not in rows["broken"]
    assert rows["vault"]["distribution"] == "moorage-vault"
    assert rows["vault"]["version"] == "3.2"
    assert rows["vault"]["capabilities"]["min_part_size"] == 5242880
    assert rows["filesystem"]["capabilities"]["atomic_move"] is True
    assert "no such library" in one_line("drivers", "broken", config=None, code=2)


def test_parameters_of_a_driver(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder, monkeypatch, "vault", PLUGIN)
    result = run("drivers", "vault", config=None)
    assert "hunter2" not in result.output
    rows = {row["parameter"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert list(rows) == ["maxthreads", "bucket", "secretkey"]
    assert rows["maxthreads"]["default"] == 100
    assert rows["bucket"] == {
        "parameter": "bucket",
        "type": "text",
        "default": None,
        "required": True,
        "secret": False,
        "description": "Where to.",
    }
    assert (rows["secretkey"]["secret"], rows["secretkey"]["default"]) == (True, None)


class Retry(BaseModel):
    pause: timedelta = timedelta(minutes=90)


class Parameters(DriverParameters):
    mode: Literal["a", "b"] = "a"
    ratio: float | None = None
    names: list[str] = Field(default_factory=list)
    bounded: Annotated[int, Field(ge=1)] | None = 7
    keys: dict[str, SecretStr] = Field(default_factory=dict)
    encrypt: bool = Field(default=True, alias="encryption")
    folder: Path = Path("/srv")
    retry: Retry = Retry()


def test_types_are_told_as_yaml_has_them() -> None:
    rows = {str(row["parameter"]): row for row in parameters(Parameters)}
    assert {name: (row["type"], row["default"]) for name, row in rows.items()} == {
        "maxthreads": ("whole number", 100),
        "mode": ("a or b", "a"),
        "ratio": ("number", None),
        "names": ("list", None),
        "bounded": ("whole number", 7),
        "keys": ("section", None),
        "encryption": ("true or false", True),
        "folder": ("path", "/srv"),
        "retry.pause": ("duration", "1h30m"),
    }
    assert [name for name, row in rows.items() if row["secret"]] == ["keys"]
