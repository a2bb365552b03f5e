"""`callsheet resolve`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from callsheet.cli.open_work import claims_path
from callsheet.cli.options import File, Only, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, Planned, make, memories, output_folder
from callsheet.cli.running import Terms, decide
from callsheet.problems import DataFault, Problem, RetryableFault, UsageFault, did_you_mean
from callsheet.report.screen import inert
from callsheet.run.claim import Claims
from callsheet.store.entry import Entry
from callsheet.store.journal import Journal


def resolve(
    file: File,
    instance: Annotated[str, typer.Argument(metavar="INSTANCE", help="Such as `hero[look=dawn]`.", show_default=False)],
    attach: Annotated[
        str | None,
        typer.Option("--attach", metavar="REQUEST_ID", help="It was taken, under this id.", show_default=False),
    ] = None,
    resubmit: Annotated[
        bool, typer.Option("--resubmit", help="It was not taken, or may be paid for again: the next run submits it.")
    ] = False,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    only: Only = None,
) -> None:
    """Settle a submit of which it is not known whether it was taken.

    Example: callsheet resolve pipeline.yaml 'hero[look=dawn]' --attach 7b9f3c1e
    """
    if (attach is None) == (not resubmit):
        raise UsageFault(Problem("bad-option", "say either `--attach REQUEST_ID` or `--resubmit`"))
    asked = Asked(file, param or (), params_file, profile, only or ())
    planned = make(asked)
    with memories(planned.project, write=True) as (journal, blobs):
        decided = decide(planned, journal, blobs, Terms(), output_folder(asked, None))
        key = decided[instance].key if instance in decided else None
        entry = _unsettled(planned, journal, instance, key)
        with Claims(claims_path(planned.project)) as claims:
            if not claims.take(entry.key):
                raise RetryableFault(
                    Problem(
                        "in-use", f"a run works on `{instance}` at this moment", hint="settle it when that has ended"
                    )
                )
            if attach is not None:
                _attach(journal, entry, attach.strip())
            else:
                journal.released(entry.key)
    what = f"has the request `{attach}`" if attach is not None else "is submitted anew"
    sys.stdout.write(f"{inert(instance)} {inert(what)}: the next `callsheet run` takes it up\n")


def _unsettled(planned: Planned, journal: Journal, instance: str, key: str | None) -> Entry:
    """The unsettled entry of an instance: that of its key, else the only one that was made under its name."""
    entry = journal.look_up(key) if key is not None else None
    if entry is not None and entry.state in ("unknown", "intent"):
        return entry
    open_ones = [one for one in journal.in_state("unknown", "intent") if one.provider == planned.plan.provider]
    former = [one for one in open_ones if one.instance == instance]
    if len(former) == 1:
        return former[0]
    if former:
        message = f"`{instance}` has {len(former)} unsettled submits, none of them for what the pipeline asks now"
        hint = "bring the pipeline back to what it was when each was made, and settle that one"
        raise DataFault(Problem("not-unknown", message, hint=hint))
    stands = f"it is {entry.state}" if entry is not None else "it was never submitted"
    there = sorted({one.instance for one in open_ones})
    hint = did_you_mean(instance, there) if there else "`callsheet status` lists what is in flight"
    raise DataFault(Problem("not-unknown", f"there is nothing to settle about `{instance}`: {stands}", hint=hint))


def _attach(journal: Journal, entry: Entry, request_id: str) -> None:
    if not request_id or not request_id.isprintable():
        raise UsageFault(Problem("bad-option", "`--attach` needs the id of a request"))
    other = journal.with_request(request_id, entry.provider)
    if other is not None and other.key != entry.key:
        raise DataFault(
            Problem(
                "request-taken",
                f"request `{request_id}` belongs to `{other.instance}`",
                hint="look for another one in your account: each submit has a request of its own",
            )
        )
    journal.submitted(entry.key, request_id)
