"""`callsheet explain`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.former import former_requests
from callsheet.cli.instance_name import find_instance
from callsheet.cli.locking import lock_in_force
from callsheet.cli.options import File, Json, MaxInstances, Only, Params, ParamsFile, Profile, Simulate
from callsheet.cli.planning import Asked, decisions, make, memories, output_folder, stored_media_reader
from callsheet.cli.recovery import paid_before
from callsheet.cli.screen import has_color
from callsheet.report.explanation import explain_job, explanation_document
from callsheet.report.manifest import read_manifest


def explain(
    file: File,
    instance: Annotated[str, typer.Argument(metavar="INSTANCE", help="Such as `hero[look=dawn]`.", show_default=False)],
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    only: Only = None,
    simulate: Simulate = False,
    max_instances: MaxInstances = None,
    json: Json = False,
) -> None:
    """Show all about one instance: why it would run and what changed, its request, seed, key, cost and neighbours.

    Example: callsheet explain pipeline.yaml 'hero[look=dawn]' --simulate
    """
    asked = Asked(file, param or (), params_file, profile, only or (), simulate=simulate, max_instances=max_instances)
    planned = make(asked)
    job = find_instance(planned.plan, instance)
    folder = output_folder(asked, None)
    former = former_requests(folder, lock_in_force(planned))
    with memories(planned.project, write=False) as (journal, blobs):
        decided = decisions(planned, journal, blobs, requests=lambda: _requests(folder), former=former)
        key = decided[job.id].key
        found = explain_job(
            planned.plan,
            decided,
            job,
            stored_media_reader(blobs),
            entry=None if key is None else journal.look_up(key),
            former=former(job.id),
            paths=_paths(folder, job.id),
        )
    if json:
        from callsheet.report.plan_json import json_text

        sys.stdout.write(json_text(explanation_document(found)))
    else:
        from callsheet.report.explanation_text import explanation_text

        width = shutil.get_terminal_size((80, 24)).columns
        sys.stdout.write(explanation_text(found, width, has_color(sys.stdout)))


def _requests(folder: Path) -> Mapping[str, str | None]:
    return {key: paid.request_id for key, paid in paid_before(folder).items()}


def _paths(folder: Path, instance: str) -> Mapping[str, str]:
    """Where the outputs of an instance were published, by their digests; relative to the working folder."""
    manifest = read_manifest(folder)
    entries = manifest["instances"] if manifest is not None else []
    return {
        str(output.get("sha256")): os.path.relpath(folder / str(output.get("path")))
        for entry in entries
        if entry.get("id") == instance
        for output in entry.get("outputs", ())
    }
