"""What a driver promises beyond the required methods. Every claim is tested by the conformance kit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Optional promises of a driver: few, typed and true.

    A claimed capability is tested to hold; a missing one is tested to be absent (its method raises
    `UnsupportedMethodError`). Callers choose between algorithms by them, never by a driver's name.

    Attributes:
        persistent: Content outlives the process, and every process that opens the backend sees it.
        redirect: ``redirect_url`` returns a URL that serves the content.
        atomic_move: ``move`` is a rename: no copy, and no moment at which both or neither path has the content.
        append_committed: ``writer(path, append=True)`` goes on after committed, non-empty content.
        hidden_until_commit: What a writer wrote does not show in stat, list, walk or read before ``commit``,
            and committed content that it is to replace stays readable until then.
        create_exclusive: ``create_content`` stores only where nothing is stored, decided by the backend.
        exclusive_writer: A second writer on one path gets `BlobUploadInUseError`, also from another process
            where ``persistent``.
        durable_commit: When ``commit``, ``move`` and ``put_content`` return, a power cut loses nothing of them.
        min_part_size: Bytes below which the backend cannot keep a part of an upload of its own, if there is
            such a bound. Content below it is best stored with one ``put_content``.
        max_parts: The largest number of parts in one upload, if bounded.
        max_object_size: The largest object in bytes, if bounded below what a registry meets.
    """

    persistent: bool = False
    redirect: bool = False
    atomic_move: bool = False
    append_committed: bool = False
    hidden_until_commit: bool = False
    create_exclusive: bool = False
    exclusive_writer: bool = False
    durable_commit: bool = False
    min_part_size: int | None = None
    max_parts: int | None = None
    max_object_size: int | None = None
