"""A change of the lock, told: what is other than before, what that renders again, and what it costs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from callsheet.cli.lock_writing import store_lock
from callsheet.cli.locking import LockFile, may_write
from callsheet.cli.planning import Asked, Planned, decisions, make, memories
from callsheet.document.lock import Lock
from callsheet.plan.lock_diff import Difference, differences
from callsheet.problems import Problem, UsageFault
from callsheet.report.plan_json import json_text, total_usd
from callsheet.report.screen import counted, inert, money
from callsheet.run.outcome import Action, Decision

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class View:
    """A plan under a lock, and what a run would do with it."""

    planned: Planned
    decided: Mapping[str, Decision]


def view(asked: Asked, locked_by: LockFile | None = None) -> View:
    """The pipeline as a run would see it under its lock, or under the one given."""
    planned = make(asked, locked_by=locked_by)
    with memories(planned.project, write=False) as (journal, blobs):
        return View(planned, decisions(planned, journal, blobs))


def refuse_parameters(asked: Asked) -> None:
    """A UsageFault where parameters would get into the lock of the pipeline itself."""
    if not may_write(asked):
        message = "with parameters of the command line the pipeline's own lock is left alone"
        raise UsageFault(Problem("bad-option", message, hint="name a lock for them with `--lock FILE`"))


def tell(file: LockFile, lock: Lock, after: View, *, as_json: bool) -> None:
    """Write the lock, and say what is other than the file had before."""
    old = file.lock
    changes = [] if old is None else list(differences(old, lock))
    again = _again(old, after)
    changed = store_lock(file, lock)
    if as_json:
        sys.stdout.write(json_text(_document(file, lock, changes, again, after, changed=changed)))
        return
    lines = [_heading(file, lock, changes, changed=changed)]
    if old is not None:
        lines += _listed(changes)
    if again:
        shown = ", ".join(f"`{inert(name)}`" for name in again[:3])
        more = f" and {len(again) - 3:,} more" if len(again) > 3 else ""
        lines.append(f"the next run renders again: {shown}{more}, for {_price(after, again)}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _again(old: Lock | None, after: View) -> list[str]:
    """The instances that were made, as the lock had it, and that a run would submit now."""
    made = {} if old is None else {name for name, one in old.instances.items() if one.outputs}
    return [
        name
        for name, one in after.decided.items()
        if name in made and one.action is Action.render and after.planned.plan.by_id[name].kind == "route"
    ]


def _price(after: View, names: list[str]) -> str:
    prices = [after.planned.plan.by_id[name].estimate.usd for name in names]
    return money(sum(price for price in prices if price is not None), prices.count(None), len(prices))


def _heading(file: LockFile, lock: Lock, changes: list[Difference], *, changed: bool) -> str:
    counts = ", ".join(
        counted(number, noun)
        for number, noun in (
            (len(lock.instances), "instance"),
            (len(lock.routes), "route"),
            (len(lock.assets), "asset"),
        )
    )
    if not changed:
        return f"{file.shown} is as it should be: {counts}"
    return f"wrote {file.shown}: {counts}"


def _listed(changes: list[Difference]) -> list[str]:
    records = [list(group) for _, group in groupby(changes, key=lambda one: (one.of, one.about))]
    lines = [_line(record) for record in records[:MOST_LINES]]
    more = len(records) - MOST_LINES
    return [*lines, *([f"  ... and {more:,} more: see `git diff`"] if more > 0 else [])]


def _line(record: list[Difference]) -> str:
    first = record[0]
    if first.what == "record":
        return inert(f"  {'+' if first.before is None else '-'} {first.about}")
    parts = ", ".join(f"{one.what} {one.before or 'none'} -> {one.now or 'none'}" for one in record)
    return inert(f"  ~ {first.about}: {parts}")


def _document(
    file: LockFile, lock: Lock, changes: list[Difference], again: list[str], after: View, *, changed: bool
) -> dict[str, object]:
    prices = [after.planned.plan.by_id[name].estimate.usd for name in again]
    return {
        "lock": file.shown,
        "written": changed,
        "instances": [{"id": name, "seed": one.seed, "key": one.key} for name, one in sorted(lock.instances.items())],
        "changes": [
            {"of": one.of, "about": one.about, "what": one.what, "before": one.before, "now": one.now}
            for one in changes
        ],
        "rerender": {
            "instances": again,
            "cost_estimate_usd": total_usd(prices),
            "unpriced": prices.count(None),
        },
    }
