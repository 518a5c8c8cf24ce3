"""From a file and the environment to a checked configuration."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from moorage.config._document import Document
from moorage.config._environ import apply_environment
from moorage.config._model import Configuration
from moorage.config._sections import KNOWN_SECTIONS, UNIMPLEMENTED
from moorage.config._storage import driver_names, read_storage
from moorage.config._tree import Node, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moorage.config._storage import StorageConfiguration

_VERSION = "0.1"
_DEFAULTS = Origin("built-in defaults")
_DEFAULT_DRIVER = "filesystem"
_DEFAULT_DIRECTORY = "./moorage-data"


def load_configuration(path: Path | None, environ: Mapping[str, str]) -> Configuration:
    """Read a configuration in Distribution's format, apply overrides, and check it.

    The rules are those of Distribution's configuration reference; ``REGISTRY_...`` variables override the file.

    Args:
        path: The file. None stands for the built-in defaults: the filesystem driver in ``./moorage-data``.
        environ: The environment, of which only names that begin with ``REGISTRY_`` are looked at.

    Raises:
        ConfigurationError: Anything is wrong with the file or a variable; nothing but this comes out. No secret is
            in it, and no value of a variable.
    """
    root = _built_in() if path is None else _read(path)
    document = Document(root)
    document.section(accepted=KNOWN_SECTIONS)
    _check_version(document)
    warnings = apply_environment(root, environ)
    if path is None:
        _fill_in(document)
    storage = read_storage(document)
    return Configuration(
        source=root.origin.name,
        storage=storage,
        sections=MappingProxyType(_sections(document)),
        warnings=(*warnings, *_without_effect(document, storage)),
        _document=document,
    )


def _built_in() -> Node:
    return Node({"version": Node(_VERSION, _DEFAULTS)}, _DEFAULTS)


def _read(path: Path) -> Node:
    from moorage.config._file import read_file  # noqa: PLC0415  # PyYAML is slow to import, and needed here alone

    return read_file(path)


def _check_version(document: Document) -> None:
    version = document.find("version")
    if version is None:
        raise document.error(("version",), f"the version of the format is missing; begin with 'version: {_VERSION}'")
    if str(version.value) != _VERSION:
        raise document.error(("version",), f"this version of the format is not supported; write 'version: {_VERSION}'")


def _fill_in(document: Document) -> None:
    """Complete what the environment alone says: without a driver, filesystem; without a directory, ours."""
    storage = document.root.ensure("storage", _DEFAULTS)
    storage.name_to_section()
    if not isinstance(storage.value, dict):
        return  # a list, say: reading the section refuses it
    names = driver_names(storage.value)
    if names in ([], [_DEFAULT_DRIVER]):
        driver = storage.ensure(_DEFAULT_DRIVER, _DEFAULTS)
        directory = driver.child("rootdirectory")
        if isinstance(driver.value, dict) and (directory is None or directory.value is None):
            driver.value["rootdirectory"] = Node(_DEFAULT_DIRECTORY, _DEFAULTS)


def _sections(document: Document) -> dict[str, object]:
    others = sorted(KNOWN_SECTIONS - {"version", "storage"})
    return {name: node.plain() for name in others if (node := document.find(name)) is not None}


def _without_effect(document: Document, storage: StorageConfiguration) -> list[str]:
    warnings = [
        f"{document.where(name)}: Moorage does not implement this section; it has no effect"
        for name in sorted(UNIMPLEMENTED)
        if document.find(name) is not None
    ]
    if storage.descriptor_cache is not None:
        where = document.where("storage", "cache")
        warnings.append(f"{where}: Moorage does not cache descriptors yet; the section has no effect")
    return warnings
