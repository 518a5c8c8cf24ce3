"""What core takes from the file, and what it says about the rest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moorage.config import UploadPurging, load_configuration
from moorage.driver import DriverParameters
from moorage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moorage.config import Configuration

    Load = Callable[[str], Configuration]

CONFIG = Path("config.yml")

EVERYTHING = """\
version: 0.1
log:
  accesslog:
    disabled: true
  level: info
  formatter: json
  fields:
    service: images
  hooks:
    - type: mail
      levels: [panic]
      options:
        smtp: {addr: mail.example.org:25, username: u, password: hunter2, insecure: true}
        from: images@example.org
        to: [ops@example.org]
loglevel: info
storage:
  s3:
    accesskey: AKIAEXAMPLE
    secretkey: hunter2
    region: eu-central-1
    bucket: images
    encrypt: true
    chunksize: 10485760
    rootdirectory: /registry
  tag:
    concurrencylimit: 4
  delete:
    enabled: true
  redirect:
    disable: true
  cache:
    blobdescriptor: redis
    blobdescriptorsize: 5000
  maintenance:
    uploadpurging:
      enabled: false
      age: 72h
      interval: 1h30m
      dryrun: true
    readonly:
      enabled: true
auth:
  htpasswd:
    realm: images
    path: /etc/registry/htpasswd
middleware:
  storage:
    - name: redirect
      options:
        baseurl: https://cdn.example.org/
http:
  addr: :5000
  secret: hunter2
  tls:
    certificate: /etc/tls/cert.pem
    key: /etc/tls/key.pem
  debug:
    addr: localhost:5001
    prometheus: {enabled: true, path: /metrics}
  headers:
    X-Content-Type-Options: [nosniff]
  http2: {disabled: false}
notifications:
  events: {includereferences: true}
  endpoints:
    - name: audit
      url: https://audit.example.org/events
      headers:
        Authorization: [Bearer hunter2]
      timeout: 1s
      threshold: 10
      backoff: 1s
redis:
  addrs: [localhost:6379]
  password: hunter2
  dialtimeout: 10ms
health:
  storagedriver: {enabled: true, interval: 10s, threshold: 3}
catalog: {maxentries: 500}
compatibility: {schema1: {enabled: false}}
reporting: {bugsnag: {apikey: hunter2}}
proxy:
  remoteurl: https://images.example.org
  password: hunter2
  ttl: 168h
validation:
  manifests: {urls: {allow: ['^https://']}}
policy: {repository: {classes: [image]}}
"""

DEVELOPMENT = """\
version: 0.1
log:
  level: debug
  fields:
    service: registry
    environment: development
storage:
    delete:
      enabled: true
    cache:
        blobdescriptor: inmemory
    filesystem:
        rootdirectory: /srv/registry
    maintenance:
        uploadpurging:
            enabled: false
    tag:
      concurrencylimit: 8
http:
    addr: :5000
    headers:
        X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
