"""``moorage blob``: whole blobs of a repository."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from moorage.cli._failures import FAILED
from moorage.cli._files import STANDARD_STREAM, open_source, replacing
from moorage.cli._output import Column, emit, show, warn
from moorage.cli._progress import progress
from moorage.cli._session import ConfigAfter, RepositoryName, Session
from moorage.cli._transfer import announced, receive
from moorage.errors import BlobInvalidDigestError, BlobUnknownError, DamagedLinkError, MoorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.blobs import BlobWriter, LinkedBlobStore
    from moorage.cli._output import Record

_CHUNK = 1 << 20

app = typer.Typer(help="Store, fetch and list whole blobs.", no_args_is_help=True)

BlobDigest = Annotated[str, typer.Argument(metavar="DIGEST", help="Such as sha256:e3b0c442...")]


@app.command()
def put(
    context: typer.Context,
    repository: RepositoryName,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="What to store; - is standard input.")],
    *,
    digest: Annotated[
        str | None, typer.Option(metavar="D", help="Refuse the content unless it has this digest.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Refuse the content unless it has this many bytes.")
    ] = None,
    media_type: Annotated[str | None, typer.Option(metavar="T", help="The media type to print.")] = None,
    config: ConfigAfter = None,
) -> None:
    """Store a file as a blob and print its descriptor. If that fails, nothing of it stays behind."""
    from moorage.digest import CANONICAL, Digest  # noqa: PLC0415  # --help must not pay for it

    session = Session.of(context, config)
    wanted = Digest(digest) if digest is not None else None
    others = [wanted.algorithm] if wanted is not None and wanted.algorithm != CANONICAL else []
    with open_source(file) as source, session.blobs(repository) as blobs:
        upload = blobs.create(algorithms=others)
        try:
            receive(upload, source)
            stored = upload.commit(announced(upload, wanted or upload.digest, size, media_type))
        except BaseException:
            _cancel(upload)
            raise
    emit(stored.as_json())


@app.command()
def get(
    context: typer.Context,
    repository: RepositoryName,
    digest: BlobDigest,
    output: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help="Where to store it; it appears only when it is verified."),
    ] = STANDARD_STREAM,
    config: ConfigAfter = None,
) -> None:
    """Fetch a blob and verify it, to standard output or into a file."""
    session = Session.of(context, config)
    with ExitStack() as stack:
        blobs = stack.enter_context(session.blobs(repository))
        size = blobs.stat(digest).size
        stream = stack.enter_context(blobs.open_verified(digest))
        file = sys.stdout.buffer if output == STANDARD_STREAM else stack.enter_context(replacing(output))
        advance = stack.enter_context(progress(repository, size))
        try:
            while data := stream.read(_CHUNK):
                file.write(data)
                advance(len(data))
        except BlobInvalidDigestError as error:
            if output == STANDARD_STREAM:
                raise BlobInvalidDigestError(error.digest, f"{error.reason}; discard what was printed") from error
            raise


@app.command()
def stat(context: typer.Context, repository: RepositoryName, digest: BlobDigest, config: ConfigAfter = None) -> None:
    """Print the descriptor of a blob."""
    session = Session.of(context, config)
    with session.blobs(repository) as blobs:
        emit(blobs.stat(digest).as_json())


@app.command()
def rm(context: typer.Context, repository: RepositoryName, digest: BlobDigest, config: ConfigAfter = None) -> None:
    """Remove a blob from a repository.

    Only where storage.delete.enabled allows it. The content stays in the storage until garbage is collected.
    """
    session = Session.of(context, config)
    with session.blobs(repository) as blobs:
        blobs.delete(digest)


@app.command()
def ls(context: typer.Context, repository: RepositoryName, config: ConfigAfter = None) -> None:
    """List the blobs of a repository."""
    session = Session.of(context, config)
    damaged: list[MoorageError] = []
    with session.blobs(repository) as blobs:
        columns = (Column("size", "Bytes", right=True, whole=True), Column("digest", "Digest", whole=True))
        show(_listed(blobs, damaged), columns)
    for error in damaged:
        warn(f"left out: {error}")
    if damaged:
        raise typer.Exit(FAILED)


def _listed(blobs: LinkedBlobStore, damaged: list[MoorageError]) -> Iterator[Record]:
    for digest in blobs.enumerate():
        try:
            yield {"digest": digest, "size": blobs.stat(digest).size}
        except (BlobUnknownError, DamagedLinkError) as error:
            damaged.append(error)


def _cancel(upload: BlobWriter) -> None:
    """Drop the upload of a failed put. The error that made it fail is the one to report."""
    try:
        upload.cancel()
    except MoorageError as error:
        warn(f"upload {upload.id} could not be removed: {error}")
