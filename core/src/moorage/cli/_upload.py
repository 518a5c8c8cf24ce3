"""``moorage upload``: uploads that grow piece by piece, each piece from any process, any time later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from moorage.cli._failures import CommandError, InterruptedCommandError
from moorage.cli._files import open_source
from moorage.cli._output import Column, emit, show
from moorage.cli._session import ConfigAfter, RepositoryName, Session
from moorage.cli._transfer import announced, receive
from moorage.errors import MoorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moorage.blobs import BlobWriter, LinkedBlobStore, Registry
    from moorage.cli._output import Record

app = typer.Typer(help="Store a blob piece by piece, from one or many processes.", no_args_is_help=True)

UploadId = Annotated[str, typer.Argument(metavar="ID", help="The id that 'upload start' printed.")]


@app.command()
def start(context: typer.Context, repository: RepositoryName, config: ConfigAfter = None) -> None:
    """Begin an upload and print its id."""
    session = Session.of(context, config)
    with session.blobs(repository) as blobs, blobs.create() as upload:
        pass
    emit(_state(upload))


@app.command()
def append(
    context: typer.Context,
    repository: RepositoryName,
    upload_id: UploadId,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="What to append; - is standard input.")],
    config: ConfigAfter = None,
) -> None:
    """Append a file to an upload and print how far it got. If that fails, what was accepted is kept."""
    session = Session.of(context, config)
    with open_source(file) as source, session.blobs(repository) as blobs:
        upload = blobs.resume(upload_id)
        before = upload.size
        try:
            receive(upload, source)
        except (MoorageError, CommandError, KeyboardInterrupt) as error:
            upload.close()  # if this fails, it is what is reported: then nobody knows what is kept
            raise _kept(blobs, upload, before, error) from error
        upload.close()
    emit(_state(upload))


@app.command()
def commit(
    context: typer.Context,
    repository: RepositoryName,
    upload_id: UploadId,
    *,
    digest: Annotated[str, typer.Option(metavar="D", help="The digest that the content must have.")],
    size: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Refuse the content unless it has this many bytes.")
    ] = None,
    config: ConfigAfter = None,
) -> None:
    """Make an upload a blob and print its descriptor. If that is refused, the upload stays."""
    session = Session.of(context, config)
    with session.blobs(repository) as blobs, blobs.resume(upload_id) as upload:
        stored = upload.commit(announced(upload, digest, size, None))
    emit(stored.as_json())


@app.command()
def cancel(context: typer.Context, repository: RepositoryName, upload_id: UploadId, config: ConfigAfter = None) -> None:
    """Drop an upload and all its bytes."""
    session = Session.of(context, config)
    with session.blobs(repository) as blobs:
        blobs.resume(upload_id).cancel()


@app.command()
def ls(
    context: typer.Context,
    repository: Annotated[
        str | None, typer.Argument(metavar="REPOSITORY", help="All repositories, if none is named.")
    ] = None,
    config: ConfigAfter = None,
) -> None:
    """List the uploads in progress."""
    session = Session.of(context, config)
    with session.registry() as registry:
        columns = (
            Column("repository", "Repository", whole=True),
            Column("id", "Id", whole=True),
            Column("startedAt", "Started", whole=True),
            Column("size", "Bytes", right=True, whole=True),
        )
        show(_listed(registry, repository), columns)


def _listed(registry: Registry, repository: str | None) -> Iterator[Record]:
    repositories = registry.repositories() if repository is None else [registry.repository(repository)]
    for one in repositories:
        for upload in one.blobs.uploads():
            yield {
                "id": upload.id,
                "repository": upload.repository,
                "startedAt": f"{upload.started_at:%Y-%m-%dT%H:%M:%SZ}",
                "size": upload.size,
            }


def _state(upload: BlobWriter) -> Record:
    return {"id": upload.id, "size": upload.size}


def _kept(blobs: LinkedBlobStore, upload: BlobWriter, before: int, error: BaseException) -> CommandError:
    """Return the error that says, besides what went wrong, from where the rest of the input can be appended.

    The backend is asked, as an interrupt may come after it has taken bytes and before the writer has counted them.
    Where it does not show an upload's size, the writer's count is all there is.
    """
    try:
        found = blobs.upload(upload.id).size
    except MoorageError:
        kept = "'moorage upload ls' says how much the upload keeps"
    else:
        size = upload.size if found is None else found
        kept = f"the upload keeps {size} bytes, {size - before} of them new; append what follows these"
    if isinstance(error, KeyboardInterrupt):
        return InterruptedCommandError(kept)
    return CommandError(f"{error}; {kept}")
