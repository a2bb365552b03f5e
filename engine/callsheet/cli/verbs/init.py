"""`callsheet init`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.lock_merging import ATTRIBUTES, UNION
from callsheet.problems import DataFault, Problem

PIPELINE = """\
callsheet: 1
name: first-light
seed: 1                             # every clip's seed is derived from it

params:
  product: Aurora bottle

axes:
  look:
    dawn: {light: warm sunrise rim light, place: a stone ledge above the sea}
    studio: {light: one large softbox, place: a seamless white sweep}
  take: {takes: 2}                  # two alternates of each look

nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input:
      prompt: Slow dolly in on the {{ params.product }} on {{ look.place }}, {{ look.light }}.
      duration: 4
      resolution: 720p

  reel:
    step: concat
    over: [look]
    input: {clips: ["{{ nodes.shot.video }}"]}
"""
SETTINGS = """\
# What is no part of a pipeline's meaning. Every table may be left out.

[run]
concurrency = 16                    # requests under way at once

[concurrency]                       # ... and of one route
# "happyhorse/happyhorse-1.0/image-to-video" = 4
"""
IGNORED = """\
.callsheet/
previews/
"""
FILES = {"pipeline.yaml": PIPELINE, "callsheet.toml": SETTINGS, ".gitignore": IGNORED, ATTRIBUTES: UNION}


def init(directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to.")] = Path()) -> None:
    """Start a new project: a small pipeline, `.gitignore`, `.gitattributes`, `callsheet.toml`. Overwrites nothing.

    Example: callsheet init my-campaign
    """
    if directory.exists() and not directory.is_dir():
        raise DataFault(Problem("not-a-folder", f"`{directory}` is no folder", hint="choose another name"))
    there = [name for name in FILES if (directory / name).exists()]
    if there:
        names = ", ".join(f"`{name}`" for name in there)
        raise DataFault(
            Problem("already-there", f"{names} in `{directory}` would be overwritten", hint="choose an empty folder")
        )
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (directory / name).write_text(text, encoding="utf-8")
    pipeline = directory / "pipeline.yaml"
    sys.stdout.write(f"wrote {', '.join(FILES)} to {directory}\nnext: callsheet run {pipeline} --simulate\n")
