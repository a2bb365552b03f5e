"""`callsheet run`."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.consent import ask, ask_for_the_rest
from callsheet.cli.finish import finish
from callsheet.cli.locking import check_locked, keep_lock
from callsheet.cli.options import (
    Exclude,
    File,
    Json,
    Locked,
    LockOption,
    MaxInstances,
    Only,
    OutputDir,
    Params,
    ParamsFile,
    Profile,
    Select,
    Simulate,
)
from callsheet.cli.pilot import pilot_of
from callsheet.cli.planning import Asked, Planned
from callsheet.cli.running import Report, Terms, decide_again, execute, may_follow, paid_work, plan_and_decide, renders
from callsheet.problems import Problem, UsageFault
from callsheet.run.outcome import Decision


def run(
    file: File,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    only: Only = None,
    select: Select = None,
    exclude: Exclude = None,
    simulate: Simulate = False,
    locked: Locked = None,
    lock: LockOption = None,
    max_instances: MaxInstances = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before a paid run.")] = False,
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="USD", min=0, help="Submit nothing that would pass this.", show_default=False),
    ] = None,
    allow_unpriced: Annotated[
        bool, typer.Option("--allow-unpriced", help="With a budget, let out what has no known price.")
    ] = False,
    pilot: Annotated[
        bool, typer.Option("--pilot", help="Render the first of each route, and ask before the rest.")
    ] = False,
    no_submit: Annotated[bool, typer.Option("--no-submit", help="Cached and local work only.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="No network at all.")] = False,
    rerender: Annotated[bool, typer.Option("--rerender", help="Render, and pay for, again what is selected.")] = False,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", metavar="N", min=1, help="Requests under way at once.", show_default=False),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="S", min=0, help="Seconds to wait for one request.", show_default=False),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going/--fail-fast", help="After a failure, go on elsewhere or start nothing more.")
    ] = True,
    output_dir: OutputDir = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that callsheet did not write.")] = False,
    events: Annotated[
        Path | None,
        typer.Option("--events", metavar="FILE", help="Write one JSON line per change of state.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Do what the plan says: render what is not there yet, and nothing twice.

    Example: callsheet run examples/aurora/pipeline.yaml --simulate
    """
    for option, number in (("--budget", budget), ("--timeout", timeout)):
        if number is not None and not math.isfinite(number):
            raise UsageFault(Problem("bad-option", f"`{option} {number}` is no number that bounds anything"))
    asked = Asked(
        file, param or (), params_file, profile, only or (), select, exclude, simulate, max_instances, lock, output_dir
    )
    terms = Terms(
        budget=budget,
        allow_unpriced=allow_unpriced,
        submit=not (no_submit or offline),
        offline=offline,
        rerender=rerender,
        concurrency=concurrency,
        timeout=timeout,
        fail_fast=not keep_going,
        output_dir=output_dir,
        force=force,
        events=events,
    )
    planned, decided = plan_and_decide(asked, terms)
    if locked or (locked is None and _in_ci() and paid_work(planned, decided)):
        check_locked(planned, decided, why="`--locked`" if locked else "a paid run where `CI` is set")
        terms = replace(terms, locked=True)
    first = pilot_of(planned, decided) if pilot else None
    if first is not None:
        narrowed = decide_again(first, asked, terms)
        _consent(first, narrowed, yes or budget is not None)
        made = execute(first, narrowed, asked, terms)
        planned, decided = plan_and_decide(asked, terms)
        rest = renders(planned, decided)
        if made.outcome.exit_code or not rest or not ask_for_the_rest(planned.plan, rest, sys.stdin, sys.stderr):
            raise typer.Exit(_over(made, asked, terms, json))
        if budget is not None:
            terms = replace(terms, budget=max(0.0, budget - made.spent))
    else:
        _consent(planned, decided, yes or budget is not None)
    raise typer.Exit(_over(execute(planned, decided, asked, terms), asked, terms, json))


def _over(report: Report, asked: Asked, terms: Terms, json: bool) -> int:
    """Say how a run ended and keep the lock, whatever came of it; returns the exit code."""
    code = finish(report, as_json=json)
    kept = keep_lock(report, asked, strict=terms.locked)
    return code or kept


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _consent(planned: Planned, decided: Mapping[str, Decision], given: bool) -> None:
    paid, later = paid_work(planned, decided), may_follow(planned, decided)
    if (paid or later) and not given:
        ask(planned.plan, paid, sys.stdin, sys.stderr, later)
