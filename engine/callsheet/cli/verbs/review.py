"""`callsheet review`."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import Annotated

import typer

from callsheet.cli.options import File, OutputDir, Params, ParamsFile, Profile, Simulate
from callsheet.cli.planning import Asked, output_folder


def review(
    file: File,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    simulate: Simulate = False,
    output_dir: OutputDir = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes any free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the link; open no browser.")] = False,
) -> None:
    """Serve the gallery on this machine alone, to choose takes and to watch a run that goes on.

    The link works once. Ctrl-C ends it. Example: callsheet review pipeline.yaml --simulate
    """
    from callsheet.cli.review.desk import Desk
    from callsheet.cli.review.serve import run_review

    asked = Asked(file, param or (), params_file, profile, simulate=simulate)
    desk = Desk(asked, output_folder(asked, output_dir))

    def ready(link: str) -> None:
        sys.stdout.write(f"review at {link}\n")
        sys.stdout.flush()
        sys.stderr.write("the link works once; Ctrl-C ends the review\n")
        if not no_open and _has_desktop():
            webbrowser.open(link)

    run_review(desk, port, ready)
    sys.stderr.write("callsheet: the review has ended\n")


def _has_desktop() -> bool:
    """Whether a browser has a screen of its own: one in this terminal would use the link up."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
