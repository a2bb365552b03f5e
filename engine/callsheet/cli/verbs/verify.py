"""`callsheet verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from callsheet.cli.options import File, Json, LockOption, OutputDir, Params, ParamsFile, Profile, Simulate
from callsheet.cli.planning import Asked
from callsheet.cli.verifying import Verifying, verify_pipeline
from callsheet.problems import Problem, UsageFault


def verify(
    file: File,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    simulate: Simulate = False,
    lock: LockOption = None,
    output_dir: OutputDir = None,
    restore: Annotated[
        bool,
        typer.Option(
            "--restore",
            help="Bring back what is missing or damaged: published files from the store, stored"
            " ones from published copies or the shared store.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="With --restore: also replace published files that somebody edited.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Another shared store than that of `[store]`.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Hold the lock, the journal, the store, the outputs and the assets against each other, byte for byte.

    Example: callsheet verify examples/aurora/pipeline.yaml --simulate
    """
    if force and not restore:
        raise UsageFault(Problem("bad-option", "`--force` is for `--restore`: say both"))
    asked = Asked(file, param or (), params_file, profile, simulate=simulate, lock=lock)
    raise typer.Exit(verify_pipeline(Verifying(asked, output_dir, restore, force, store, json)))
