"""A driver's parameters: what its model refuses becomes one error that points at the line."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from moorage.config import load_configuration
from moorage.driver import DriverParameters
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.config import Configuration

    Load = Callable[..., Configuration]

CONFIG = Path("config.yml")


class Endpoint(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    token: SecretStr | None = None


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    clientid: str
    secret: SecretStr = Field(description="The client's secret.")


class Parameters(DriverParameters):
    bucket: str = Field(description="Name of the bucket.")
    region: str | None = None
    accesskey: str | None = None
    secretkey: SecretStr | None = None
    secure: bool = True
    chunksize: int = Field(default=10, ge=5)
    timeout: float = 1.0
    storageclass: Literal["STANDARD", "GLACIER"] = "STANDARD"
    read_only: bool = Field(default=False, alias="read-only")
    credentials: Credentials | None = None
    mirrors: list[Endpoint] = Field(default=[])
    headers: dict[str, int | bool] = Field(default={})

    @field_validator("secretkey", mode="before")
    @classmethod
    def _long_enough(cls, value: object) -> object:
        if isinstance(value, str) and len(value) < 4:
            raise ValueError(f"{value} is too short")
        return value

    @field_validator("region")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "moon":
            raise ValueError("the moon has no region")
        if value == "echo-region":
            raise ValueError(f"{value} is unknown")
        return value

    @model_validator(mode="after")
    def _both_keys(self) -> Parameters:
        if self.accesskey == "leak" and self.secretkey is not None:
            raise ValueError(f"cannot use {self.secretkey.get_secret_value()}")
        if (self.accesskey is None) != (self.secretkey is None):
            raise ValueError("give accesskey and secretkey both, or neither")
        return self


def _load(*lines: str, environ: dict[str, str] | None = None) -> Configuration:
    text = "\n".join(["version: 0.1", "storage:", "  s3:", *(f"    {line}" for line in lines)])
    CONFIG.write_text(text)
    return load_configuration(CONFIG, environ or {})


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)
    return _load


def _refused(configuration: Configuration) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        configuration.driver_parameters(Parameters)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # pydantic's error would hold the values
    return caught.value


def test_what_is_accepted(load: Load) -> None:
    parameters = load(
        "bucket: 2024_01",
        "accesskey: 0123",
        "secretkey: 123456",
        "secure: no",
        "chunksize: 5242880",
        "timeout: 0.5",
        "read-only: true",
        "credentials: {clientid: 0.1, secret: 12345}",
        "mirrors: [{url: a}, {url: b, token: t}]",
        "region:",
    ).driver_parameters(Parameters)
    assert parameters.bucket == "2024_01"
    assert parameters.accesskey == "0123"
    assert parameters.secretkey is not None
    assert parameters.secretkey.get_secret_value() == "123456"
    assert parameters.secure is False
    assert parameters.chunksize == 5242880
    assert parameters.timeout == 0.5
    assert parameters.read_only is True
    assert parameters.region is None
    assert [mirror.url for mirror in parameters.mirrors] == ["a", "b"]
    assert parameters.maxthreads == 100


def test_a_misspelt_key_names_line_key_accepted_keys_and_the_nearest(load: Load) -> None:
    error = _refused(load("bucket: b", "secretkye: hunter2"))
    assert error.where == "config.yml:5: storage.s3.secretkye"
    assert "'secretkey'" in error.what
    accepted = error.what.partition("Accepted: ")[2].split(", ")
    assert accepted == sorted({*Parameters.model_fields, "read-only"} - {"read_only"})
    assert "hunter2" not in f"{error} {error!r} {error.args}"


def test_a_misspelt_key_comes_before_what_it_leaves_missing(load: Load) -> None:
    error = _refused(load("chunksize: x", "buckte: b"))
    assert error.where == "config.yml:5: storage.s3.buckte"
    assert error.what.endswith("Also wrong: storage.s3.bucket, storage.s3.chunksize")


def test_a_key_without_its_space_does_not_show_its_value(load: Load) -> None:
    error = _refused(load("bucket: b", "credentials: {clientid: c, secret:hunter2}"))
    assert error.where == "config.yml:5: storage.s3.credentials.secret…"
    assert "hunter2" not in f"{error} {error!r}"


@pytest.mark.parametrize(
    ("line", "where", "accepted"),
    [
        ("chunksize: many", "5: storage.s3.chunksize", "whole number"),
        ("chunksize: 1.5", "5: storage.s3.chunksize", "whole number"),
        ("chunksize: 4", "5: storage.s3.chunksize", "greater than or equal to 5"),
        ("chunksize: [hunter2]", "5: storage.s3.chunksize", "whole number"),
        ("timeout: hunter2", "5: storage.s3.timeout", "number"),
        ("secure: hunter2", "5: storage.s3.secure", "true or false"),
        ("read-only: hunter2", "5: storage.s3.read-only", "true or false"),
        ("region: true", "5: storage.s3.region", "quotes"),
        ("region: {hunter2: x}", "5: storage.s3.region", "text"),
        ("region: moon", "5: storage.s3.region", "the moon has no region"),
        ("storageclass: GLACIR", "5: storage.s3.storageclass", "'GLACIER'"),
        ("mirrors: hunter2", "5: storage.s3.mirrors", "list"),
        ("mirrors: [{url: a}, {uri: hunter2}]", "5: storage.s3.mirrors[1].uri", "'url'"),
        ("mirrors: [{url: a, token: [hunter2]}]", "5: storage.s3.mirrors[0].token", "text"),
        ("credentials: hunter2", "5: storage.s3.credentials", "section"),
        ("credentials: {clientid: c}", "5: storage.s3.credentials.secret", "The client's secret"),
        ("credentials: {clientid: c, secret: [hunter2]}", "5: storage.s3.credentials.secret", "text"),
        ("headers: {a: hunter2}", "5: storage.s3.headers.a", "number"),
        ("accesskey: hunter2", "3: storage.s3", "both"),
    ],
)
def test_a_wrong_value(load: Load, line: str, where: str, accepted: str) -> None:
    error = _refused(load("bucket: b", line))
    assert error.where == f"config.yml:{where}"
    assert accepted in error.what
    assert "hunter2" not in f"{error} {error!r} {error.args}"


def test_a_missing_key_points_at_its_section_and_says_what_it_is_for(load: Load) -> None:
    error = _refused(load("region: r"))
    assert error.where == "config.yml:3: storage.s3.bucket"
    assert "Name of the bucket" in error.what


def test_an_empty_value_counts_as_missing(load: Load) -> None:
    error = _refused(load("region: r", "bucket:"))
    assert error.where == "config.yml:5: storage.s3.bucket"


def test_a_misspelt_key_without_a_value_is_refused_too(load: Load) -> None:
    assert _refused(load("bucket: b", "secretkye:")).where == "config.yml:5: storage.s3.secretkye"
    error = _refused(load("bucket: b", "mirrors:", "  - url: a", "    tokn:"))
    assert error.where == "config.yml:7: storage.s3.mirrors[0].tokn"
    assert "'token'" in error.what


def test_a_driver_without_parameters(load: Load) -> None:
    error = _refused(load())
    assert error.where == "config.yml:3: storage.s3.bucket"


@pytest.mark.parametrize(
    "lines",
    [
        ("accesskey: a", "secretkey: h2!"),  # its own validator repeats it
        ("accesskey: leak", "secretkey: h2!!"),  # the model's validator repeats it
    ],
)
def test_a_validator_that_repeats_a_secret_is_not_quoted(load: Load, lines: tuple[str, ...]) -> None:
    error = _refused(load("bucket: b", *lines))
    assert "h2!" not in f"{error} {error!r}"


def test_a_validator_may_repeat_a_value_of_the_file_but_not_one_of_a_variable(load: Load) -> None:
    assert "echo-region is unknown" in _refused(load("bucket: b", "region: echo-region")).what
    error = _refused(load("bucket: b", environ={"REGISTRY_STORAGE_S3_REGION": "echo-region"}))
    assert error.where == "REGISTRY_STORAGE_S3_REGION"
    assert "echo-region" not in error.what


def test_a_variable_is_named_and_its_value_is_not(load: Load) -> None:
    environ = {"REGISTRY_STORAGE_S3_BUCKET": "b", "REGISTRY_STORAGE_S3_SECRETKYE": "hunter2"}
    error = _refused(load("region: r", environ=environ))
    assert error.where == "REGISTRY_STORAGE_S3_SECRETKYE"
    assert "'secretkey'" in error.what
    assert "hunter2" not in f"{error} {error!r}"


def test_a_bound_is_named_even_where_a_variable_has_the_same_number(load: Load) -> None:
    environ = {"REGISTRY_STORAGE_S3_CHUNKSIZE": "4", "REGISTRY_STORAGE_S3_MAXTHREADS": "5"}
    error = _refused(load("bucket: b", environ=environ))
    assert error.where == "REGISTRY_STORAGE_S3_CHUNKSIZE"
    assert "greater than or equal to 5" in error.what


def test_a_key_missing_beside_a_variable(load: Load) -> None:
    error = _refused(load(environ={"REGISTRY_STORAGE": "s3", "REGISTRY_STORAGE_S3_REGION": "r"}))
    assert error.where == "REGISTRY_STORAGE"
    assert "storage.s3.bucket" in error.what


def test_the_error_crosses_processes(load: Load) -> None:
    error = _refused(load("region: r"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (again.where, again.what) == (error.where, error.what)


_KEYS = st.sampled_from([*Parameters.model_fields, "read-only", "url", "clientid", "secret", "bukcet"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("hunter2é '\"#:{}[]\n\0😀"),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(_KEYS, children, max_size=3),
    max_leaves=6,
)


def _flow(value: object) -> str:
    """Write a value as YAML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return "null" if value is None else str(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(values=st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_any_parameters_are_accepted_or_one_configuration_error(load: Load, values: dict[str, object]) -> None:
    configuration = load(*(f"{key}: {_flow(value)}" for key, value in values.items()))
    try:
        parameters = configuration.driver_parameters(Parameters)
    except ConfigurationError as error:
        shown = f"{error} {error!r}"
        assert (error.where[:11], "hunter2" in shown) == ("config.yml:", False)  # noqa: PT017  # both outcomes are right
    else:
        assert parameters.maxthreads >= 1
