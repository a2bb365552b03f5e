"""`callsheet demo`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.finish import finish
from callsheet.cli.gallery_page import make_gallery
from callsheet.cli.lock_merging import ATTRIBUTES, UNION
from callsheet.cli.pictures import campaign_pictures
from callsheet.cli.planning import Asked
from callsheet.cli.running import Terms, execute, plan_and_decide
from callsheet.problems import DataFault, Problem
from callsheet.report.manifest import read_manifest
from callsheet.shipped import shipped

DEMO = "aurora"


def demo(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to.")] = Path("callsheet-demo"),
) -> None:
    """Write the example campaign and render it on the embedded simulator: no account, no network, no cost.

    What is in the folder already stays as it is. Example: callsheet demo
    """
    if directory.exists() and not directory.is_dir():
        raise DataFault(Problem("not-a-folder", f"`{directory}` is no folder", hint="choose another name"))
    source = shipped("examples") / DEMO
    for file in sorted(source.rglob("*")):
        target = directory / file.relative_to(source)
        if file.is_file() and _belongs(file.relative_to(source)) and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    if not (directory / ATTRIBUTES).exists():
        (directory / ATTRIBUTES).write_text(UNION, encoding="utf-8")
    asked = Asked(directory / "pipeline.yaml", simulate=True)
    terms = Terms()
    planned, decided = plan_and_decide(asked, terms)
    report = execute(planned, decided, asked, terms)
    code = finish(report, as_json=False)
    manifest = read_manifest(report.folder)
    if manifest is not None:
        page = make_gallery(report.folder, manifest, campaign_pictures(asked.file, report.folder, manifest))
        sys.stdout.write(f"gallery  {os.path.relpath(page)}\n")
    raise typer.Exit(code)


def _belongs(path: Path) -> bool:
    """Whether a file is part of the example, and not of somebody's run of it."""
    return not {".callsheet", "previews", "renders"} & set(path.parts)
