"""What is left behind and said when a run is over: manifest, gallery, the last screen."""

from __future__ import annotations

import os
import shutil
import sys

from callsheet.cli.running import Report
from callsheet.cli.screen import has_color
from callsheet.plan.make import SIMULATOR
from callsheet.report.manifest import write_manifest
from callsheet.report.pick_marks import run_warnings
from callsheet.report.plan_json import json_text, run_document
from callsheet.report.table import run_text

RETRYABLE = 75


def finish(report: Report, *, as_json: bool, places: dict[str, str] | None = None) -> int:
    """Write the manifest and say how the run ended; returns the exit code. A manifest that can't be written takes
    nothing away from what the run did."""
    unwritten = None
    try:
        write_manifest(report.folder, report.planned.plan, report.outcome)
    except OSError as error:
        unwritten = error
    warnings = run_warnings(report.planned.plan, report.outcome)
    sys.stderr.write("".join(f"{warning}\n" for warning in warnings))
    shown = {"outputs": os.path.relpath(report.folder), **(places or {})}
    if as_json:
        sys.stdout.write(json_text(run_document(report.outcome, warnings)))
    else:
        width = shutil.get_terminal_size((80, 24)).columns
        simulated = report.planned.plan.provider == SIMULATOR
        sys.stderr.write(run_text(report.outcome, width, has_color(sys.stderr), simulated=simulated, places=shown))
    if unwritten is None:
        return report.outcome.exit_code
    sys.stderr.write(
        f"error: `manifest.json` can't be written: {unwritten.strerror or unwritten} [manifest-unwritable]\n"
        "  help: free some space, or make the folder writable, and run again: what was paid for is in the journal\n"
    )
    return report.outcome.exit_code or RETRYABLE
