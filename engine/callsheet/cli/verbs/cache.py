"""`callsheet cache`."""

from __future__ import annotations

import json as json_format
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.options import Json
from callsheet.cli.planning import memories
from callsheet.cli.project import find_project


class Action(StrEnum):
    """What can be asked of the store."""

    stats = "stats"


def cache(
    action: Annotated[Action, typer.Argument(help="`stats`: how much is stored.", show_default=False)],
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="The project.")] = Path(),
    json: Json = False,
) -> None:
    """Look at the artifact store.

    Example: callsheet cache stats
    """
    project = find_project(directory / "pipeline.yaml", os.environ)
    with memories(project, write=False) as (_, blobs):
        stats = blobs.stats()
    if json:
        sys.stdout.write(json_format.dumps({"files": stats.files, "bytes": stats.bytes}) + "\n")
    else:
        sys.stdout.write(f"{stats.files:,} files, {stats.bytes / 1e6:,.1f} MB in {project.memory.name}/store\n")
