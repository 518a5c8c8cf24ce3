"""The file: what YAML is taken, what is refused, and on which line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.config import load_configuration
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.config import Configuration

    Load = Callable[[str | bytes], Configuration]

CONFIG = Path("config.yml")
HEAD = "version: 0.1\nstorage: inmemory\n"


def _load(content: str | bytes) -> Configuration:
    CONFIG.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_configuration(CONFIG, {})


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)
    return _load


def _refused(load: Load, content: str | bytes) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(content)
    return caught.value


# What a scalar becomes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5242880", 5242880),
        ("-3", -3),
        ("0", 0),
        ("0.5", 0.5),
        ("true", True),
        ("False", False),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        # Kept as written, where YAML 1.1 would make something else of it.
        *((text, text) for text in ("2024_01", "0123", "0x1F", "+5", "1:30:00", "1.50", "1e5", ".5", "1.0e+5")),
        *((text, text) for text in ("no", "on", "2024-01-02", "9" * 30, ".inf", "-0", "0.1000000000000000055")),
    ],
)
def test_a_number_is_only_what_prints_the_same(load: Load, text: str, value: object) -> None:
    seen = load(f"{HEAD}http: {{key: {text}}}\n").sections["http"]
    assert seen == {"key": value}
    assert isinstance(seen, dict)
    assert type(seen["key"]) is type(value)


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_an_empty_value_is_unset(load: Load, empty: str) -> None:
    configuration = load(f"{HEAD}log: {empty}\nhttp:\n  addr: {empty}\n  host: h\nnotifications: {empty}\n")
    assert dict(configuration.sections) == {"http": {"host": "h"}}
    assert configuration.warnings == ()


# Anchors, aliases, merge keys


def test_aliases_and_merge_keys(load: Load) -> None:
    configuration = load(
        "version: 0.1\n"
        "log: &base {level: info, fields: &fields {service: registry}}\n"
        "redis: *fields\n"
        "http:\n"
        "  <<: *base\n"
        "  level: debug\n"
        "health:\n"
        "  <<: [{a: 1}, {a: 2, b: 3}]\n"
        "storage: inmemory\n"
    )
    assert configuration.sections["redis"] == {"service": "registry"}
    assert configuration.sections["http"] == {"level": "debug", "fields": {"service": "registry"}}
    assert configuration.sections["health"] == {"a": 1, "b": 3}
    assert configuration.where("http", "fields") == "config.yml:2: http.fields"


def test_an_alias_inside_its_own_value(load: Load) -> None:
    assert _refused(load, f"{HEAD}http: &a\n  b: [*a]\n").where.startswith("config.yml:3")


def test_a_merge_key_inside_its_own_value(load: Load) -> None:
    assert _refused(load, f"{HEAD}http: &a\n  <<: *a\n").where.startswith("config.yml:4")


def test_a_merge_of_something_else(load: Load) -> None:
    assert _refused(load, f"{HEAD}http:\n  <<: 5\n").where == "config.yml:4"


def test_an_alias_bomb_is_bounded(load: Load) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    error = _refused(load, "\n".join(lines))
    assert "aliases" in error.what


# Errors point at the line


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("version: 0.1\nstorage:\n  s3: [1, 2\n", "config.yml:4"),
        ("version: 0.1\nstorage: a: b\n", "config.yml:2"),
        ("version: 0.1\n\tstorage: x\n", "config.yml:2"),
        ("version: 0.1\nstorage: *hunter2\n", "config.yml:2"),
        ("version: 0.1\nstorage: !hunter2!hunter2 x\n", "config.yml:2"),
        ("version: 0.1\nstorage: !!binary aHVudGVyMg==\n", "config.yml:2"),
        ("version: 0.1\nstorage: !!python/object:os.system hunter2\n", "config.yml:2"),
        ("version: 0.1\nstorage: !!set {a, b}\n", "config.yml:2"),
        ("version: 0.1\n!!int 5: x\n", "config.yml:2"),
        ("version: 0.1\n[a, b]: x\n", "config.yml:2"),
        ("version: 0.1\nstorage: \x01\n", "config.yml:2"),
        ('version: 0.1\nstorage: "\\UFFFFFFFF"\n', "config.yml:2"),
        ("version: 0.1\nstorage: " + "[" * 500 + "\n", "config.yml:2"),
        ("version: 0.1\nstorage: " + "{a: " * 500 + "\n", "config.yml:2"),
        ("version: 0.1\n---\nversion: 0.1\n", "config.yml:2"),
        ("- version\n- storage\n", "config.yml:1"),
        ("\n\nhunter2\n", "config.yml:3"),
        ("", "config.yml"),
        ("# nothing\n", "config.yml"),
    ],
)
def test_where(load: Load, text: str, where: str) -> None:
    error = _refused(load, text)
    assert error.where == where
    assert "hunter2" not in str(error)
    assert "hunter2" not in repr(error.__context__)


def test_a_directive_beyond_pythons_integers(load: Load) -> None:
    assert _refused(load, f"%YAML 1.{'1' * 5000}\n---\n{HEAD}").where == "config.yml:1"


def test_a_key_set_twice_names_both_lines(load: Load) -> None:
    error = _refused(load, "version: 0.1\nstorage:\n  s3:\n    bucket: a\n    region: r\n    bucket: b\n")
    assert error.where == "config.yml:6"
    assert "'bucket'" in error.what
    assert "line 4" in error.what


def test_a_key_set_twice_is_not_repeated_if_it_has_the_value_in_it(load: Load) -> None:
    error = _refused(load, "version: 0.1\nstorage: {s3: {secretkey:hunter2, secretkey:hunter2}}\n")
    assert "hunter2" not in str(error)


# Errors of the file itself


@pytest.mark.usefixtures("load")
def test_a_missing_file() -> None:
    with pytest.raises(ConfigurationError, match="no such file") as caught:
        load_configuration(Path("other.yml"), {})
    assert caught.value.where == "other.yml"


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="directory") as caught:
        load_configuration(tmp_path, {})
    assert caught.value.where == str(tmp_path)


@pytest.mark.usefixtures("load")
def test_an_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # tests may run as root, whom no mode keeps out

    CONFIG.write_text(HEAD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigurationError, match="permission") as caught:
        load_configuration(CONFIG, {})
    assert caught.value.where == "config.yml"


@pytest.mark.usefixtures("load")
def test_a_failing_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(ConfigurationError, match="Input/output error"):
        load_configuration(CONFIG, {})


def test_a_path_that_is_none() -> None:
    with pytest.raises(ConfigurationError):
        load_configuration(Path("a\0b"), {})


def test_another_encoding(load: Load) -> None:
    error = _refused(load, b"version: 0.1\nstorage:\n  s3: {secretkey: hunter2\xff}\n")
    assert error.where == "config.yml:3"
    assert "UTF-8" in error.what
    assert error.__context__ is None


def test_a_byte_order_mark_and_windows_line_ends(load: Load) -> None:
    assert load(b"\xef\xbb\xbfversion: 0.1\r\nstorage: inmemory\r\n").storage.driver == "inmemory"


def test_a_huge_file(load: Load) -> None:
    assert "characters" in _refused(load, HEAD + "# padding\n" * 30_000).what
    assert "characters" in _refused(load, "a" * 2_000_000).what


# Whatever is in the file, only ConfigurationError comes out

_FRAGMENTS = st.sampled_from(
    [
        *(
            "version: 0.1\n",
            "storage:",
            "storage: s3\n",
            "\n",
            "  ",
            "\t",
            "- ",
            "? ",
            ": ",
            ":",
            "{",
            "}",
            "[",
            "]",
            ",",
        ),
        *(
            "&a ",
            "*a",
            "<<: ",
            "!!str ",
            "!x ",
            "!<",
            "%YAML 1.1\n",
            "%TAG ! x\n",
            "---\n",
            "...\n",
            "|\n",
            ">-\n",
            "#",
        ),
        *("'", '"', "\\x", "\\U", "\\ud800", "@", "`", "0", "1.5", "true", "~", "key", "é", "\u2028", "\x85", "\ufeff"),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(content=st.binary() | st.text().map(str.encode) | st.lists(_FRAGMENTS).map(lambda f: "".join(f).encode()))
def test_only_configuration_errors_come_out(load: Load, content: bytes) -> None:
    try:
        configuration = load(content)
    except ConfigurationError as error:
        assert error.where.startswith("config.yml")  # noqa: PT017  # both outcomes are right
    else:
        assert configuration.storage.driver


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(content=st.lists(_FRAGMENTS).map("".join))
def test_a_valid_head_with_anything_after_it(load: Load, content: str) -> None:
    try:
        configuration = load(f"{HEAD}http: {content}")
    except ConfigurationError as error:
        assert error.where.startswith("config.yml")  # noqa: PT017  # both outcomes are right
    else:
        assert configuration.storage.driver
