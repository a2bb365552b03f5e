"""`callsheet gallery`."""

from __future__ import annotations

import os
import sys

from callsheet.cli.options import File, OutputDir, Simulate
from callsheet.cli.planning import Asked, output_folder
from callsheet.problems import DataFault, Problem
from callsheet.report.gallery import write_gallery
from callsheet.report.manifest import read_manifest


def gallery(file: File, simulate: Simulate = False, output_dir: OutputDir = None) -> None:
    """Write a page of what the last run made, to be opened from disk.

    Example: callsheet gallery examples/aurora/pipeline.yaml --simulate
    """
    folder = output_folder(Asked(file, simulate=simulate), output_dir)
    manifest = read_manifest(folder)
    if manifest is None:
        raise DataFault(
            Problem(
                "nothing-made",
                f"there is no manifest in `{os.path.relpath(folder)}`, so there is nothing to show",
                hint=f"run `callsheet run {file}{' --simulate' if simulate else ''}` first",
            )
        )
    sys.stdout.write(f"{os.path.relpath(write_gallery(folder, manifest))}\n")
