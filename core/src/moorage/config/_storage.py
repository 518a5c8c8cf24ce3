"""The section ``storage``: which driver, and what is allowed to happen to what it stores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from moorage.config._spelling import nearest
from moorage.config._tree import shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from moorage.config._document import Document

_CACHE, _DELETE, _MAINTENANCE, _REDIRECT, _TAG = "cache", "delete", "maintenance", "redirect", "tag"
_RESERVED = frozenset({_CACHE, _DELETE, _MAINTENANCE, _REDIRECT, _TAG})
_CACHES = frozenset({"inmemory", "redis"})
_DRIVER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_EXACTLY_ONE = "name exactly one storage driver there, such as 'filesystem:' or 's3:'"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPurging:
    """When uploads that nobody finished are removed (``storage.maintenance.uploadpurging``).

    Attributes:
        enabled: Whether the registry removes them by itself.
        age: How old an upload must be.
        interval: The time between two rounds.
        dry_run: Only tell what would be removed.
    """

    enabled: bool = True
    age: timedelta = timedelta(hours=168)
    interval: timedelta = timedelta(hours=24)
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageConfiguration:
    """What ``storage`` says, without the driver's own parameters.

    Attributes:
        driver: The driver's name, or an alias of it, as the configuration spells it.
        delete_enabled: Whether blobs and manifests may be deleted (``delete.enabled``).
        read_only: Whether nothing may be changed (``maintenance.readonly.enabled``).
        redirect_disabled: Whether content is never served by redirect (``redirect.disable``).
        upload_purging: When unfinished uploads are removed.
        descriptor_cache: The cache of descriptors that is asked for, ``inmemory`` or ``redis``, if any.
        descriptor_cache_size: The largest number of descriptors in it, if given.
        tag_concurrency_limit: How many tags are looked up at once, if given (``tag.concurrencylimit``).
    """

    driver: str
    delete_enabled: bool = False
    read_only: bool = False
    redirect_disabled: bool = False
    upload_purging: UploadPurging = UploadPurging()
    descriptor_cache: str | None = None
    descriptor_cache_size: int | None = None
    tag_concurrency_limit: int | None = None


def read_storage(document: Document) -> StorageConfiguration:
    """Read and check the section ``storage``.

    Raises:
        ConfigurationError: It does not name exactly one driver, or a key or value in it is not accepted.
    """
    driver = _driver(document)
    document.section("storage", driver)
    _check_reserved(document)
    cache = document.choice("storage", _CACHE, "blobdescriptor", accepted=_CACHES)
    return StorageConfiguration(
        driver=driver,
        delete_enabled=document.boolean("storage", _DELETE, "enabled", default=False),
        read_only=document.boolean("storage", _MAINTENANCE, "readonly", "enabled", default=False),
        redirect_disabled=document.boolean("storage", _REDIRECT, "disable", default=False),
        upload_purging=_upload_purging(document),
        # Distribution called it layerinfo at first, and still reads that.
        descriptor_cache=cache or document.choice("storage", _CACHE, "layerinfo", accepted=_CACHES),
        descriptor_cache_size=document.integer("storage", _CACHE, "blobdescriptorsize", minimum=0),
        tag_concurrency_limit=document.integer("storage", _TAG, "concurrencylimit", minimum=0) or None,
    )


def driver_names(section: Collection[str]) -> list[str]:
    """Return the keys of the section ``storage`` that name a driver, since nothing else can stand there."""
    return [key for key in section if key not in _RESERVED]


def _driver(document: Document) -> str:
    node = document.find("storage")
    if node is not None:
        node.name_to_section()
    names = driver_names(document.section("storage"))
    if not names:
        raise document.error(("storage",), f"no storage driver is configured; {_EXACTLY_ONE}")
    for name in names:
        if not _DRIVER_NAME.fullmatch(name):  # and is not repeated: it may be a URL with a password in it
            raise document.error(("storage",), f"this is no name of a storage driver; {_EXACTLY_ONE}")
    if len(names) > 1:
        misspelt = [name for name in names if nearest(name, _RESERVED)]
        places = " and ".join(f"{shown(name)} ({document.where('storage', name)})" for name in names)
        guess = f"; did you mean {nearest(misspelt[0], _RESERVED)!r}?" if misspelt else "."
        raise document.error(
            ("storage", misspelt[0] if misspelt else names[-1]),
            f"storage has {places}, but only one can be the storage driver{guess} "
            f"Beside it may stand {', '.join(sorted(_RESERVED))}",
        )
    return names[0]


def _check_reserved(document: Document) -> None:
    document.section("storage", _CACHE, accepted=("blobdescriptor", "blobdescriptorsize", "layerinfo"))
    document.section("storage", _DELETE, accepted=("enabled",))
    document.section("storage", _MAINTENANCE, accepted=("uploadpurging", "readonly"))
    document.section("storage", _MAINTENANCE, "readonly", accepted=("enabled",))
    document.section("storage", _REDIRECT, accepted=("disable",))
    document.section("storage", _TAG, accepted=("concurrencylimit",))


def _upload_purging(document: Document) -> UploadPurging:
    way = ("storage", _MAINTENANCE, "uploadpurging")
    document.section(*way, accepted=("enabled", "age", "interval", "dryrun"))
    default = UploadPurging()
    purging = UploadPurging(
        enabled=document.boolean(*way, "enabled", default=default.enabled),
        age=document.duration(*way, "age", default=default.age),
        interval=document.duration(*way, "interval", default=default.interval),
        dry_run=document.boolean(*way, "dryrun", default=default.dry_run),
    )
    if not purging.interval:
        raise document.error((*way, "interval"), "the interval cannot be zero; set 'enabled: false' to purge nothing")
    return purging
