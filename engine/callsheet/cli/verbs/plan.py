"""`callsheet plan`."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.former import former_requests
from callsheet.cli.locking import check_locked, lock_in_force
from callsheet.cli.options import (
    Exclude,
    File,
    Json,
    Locked,
    LockOption,
    MaxInstances,
    Only,
    Params,
    ParamsFile,
    Profile,
    Select,
    Simulate,
)
from callsheet.cli.plan_output import PlanOutput
from callsheet.cli.planning import Asked, decisions, make, memories, output_folder
from callsheet.cli.screen import has_color
from callsheet.problems import Problem, UsageFault


class Format(StrEnum):
    """What a plan is written as."""

    text = "text"
    markdown = "markdown"


Against = Annotated[
    str | None,
    typer.Option("--against", metavar="REV", help="Compare with the pipeline at a git revision.", show_default=False),
]


def plan(
    file: File,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    only: Only = None,
    select: Select = None,
    exclude: Exclude = None,
    simulate: Simulate = False,
    locked: Locked = None,
    lock: LockOption = None,
    max_instances: MaxInstances = None,
    against: Against = None,
    format: Annotated[
        Format, typer.Option("--format", help="As a screen, or as a comment on a pull request.")
    ] = Format.text,
    json: Json = False,
) -> None:
    """Show what a run would do to each instance and why, with cost; submit nothing.

    Example: callsheet plan examples/aurora/pipeline.yaml --simulate
    """
    if json and format is Format.markdown:
        raise UsageFault(Problem("bad-option", "say either `--json` or `--format markdown`"))
    asked = Asked(file, param or (), params_file, profile, only or (), select, exclude, simulate, max_instances, lock)
    planned = make(asked)
    folder = output_folder(asked, None)
    requests = partial(_requests, folder)
    compared = None
    with memories(planned.project, write=False) as (journal, blobs):
        decided = decisions(
            planned, journal, blobs, requests=requests, former=former_requests(folder, lock_in_force(planned))
        )
        if against is not None:
            from callsheet.cli.against import Memories, compare_with

            compared = compare_with(against, asked, planned, decided, Memories(journal, blobs, requests))
    if locked:
        check_locked(planned, decided)
    output = PlanOutput(planned.plan, decided, compared, _command(asked, against))
    if json:
        text = output.json()
    elif format is Format.markdown:
        text = output.markdown()
    else:
        text = output.text(shutil.get_terminal_size((80, 24)).columns, has_color(sys.stdout))
    sys.stdout.write(text)


def _requests(folder: Path) -> Mapping[str, str | None]:
    from callsheet.cli.recovery import requests_before

    return requests_before(folder)


def _command(asked: Asked, against: str | None) -> str:
    """The command that shows the same as a screen."""
    words = ["callsheet", "plan", str(asked.file)]
    words += [word for one in asked.params for word in ("--param", one)]
    words += [word for one in asked.only for word in ("--only", one)]
    options = {
        "--params-file": asked.params_file,
        "--profile": asked.profile,
        "--select": asked.select,
        "--exclude": asked.exclude,
        "--lock": asked.lock,
        "--max-instances": asked.max_instances,
        "--against": against,
    }
    words += [word for name, value in options.items() if value is not None for word in (name, str(value))]
    return shlex.join(words + (["--simulate"] if asked.simulate else []))
