"""`callsheet graph`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from callsheet.cli.options import File, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, make
from callsheet.plan.graph import dot, mermaid


class Format(StrEnum):
    """How the graph is drawn."""

    mermaid = "mermaid"
    dot = "dot"


def graph(
    file: File,
    format: Annotated[Format, typer.Option("--format", help="How to draw it.")] = Format.mermaid,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
) -> None:
    """Draw the pipeline's graph: which node feeds which.

    Example: callsheet graph pipeline.yaml --format dot | dot -Tsvg > graph.svg
    """
    plan = make(Asked(file, param or (), params_file, profile)).plan
    sys.stdout.write(mermaid(plan) if format is Format.mermaid else dot(plan))
