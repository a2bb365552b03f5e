"""`callsheet plan`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from callsheet.cli.former import former_requests
from callsheet.cli.options import (
    Exclude,
    File,
    Json,
    MaxInstances,
    Only,
    Params,
    ParamsFile,
    Profile,
    Select,
    Simulate,
)
from callsheet.cli.planning import Asked, decisions, make, memories, output_folder
from callsheet.cli.screen import has_color
from callsheet.report.plan_json import json_text, plan_document
from callsheet.report.plan_text import plan_text


def plan(
    file: File,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    only: Only = None,
    select: Select = None,
    exclude: Exclude = None,
    simulate: Simulate = False,
    max_instances: MaxInstances = None,
    json: Json = False,
) -> None:
    """Show what a run would do to each instance and why, with cost; submit nothing.

    Example: callsheet plan examples/aurora/pipeline.yaml --simulate
    """
    asked = Asked(file, param or (), params_file, profile, only or (), select, exclude, simulate, max_instances)
    planned = make(asked)
    with memories(planned.project, write=False) as (journal, blobs):
        decided = decisions(
            planned,
            journal,
            blobs,
            requests=lambda: _requests(output_folder(asked, None)),
            former=former_requests(output_folder(asked, None)),
        )
    if json:
        sys.stdout.write(json_text(plan_document(planned.plan, decided)))
    else:
        width = shutil.get_terminal_size((80, 24)).columns
        sys.stdout.write(plan_text(planned.plan, decided, width, has_color(sys.stdout)))


def _requests(folder: Path) -> Mapping[str, str | None]:
    from callsheet.cli.recovery import paid_before

    return {key: paid.request_id for key, paid in paid_before(folder).items()}
