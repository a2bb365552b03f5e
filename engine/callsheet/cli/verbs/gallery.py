"""`callsheet gallery`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.gallery_page import make_gallery, make_single_file
from callsheet.cli.options import File, OutputDir, Simulate
from callsheet.cli.pictures import campaign_pictures
from callsheet.cli.planning import Asked, output_folder
from callsheet.problems import DataFault, Problem
from callsheet.report.manifest import read_manifest


def gallery(
    file: File,
    simulate: Simulate = False,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Write `gallery.html`, which holds all media, for sending on.")
    ] = False,
    png: Annotated[
        Path | None,
        typer.Option("--png", metavar="FILE.png", help="Draw a contact sheet as well.", show_default=False),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="NAME", help="Mark what this profile would make otherwise.", show_default=False
        ),
    ] = None,
    output_dir: OutputDir = None,
) -> None:
    """Write a page of what the last run made, to be opened from disk.

    Example: callsheet gallery examples/aurora/pipeline.yaml --simulate
    """
    asked = Asked(file, profile=profile, simulate=simulate)
    folder = output_folder(asked, output_dir)
    manifest = read_manifest(folder)
    if manifest is None:
        words = f"callsheet run {file}{f' --profile {profile}' if profile else ''}{' --simulate' if simulate else ''}"
        raise DataFault(
            Problem(
                "nothing-made",
                f"there is no manifest in `{os.path.relpath(folder)}`, so there is nothing to show",
                hint=f"run `{words}` first",
            )
        )
    if profile is not None:
        from callsheet.cli.stale_cells import with_stale_marked

        manifest = with_stale_marked(manifest, asked)
    pictures = campaign_pictures(file, folder, manifest)
    page = (make_single_file if single_file else make_gallery)(folder, manifest, pictures)
    sys.stdout.write(f"{os.path.relpath(page)}\n")
    if png is not None:
        from callsheet.cli.contact_sheet import write_contact_sheet
        from callsheet.cli.posters import posters
        from callsheet.report.gallery_view import page_data

        sheet = write_contact_sheet(png, page_data(manifest), posters(folder, manifest))
        sys.stdout.write(f"{os.path.relpath(sheet)}\n")
