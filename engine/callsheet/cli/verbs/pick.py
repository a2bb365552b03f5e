"""`callsheet pick`."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from callsheet.cli.options import File, Json, Params, ParamsFile, Profile, Simulate
from callsheet.cli.picking import footage, takes_of, with_pick, without_pick
from callsheet.cli.planning import Asked, Planned, decisions, make, memories
from callsheet.document.picks import Pick, change_picks, picks_path, read_picks
from callsheet.problems import Problem, UsageFault
from callsheet.report.plan_json import plan_totals, warning_records
from callsheet.report.plan_text import totals_line
from callsheet.report.screen import inert
from callsheet.run.outcome import Decision


def pick(
    file: File,
    instance: Annotated[
        str, typer.Argument(metavar="INSTANCE", help="Such as `hero[look=dawn]`, without a take.", show_default=False)
    ],
    take: Annotated[
        str | None, typer.Argument(metavar="[TAKE]", help="The take to go on with.", show_default=False)
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the pick back.")] = False,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Why this one, kept with the pick.", show_default=False)
    ] = None,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    simulate: Simulate = False,
    json: Json = False,
) -> None:
    """Record which take was chosen, and say what that makes a run do next.

    Example: callsheet pick pipeline.yaml 'hero[look=dawn]' 2
    """
    if (take is None) is not clear or (clear and note is not None):
        raise UsageFault(Problem("bad-option", "say either which TAKE to pick, or `--clear`"))
    asked = Asked(file, param or (), params_file, profile, simulate=simulate)
    planned, decided = _plan(asked)
    path = picks_path(file, simulated=simulate)
    before: str | None = None
    if take is None:
        found: list[str] = []
        picks = change_picks(path, without_pick(planned, instance, found), str(path))
        of, before = _without_take(planned, instance), found[0]
    else:
        of, takes = takes_of(planned.plan, instance)
        chosen = replace(footage(asked, of, takes, take, decided), note=note)
        known = read_picks(path, str(path)).get(of)
        before = known.take if known is not None else None
        picks = change_picks(path, with_pick(planned, of, takes[take], chosen), str(path))
    planned, decided = _plan(asked)
    stale = [one for one in planned.plan.warnings if one.code == "stale-pick"]
    sys.stderr.write("".join(f"{one}\n" for one in stale))
    if json:
        record = {
            "instance": of,
            "take": take,
            "before": before,
            "file": os.path.relpath(path),
            **_record(picks.get(of)),
            "next": plan_totals(planned.plan, decided),
            "warnings": warning_records(stale),
        }
        sys.stdout.write(json_format.dumps(record, indent=2) + "\n")
    else:
        sys.stdout.write(f"{inert(of)}: {_said(take, before)}\nnext: {totals_line(planned.plan, decided)}\n")


def _plan(asked: Asked) -> tuple[Planned, Mapping[str, Decision]]:
    planned = make(asked)
    with memories(planned.project, write=False) as (journal, blobs):
        return planned, decisions(planned, journal, blobs)


def _without_take(planned: Planned, instance: str) -> str:
    job = planned.plan.by_id.get(instance)
    return instance if job is None or job.of is None else job.of


def _record(pick: Pick | None) -> dict[str, object]:
    known = pick or Pick()
    return {"key": known.key, "sha256": list(known.sha256), "note": known.note}


def _said(take: str | None, before: str | None) -> str:
    if take is None:
        return f"the pick of take {before} is taken back"
    if before is None:
        return f"take {take} is picked"
    return f"take {take} is picked, as before" if take == before else f"take {take} is picked in place of take {before}"
