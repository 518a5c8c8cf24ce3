"""Variables that override the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.config import load_configuration
from moorage.driver import DriverParameters
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.config import Configuration

    Load = Callable[..., Configuration]

CONFIG = Path("config.yml")
FILE = """\
version: 0.1
storage:
  filesystem:
    rootdirectory: /var/lib/registry
    max_retries: 10
  delete:
    enabled: true
http:
  addr: :5000
  Headers:
    X-Frame: [deny]
  clientcas: [a, b]
"""


class Parameters(DriverParameters):
    rootdirectory: str = "/default"
    max_retries: int = 1
    bucket: str | None = None


def _load(environ: dict[str, str], text: str = FILE) -> Configuration:
    CONFIG.write_text(text)
    return load_configuration(CONFIG, environ)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)
    return _load


def test_a_parameter_of_the_driver(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": "/x"})
    assert configuration.driver_parameters(Parameters).rootdirectory == "/x"
    assert configuration.driver_parameters(Parameters).max_retries == 10
    assert configuration.where("storage", "filesystem", "rootdirectory") == "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY"
    assert configuration.where("storage", "filesystem", "max_retries") == "config.yml:5: storage.filesystem.max_retries"


def test_the_value_is_yaml(load: Load) -> None:
    configuration = load(
        {"REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED": "true", "REGISTRY_HTTP_TLS": "{key: k, clientcas: [c]}"}
    )
    assert configuration.storage.read_only is True
    assert configuration.sections["http"] == {
        "addr": ":5000",
        "Headers": {"X-Frame": ["deny"]},
        "clientcas": ["a", "b"],
        "tls": {"key": "k", "clientcas": ["c"]},
    }


def test_an_empty_value_unsets(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": "", "REGISTRY_STORAGE_DELETE": ""})
    assert configuration.driver_parameters(Parameters).rootdirectory == "/default"
    assert configuration.storage.delete_enabled is False


def test_a_driver_by_name_replaces_the_whole_section(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_S3_BUCKET": "b", "REGISTRY_STORAGE": "s3"})
    assert configuration.storage.driver == "s3"
    assert configuration.storage.delete_enabled is False
    assert configuration.driver_parameters(Parameters).bucket == "b"
    assert configuration.driver_parameters(Parameters).rootdirectory == "/default"


def test_a_parameter_for_a_driver_that_the_file_names_alone(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_S3_BUCKET": "b"}, "version: 0.1\nstorage: s3\n")
    assert configuration.storage.driver == "s3"
    assert configuration.driver_parameters(Parameters).bucket == "b"
    assert configuration.where("storage", "s3") == "config.yml:2: storage.s3"


def test_a_second_driver_is_refused(load: Load) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.yml:3") as caught:
        load({"REGISTRY_STORAGE_S3_BUCKET": "b"})
    assert caught.value.where == "REGISTRY_STORAGE_S3_BUCKET"


def test_keys_of_the_file_are_found_however_they_are_spelt(load: Load) -> None:
    configuration = load(
        {
            "REGISTRY_STORAGE_FILESYSTEM_MAX_RETRIES": "3",
            "REGISTRY_HTTP_HEADERS_X-FRAME": "[allow]",
        }
    )
    assert configuration.driver_parameters(Parameters).max_retries == 3
    http = configuration.sections["http"]
    assert isinstance(http, dict)
    assert http["Headers"] == {"X-Frame": ["allow"]}


def test_an_underscore_that_the_file_does_not_show_is_explained(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_S3_MAX_RETRIES": "3"}, "version: 0.1\nstorage: s3\n")
    with pytest.raises(ConfigurationError, match="max_retries") as caught:
        configuration.driver_parameters(Parameters)
    assert caught.value.where == "REGISTRY_STORAGE_S3_MAX_RETRIES"
    assert "only where the file has that key" in caught.value.what


def test_items_of_lists(load: Load) -> None:
    variables = {f"REGISTRY_HTTP_CLIENTCAS_{index}": f"c{index}" for index in range(1, 12)}
    variables |= {"REGISTRY_REDIS_ADDRS_0": "r:6379", "REGISTRY_REDIS_ADDRS_1": "s:6379"}
    variables |= {"REGISTRY_NOTIFICATIONS_ENDPOINTS_0_NAME": "n"}
    configuration = load(variables)
    http = configuration.sections["http"]
    assert isinstance(http, dict)
    assert http["clientcas"] == ["a", *(f"c{index}" for index in range(1, 12))]
    assert configuration.sections["redis"] == {"addrs": ["r:6379", "s:6379"]}
    assert configuration.sections["notifications"] == {"endpoints": [{"name": "n"}]}
    assert configuration.where("http", "clientcas", 0) == "config.yml:12: http.clientcas[0]"
    assert configuration.where("http", "clientcas", 1) == "REGISTRY_HTTP_CLIENTCAS_1"


@pytest.mark.parametrize(
    "name",
    [
        "REGISTRY_HTTP_CLIENTCAS_3",
        "REGISTRY_HTTP_CLIENTCAS_99999999999999999999",
        "REGISTRY_HTTP_CLIENTCAS_KEY",
        "REGISTRY_HTTP_CLIENTCAS_-1",
        "REGISTRY_HTTP_ADDR_PORT",
        "REGISTRY_STORAGE_FILESYSTEM__ROOTDIRECTORY",
        "REGISTRY_STORAGE_",
        "REGISTRY_STORAGE_FILESYSTEM" + "_A" * 3000,
    ],
)
def test_a_name_that_leads_nowhere(load: Load, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({name: "hunter2"})
    assert caught.value.where == name
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "*hunter2"),
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "!hunter2!hunter2 x"),
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "hunter2: hunter2: hunter2"),
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "\x01hunter2"),
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "\udcffhunter2"),
        ("REGISTRY_STORAGE_FILESYSTEM", "hunter2"),
        ("REGISTRY_STORAGE_FILESYSTEM", "[hunter2]"),
        ("REGISTRY_STORAGE", "[hunter2]"),
        ("REGISTRY_STORAGE", "5"),
        ("REGISTRY_STORAGE", "s3://user:hunter2@bucket"),
        ("REGISTRY_STORAGE_0", "hunter2"),
        ("REGISTRY_STORAGE_DELETE", "hunter2"),
        ("REGISTRY_STORAGE_DELETE_ENABLED", "hunter2"),
        ("REGISTRY_STORAGE_DELETE_ENABLD", "hunter2"),
        ("REGISTRY_STORAGE_REDIRECT_DISABLE", "{hunter2: hunter2}"),
        ("REGISTRY_STORAGE_TAG_CONCURRENCYLIMIT", "hunter2"),
        ("REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR", "hunter2"),
        ("REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_AGE", "hunter2"),
        ("REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_INTERVAL", "0s"),
    ],
)
def test_an_error_names_the_variable_and_not_its_value(load: Load, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({name: value})
    error: BaseException | None = caught.value
    assert caught.value.where == name
    while error is not None:
        assert "hunter2" not in f"{error} {error!r} {error.args}"
        error = error.__context__


def test_a_refused_parameter_names_the_variable(load: Load) -> None:
    configuration = load({"REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS": "hunter2"})
    with pytest.raises(ConfigurationError, match="must be a whole number") as caught:
        configuration.driver_parameters(Parameters)
    assert caught.value.where == "REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS"
    assert "storage.filesystem.maxthreads" in caught.value.what
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "REGISTRY_FOO",
        "REGISTRY_VERSION",
        "REGISTRY_",
        "REGISTRY_PORT_5000_TCP",
        "REGISTRY_STORGE_S3",
        "REGISTRY__STORAGE",
    ],
)
def test_a_name_of_no_section_is_a_warning(load: Load, name: str) -> None:
    (warning,) = load({name: "[hunter2"}).warnings
    assert warning.startswith(f"{name}: ")
    assert "hunter2" not in warning


def test_the_warning_guesses_the_section(load: Load) -> None:
    (warning,) = load({"REGISTRY_STORGE_S3": "x"}).warnings
    assert "REGISTRY_STORAGE" in warning


def test_other_names_are_nobodys_business(load: Load) -> None:
    others = {"REGISTRY": "1", "registry_storage": "s3", "PATH": "[", "REGISTRY_CONFIGURATION_PATH": "/etc/config.yml"}
    assert load(others).warnings == ()


def test_an_unimplemented_section_set_by_a_variable(load: Load) -> None:
    (warning,) = load({"REGISTRY_PROXY_PASSWORD": "hunter2"}).warnings
    assert warning.startswith("REGISTRY_PROXY_PASSWORD: ")
    assert "hunter2" not in warning


# Without a file


def test_overrides_apply_to_the_defaults() -> None:
    configuration = load_configuration(None, {"REGISTRY_STORAGE_DELETE_ENABLED": "true"})
    assert configuration.storage.driver == "filesystem"
    assert configuration.storage.delete_enabled is True
    assert configuration.driver_parameters(Parameters).rootdirectory == "./moorage-data"


@pytest.mark.parametrize(
    "environ",
    [
        {"REGISTRY_STORAGE": "filesystem"},
        {"REGISTRY_STORAGE": ""},
        {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": ""},
        {"REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS": "5"},
        {"REGISTRY_STORAGE_FILESYSTEM": "{maxthreads: 5}"},
    ],
)
def test_the_default_directory(environ: dict[str, str]) -> None:
    configuration = load_configuration(None, environ)
    assert configuration.driver_parameters(Parameters).rootdirectory == "./moorage-data"


def test_a_driver_set_by_variables_alone_takes_the_place_of_the_default() -> None:
    configuration = load_configuration(None, {"REGISTRY_STORAGE_S3_BUCKET": "b"})
    assert configuration.storage.driver == "s3"
    assert configuration.driver_parameters(Parameters).rootdirectory == "/default"


@pytest.mark.parametrize("value", ["5", "[a]", "[a, b]", "{filesystem: 5}", "{filesystem: [a]}"])
def test_a_default_cannot_mend_a_wrong_section(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(None, {"REGISTRY_STORAGE": value})
    assert caught.value.where == "REGISTRY_STORAGE"


# Whatever is in the environment, only ConfigurationError comes out

_STEPS = st.lists(
    st.sampled_from(
        ["STORAGE", "FILESYSTEM", "S3", "HTTP", "AUTH", "CLIENTCAS", "DELETE", "ENABLED", "0", "1", "2", "", "x"]
    )
)
_NAMES = st.one_of(
    _STEPS.map("_".join), st.text(st.characters(exclude_characters="\0=")), st.sampled_from(["STORAGE", "STORAGE_S3"])
).map("REGISTRY_{}".format)
_VALUES = st.text() | st.sampled_from(["", "s3", "true", "[a, b]", "{a: b}", "{s3: {}}", "*a", "&a [*a]", "168h", "{"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(environ=st.dictionaries(_NAMES, _VALUES, max_size=6), with_file=st.booleans())
def test_only_configuration_errors_come_out(load: Load, environ: dict[str, str], *, with_file: bool) -> None:
    try:
        configuration = load(environ) if with_file else load_configuration(None, environ)
    except ConfigurationError as error:
        assert error.where in environ  # noqa: PT017  # the file is right, so it must be a variable
    else:
        assert configuration.storage.driver
