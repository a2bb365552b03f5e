"""`callsheet timeline`."""

from __future__ import annotations

import os
import sys

from callsheet.cli.options import File, OutputDir, Simulate
from callsheet.cli.planning import Asked, output_folder
from callsheet.cli.project import find_project
from callsheet.problems import DataFault, Problem
from callsheet.report.timeline_svg import timeline_svg
from callsheet.run.record import latest_record


def timeline(file: File, simulate: Simulate = False, output_dir: OutputDir = None) -> None:
    """Draw who waited for what in the last run, or in the one that goes on, with the chain that took longest.

    Example: callsheet timeline pipeline.yaml --simulate > timeline.svg
    """
    project = find_project(file, os.environ)
    folder = output_folder(Asked(file, simulate=simulate), output_dir)
    record = latest_record(project.runs, project.root, folder)
    if record is None:
        raise DataFault(
            Problem(
                "no-run-on-record",
                f"no run into `{os.path.relpath(folder)}` is on record",
                hint=f"run `callsheet run {file}{' --simulate' if simulate else ''}` first",
            )
        )
    sys.stdout.write(timeline_svg(record))