"""


def _load(text: str) -> Configuration:
    CONFIG.write_text(text)
    return load_configuration(CONFIG, {})


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)
    return _load


def _refused(load: Load, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    return caught.value


def _refused_storage(load: Load, *lines: str) -> ConfigurationError:
    return _refused(load, "\n".join(["version: 0.1", "storage:", "  inmemory:", *(f"  {line}" for line in lines)]))


def test_a_file_that_uses_everything(load: Load) -> None:
    configuration = load(EVERYTHING)
    assert configuration.source == "config.yml"
    storage = configuration.storage
    assert storage.driver == "s3"
    assert storage.delete_enabled is True
    assert storage.read_only is True
    assert storage.redirect_disabled is True
    assert storage.descriptor_cache == "redis"
    assert storage.descriptor_cache_size == 5000
    assert storage.tag_concurrency_limit == 4
    assert storage.upload_purging == UploadPurging(
        enabled=False, age=timedelta(hours=72), interval=timedelta(minutes=90), dry_run=True
    )
    assert configuration.sections["catalog"] == {"maxentries": 500}
    assert configuration.sections["loglevel"] == "info"
    assert "storage" not in configuration.sections
    assert "version" not in configuration.sections


def test_sections_without_effect_are_warned_about_by_line(load: Load) -> None:
    places = [warning.partition(": Moorage")[0] for warning in load(EVERYTHING).warnings]
    lines = EVERYTHING.splitlines()
    expected = ["middleware", "notifications", "policy", "proxy", "reporting", "validation"]
    numbers = {name: next(n for n, line in enumerate(lines, 1) if line.startswith(f"{name}:")) for name in expected}
    cache = lines.index("  cache:") + 1
    assert places == [
        *(f"config.yml:{numbers[name]}: {name}" for name in expected),
        f"config.yml:{cache}: storage.cache",
    ]


def test_nothing_secret_shows(load: Load) -> None:
    configuration = load(EVERYTHING)
    shown = f"{configuration!r} {configuration} {configuration.warnings}"
    for value in ("hunter2", "AKIAEXAMPLE", "/registry", "images.example.org"):
        assert value not in shown


def test_a_configuration_does_not_change(load: Load) -> None:
    configuration = load(EVERYTHING)
    with pytest.raises(FrozenInstanceError):
        configuration.source = "other"  # type: ignore[misc]  # that it is refused is the point
    with pytest.raises(TypeError):
        configuration.sections["http"] = {}  # type: ignore[index]  # the same


def test_a_development_file(load: Load) -> None:
    configuration = load(DEVELOPMENT)
    assert configuration.storage.driver == "filesystem"
    assert configuration.storage.delete_enabled is True
    assert configuration.storage.upload_purging == UploadPurging(enabled=False)
    assert len(configuration.warnings) == 1


def test_the_smallest_files(load: Load) -> None:
    for text in ("storage: inmemory", "storage:\n  inmemory:", "storage: {inmemory: {}}"):
        configuration = load(f"version: 0.1\n{text}\n")
        storage = configuration.storage
        assert storage.driver == "inmemory"
        assert (storage.delete_enabled, storage.read_only, storage.redirect_disabled) == (False, False, False)
        assert storage.upload_purging == UploadPurging(
            enabled=True, age=timedelta(hours=168), interval=timedelta(hours=24), dry_run=False
        )
        assert (storage.descriptor_cache, storage.descriptor_cache_size, storage.tag_concurrency_limit) == (None,) * 3
        assert configuration.warnings == ()
        assert configuration.driver_parameters(DriverParameters).maxthreads == 100


def test_the_built_in_defaults() -> None:
    configuration = load_configuration(None, {})
    assert configuration.source == "built-in defaults"
    assert configuration.storage.driver == "filesystem"
    assert configuration.warnings == ()
    assert configuration.where("storage", "filesystem") == "built-in defaults: storage.filesystem"


def test_the_cache_by_its_first_name(load: Load) -> None:
    storage = load("version: 0.1\nstorage: {inmemory: , cache: {layerinfo: inmemory}}\n").storage
    assert storage.descriptor_cache == "inmemory"


def test_words_for_true_and_false(load: Load) -> None:
    for word, value in {"yes": True, "On": True, "y": True, "'true'": True, "no": False, "OFF": False}.items():
        assert (
            load(f"version: 0.1\nstorage: {{inmemory: , delete: {{enabled: {word}}}}}").storage.delete_enabled is value
        )


def test_where_points_at_the_key_or_around_it(load: Load) -> None:
    configuration = load(DEVELOPMENT)
    assert configuration.where("storage", "filesystem", "rootdirectory") == (
        "config.yml:13: storage.filesystem.rootdirectory"
    )
    assert configuration.where("storage", "filesystem", "bucket") == "config.yml:12: storage.filesystem.bucket"
    assert configuration.where("auth", "token") == "config.yml: auth.token"


# Top level


def test_a_misspelt_section(load: Load) -> None:
    error = _refused(load, "version: 0.1\nstorage: inmemory\nnotificatons: {}\n")
    assert error.where == "config.yml:3: notificatons"
    assert "'notifications'" in error.what


@pytest.mark.parametrize("version", ["0.2", "0.10", "1", "[0.1]"])
def test_another_version(load: Load, version: str) -> None:
    assert _refused(load, f"storage: inmemory\nversion: {version}\n").where == "config.yml:2: version"


@pytest.mark.parametrize("text", ["storage: inmemory\n", "storage: inmemory\nversion:\n"])
def test_no_version(load: Load, text: str) -> None:
    error = _refused(load, text)
    assert error.where.endswith("version")
    assert "version: 0.1" in error.what


# The driver


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("log: {}", "config.yml: storage"),
        ("storage:", "config.yml:2: storage"),
        ("storage: {}", "config.yml:2: storage"),
        ("storage:\n  delete: {enabled: true}", "config.yml:2: storage"),
        ("storage: [inmemory]", "config.yml:2: storage"),
        ("storage: 5", "config.yml:2: storage"),
        ("storage: s3://user:hunter2@host", "config.yml:2: storage"),
        ("storage:\n  inmemory: hunter2", "config.yml:3: storage.inmemory"),
        ("storage:\n  inmemory: [hunter2]", "config.yml:3: storage.inmemory"),
    ],
)
def test_no_driver(load: Load, text: str, where: str) -> None:
    error = _refused(load, f"version: 0.1\n{text}\n")
    assert error.where == where
    assert "hunter2" not in str(error)


def test_two_drivers(load: Load) -> None:
    error = _refused_storage(load, "filesystem:", "  rootdirectory: /x")
    assert error.where == "config.yml:4: storage.filesystem"
    assert "config.yml:3: storage.inmemory" in error.what


def test_a_misspelt_reserved_key_is_not_taken_for_a_driver(load: Load) -> None:
    error = _refused_storage(load, "maintenence: {readonly: {enabled: true}}")
    assert error.where == "config.yml:4: storage.maintenence"
    assert "did you mean 'maintenance'" in error.what


# The reserved keys


@pytest.mark.parametrize(
    ("line", "key", "accepted"),
    [
        ("delete: {enabld: hunter2}", "delete.enabld", "'enabled'"),
        ("redirect: {disabled: hunter2}", "redirect.disabled", "'disable'"),
        ("cache: {blobdescripter: hunter2}", "cache.blobdescripter", "'blobdescriptor'"),
        ("tag: {concurrency: hunter2}", "tag.concurrency", "'concurrencylimit'"),
        ("maintenance: {uploadpurge: hunter2}", "maintenance.uploadpurge", "'uploadpurging'"),
        ("maintenance: {readonly: {enable: hunter2}}", "maintenance.readonly.enable", "'enabled'"),
        ("maintenance: {uploadpurging: {agee: hunter2}}", "maintenance.uploadpurging.agee", "'age'"),
        ("delete: {secretkey:hunter2}", "delete.secretkey…", "enabled"),
        ("delete: hunter2", "delete", "enabled"),
        ("maintenance: {readonly: hunter2}", "maintenance.readonly", "enabled"),
        ("delete: {enabled: hunter2}", "delete.enabled", "true or false"),
        ("delete: {enabled: 1}", "delete.enabled", "true or false"),
        ("delete: {enabled: [hunter2]}", "delete.enabled", "true or false"),
        ("maintenance: {readonly: {enabled: hunter2}}", "maintenance.readonly.enabled", "true or false"),
        ("redirect: {disable: hunter2}", "redirect.disable", "true or false"),
        ("cache: {blobdescriptor: rediss}", "cache.blobdescriptor", "'redis'"),
        ("cache: {blobdescriptor: {hunter2: }}", "cache.blobdescriptor", "inmemory, redis"),
        ("cache: {blobdescriptorsize: -1}", "cache.blobdescriptorsize", "at least 0"),
        ("tag: {concurrencylimit: true}", "tag.concurrencylimit", "whole number"),
        ("tag: {concurrencylimit: 1.5}", "tag.concurrencylimit", "whole number"),
        ("maintenance: {uploadpurging: {age: 168}}", "maintenance.uploadpurging.age", "unit"),
        ("maintenance: {uploadpurging: {age: -1h}}", "maintenance.uploadpurging.age", "negative"),
        ("maintenance: {uploadpurging: {age: true}}", "maintenance.uploadpurging.age", "168h"),
        ("maintenance: {uploadpurging: {age: hunter2}}", "maintenance.uploadpurging.age", "168h"),
        ("maintenance: {uploadpurging: {interval: 0s}}", "maintenance.uploadpurging.interval", "zero"),
        ("maintenance: {uploadpurging: {dryrun: hunter2}}", "maintenance.uploadpurging.dryrun", "true or false"),
    ],
)
def test_a_wrong_key_or_value(load: Load, line: str, key: str, accepted: str) -> None:
    error = _refused_storage(load, line)
    assert error.where == f"config.yml:4: storage.{key}"
    assert accepted in error.what
    assert "hunter2" not in f"{error} {error!r} {error.__context__!r}"


def test_the_import_is_light() -> None:
    script = (
        "import sys, moorage.config as c; c.load_configuration(None, {'REGISTRY_FOO': '1'});"
        "print(sorted({'yaml', 'pydantic', 'decimal'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
