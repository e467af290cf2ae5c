"""The command `export`: the contracts as files for readers without Python."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the contracts into FOLDER.

    openapi/ gets the OpenAPI 3.1 documents, index.yaml for the whole API and one for each service; schemas/ gets the
    JSON Schema files of all arguments and answers, and report.json, that of the reports in JSON. Into a pipe go the
    paths of the files.
    """
    from contracts.catalogue import catalogue
    from contracts.export import write

    try:
        paths = write(catalogue(), folder)
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from error
    if not sys.stdout.isatty():
        click.echo("\n".join(map(str, paths)))
    click.echo(f"{len(paths)} files written to {folder}", err=True)
