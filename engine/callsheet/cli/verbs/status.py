"""`callsheet status`."""

from __future__ import annotations

import json as json_format
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.open_work import claimed, open_entries
from callsheet.cli.options import Json, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, make, memories
from callsheet.cli.project import find_project
from callsheet.report.screen import columns, inert
from callsheet.run.unsettled import settling
from callsheet.store.entry import Entry

WORDS = {
    "intent": "submitting",
    "submitted": "queued",
    "running": "running",
    "fetched": "fetched",
    "unknown": "unknown",
}


def status(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Only what this pipeline has.", show_default=False)
    ] = None,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List the requests in flight, and the submits that somebody has to settle.

    Asks nobody: it tells what the journal knows. A run takes up what is in flight.

    Example: callsheet status examples/aurora/pipeline.yaml
    """
    instances = None
    if file is not None:
        instances = set(make(Asked(file, param or (), params_file, profile)).plan.by_id)
    project = find_project(file or Path("pipeline.yaml"), os.environ)
    with memories(project, write=False) as (journal, _):
        entries = open_entries(journal, instances)
    live = claimed(project, entries)
    if json:
        sys.stdout.write(json_format.dumps({"requests": [_record(one, live) for one in entries]}, indent=2) + "\n")
        return
    if not entries:
        sys.stdout.write("nothing is in flight, and nothing is to be settled\n")
        return
    rows = [["instance", "state", "route", "request", "since", "run"]]
    rows += [[inert(cell) for cell in _row(one, live)] for one in entries]
    sys.stdout.write("".join(f"{line}\n" for line in columns(rows, ["left"] * 6)))
    for one in entries:
        if one.state == "unknown" and one.key not in live:
            hint = settling(file or Path("pipeline.yaml"), one.instance, one.request_id)
            sys.stdout.write(f"\n{inert(one.instance)}: {inert(one.error or 'not settled')}\n  help: {inert(hint)}\n")


def _state(entry: Entry, live: set[str]) -> str:
    return "unknown" if entry.state == "intent" and entry.key not in live else WORDS[entry.state]


def _since(entry: Entry) -> str:
    at = entry.submitted_at or entry.intended_at or entry.updated_at
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"


def _row(entry: Entry, live: set[str]) -> list[str]:
    run = "going on" if entry.key in live else "none"
    return [entry.instance, _state(entry, live), entry.made_by, entry.request_id or "-", _since(entry), run]


def _record(entry: Entry, live: set[str]) -> dict[str, object]:
    return {
        "instance": entry.instance,
        "state": _state(entry, live),
        "route": entry.made_by,
        "provider": entry.provider,
        "request_id": entry.request_id,
        "key": entry.key,
        "payload_sha256": entry.payload_sha256,
        "since": _since(entry),
        "run": entry.key in live,
        "error": entry.error,
    }
