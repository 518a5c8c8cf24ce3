"""No secret shows, however the file around it is broken; and no name breaks the line that it is reported on."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import Field, SecretStr

from moorage.config import load_configuration
from moorage.driver import DriverParameters
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "wJalrXUtnFEMI/K7MDENG"  # noqa: S105  # AWS's documentation has it
TEXT = f"""\
version: 0.1
storage:
  s3:
    accesskey: AKIAEXAMPLE
    secretkey: {SECRET}
    bucket: images
    rootdirectory: /registry
  delete:
    enabled: true
http:
  secret: {SECRET}
  addr: :5000
proxy:
  password: {SECRET}
"""
ENVIRONMENT = {"REGISTRY_STORAGE_S3_SECRETKEY": SECRET, "REGISTRY_HTTP_SECRET": SECRET, "REGISTRY_FOO": SECRET}

# A position in the file, how much is cut there, and what is put in its place.
edits = st.lists(
    st.tuples(
        st.integers(0, len(TEXT)),
        st.integers(0, 3),
        st.sampled_from(["", " ", "\n", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", "'", '"', "&", "*", "!", "\0"]),
    ),
    min_size=1,
    max_size=3,
)


class Parameters(DriverParameters):
    accesskey: SecretStr | None = None
    secretkey: SecretStr = Field(min_length=8)
    bucket: str
    rootdirectory: str = "/"


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    path = tmp_path_factory.mktemp("secrets") / "config.yml"

    def write(text: str) -> Path:
        path.write_text(text)
        return path

    return write


def outcome(path: Path, environ: dict[str, str]) -> str:
    """Return all that the operator, or a log, gets to see."""
    try:
        configuration = load_configuration(path, environ)
        parameters = configuration.driver_parameters(Parameters)
    except ConfigurationError as error:
        return "\n".join([*traceback.format_exception(error), repr(error), repr(error.args)])
    return "\n".join([repr(configuration), str(configuration), *configuration.warnings, repr(parameters)])


@settings(max_examples=300, deadline=None)
@given(changes=edits)
@example(changes=[(TEXT.index(SECRET) - 1, 1, "")])
@example(changes=[(TEXT.index(SECRET) - 2, 1, "")])
@example(changes=[(TEXT.index(SECRET), 0, "*")])
@example(changes=[(TEXT.index(SECRET), 0, "!")])
@example(changes=[(TEXT.index(SECRET), 0, "'")])
@example(changes=[(TEXT.index(SECRET), 0, "{")])
def test_a_broken_file_shows_no_secret(write: Callable[[str], Path], changes: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for position, cut, new in changes:
        text = text[:position] + new + text[position + cut :]
    shown = outcome(write(text), {})
    assert shown
    assert SECRET not in shown
    assert "K7MDENG" not in shown


def test_a_right_file_shows_no_secret(write: Callable[[str], Path]) -> None:
    path = write(TEXT)
    assert load_configuration(path, {}).driver_parameters(Parameters).secretkey.get_secret_value() == SECRET
    for environ in ({}, ENVIRONMENT):
        shown = outcome(path, environ)
        assert "Configuration(" in shown
        assert "K7MDENG" not in shown


@pytest.mark.parametrize(
    "name",
    [
        "REGISTRY_STORAGE_S3_SECRETKEY_X",
        "REGISTRY_STORAGE_S3",
        "REGISTRY_STORAGE_S3_MAXTHREADS",
        "REGISTRY_STORAGE_S3_NAME",
        "REGISTRY_STORAGE_DELETE_ENABLED",
    ],
)
def test_a_variable_in_the_wrong_place_shows_no_secret(write: Callable[[str], Path], name: str) -> None:
    shown = outcome(write(TEXT), {name: SECRET})
    assert name in shown
    assert "K7MDENG" not in shown


def test_a_variable_whose_name_has_a_line_break_is_reported_on_one_line(write: Callable[[str], Path]) -> None:
    path = write(TEXT)
    (warning, *_) = load_configuration(path, {"REGISTRY_FOO\nalert: \x1b[31mred": "x"}).warnings
    assert warning.isprintable()
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(path, {"REGISTRY_STORAGE_DELETE_\n": "x"})
    assert refused.value.where == r"'REGISTRY_STORAGE_DELETE_\n'"
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("name", ["config\n.yml", "config\x1b[31m.yml", "config\udcff.yml"])
def test_a_file_whose_name_has_a_line_break_is_reported_on_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for content in (None, b"", b"[", b"version: 0.1", b"\xff", b"- a"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigurationError) as refused:
            load_configuration(path, {})
        assert str(refused.value).isprintable()
        assert ascii(name)[1:-1] in refused.value.where
