"""`callsheet graph`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from callsheet.cli.options import File, Params, ParamsFile, Profile, Simulate
from callsheet.cli.planning import Asked, decisions, make, memories
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
    svg: Annotated[bool, typer.Option("--svg", help="Draw a picture, with what a run would do.")] = False,
    simulate: Simulate = False,
) -> None:
    """Draw the pipeline's graph: which node feeds which.

    Example: callsheet graph pipeline.yaml --svg > graph.svg
    """
    planned = make(Asked(file, param or (), params_file, profile, simulate=simulate))
    plan = planned.plan
    if svg:
        from callsheet.report.graph_svg import plan_graph_svg

        with memories(planned.project, write=False) as (journal, blobs):
            sys.stdout.write(plan_graph_svg(plan, decisions(planned, journal, blobs)))
        return
    sys.stdout.write(mermaid(plan) if format is Format.mermaid else dot(plan))
