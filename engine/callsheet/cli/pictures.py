"""The pictures that a page of a campaign shows besides its clips."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.cli.project import find_project
from callsheet.report.graph_svg import manifest_graph_svg
from callsheet.report.timeline_svg import timeline_svg
from callsheet.run.record import latest_record


def campaign_pictures(file: Path, folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Caption -> SVG: what is made from what, and how the latest run into the folder went where it is on record."""
    pictures = {"What is made from what": manifest_graph_svg(manifest)}
    project = find_project(file, os.environ)
    record = latest_record(project.runs, project.root, folder)
    if record is not None and record.told:
        pictures["Where the time went in the latest run"] = timeline_svg(record)
    return pictures
