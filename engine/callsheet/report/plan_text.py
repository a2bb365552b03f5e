"""A plan as a screen: what would be done to each instance, for how much, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from callsheet.plan.job import Job, Plan
from callsheet.report.plan_json import plan_totals, total_usd
from callsheet.report.screen import Colour, cells, counted, inert, pad, paint, usd, wrap
from callsheet.run.held import held_behind_picks
from callsheet.run.outcome import Action, Decision

MOST_ROWS = 60
"""A plan of more instances shows one row per node, action and reason."""

COLOURS: Mapping[Action, Colour] = {
    Action.render: "yellow",
    Action.shared: "cyan",
    Action.cached: "green",
    Action.local: "cyan",
    Action.attach: "yellow",
    Action.held: "magenta",
    Action.unknown: "red",
    Action.missing: "red",
    Action.skipped: "dim",
}
_WORTH_A_PRICE = frozenset((Action.render, Action.held, Action.skipped, Action.missing))
_ACTION_WIDTH = max(len(action) for action in Action)
_LEAST_WHY = 18


@dataclass(frozen=True, slots=True)
class _Row:
    action: Action
    name: str
    cost: str
    why: str


def plan_text(plan: Plan, decisions: Mapping[str, Decision], width: int, color: bool) -> str:
    """The screen of `plan`, `width` cells wide: instances by node, totals, warnings. Ends with a line end."""
    lines = [_title(plan, color), ""]
    grouped = len(plan.jobs) > MOST_ROWS
    for heading, routes, jobs in _sections(plan):
        rows = list(_summed(jobs, decisions) if grouped else _each(jobs, decisions))
        lines += [paint(inert(heading), "bold", color), *(f"  or {inert(route)}" for route in routes)]
        lines += [*_table(rows, width, color), ""]
    if grouped:
        lines += [paint("one node in full: --select NODE; everything: --json", "dim", color), ""]
    lines += wrap(totals_line(plan, decisions), width)
    lines += _held(plan, decisions, width, color)
    lines += _warnings(plan, color)
    return "\n".join(lines) + "\n"


def totals_line(plan: Plan, decisions: Mapping[str, Decision]) -> str:
    """One line such as `7 to render (3.50 USD estimated), 10 local, 0 cached`."""
    totals = plan_totals(plan, decisions)
    actions = Counter(decision.action for decision in decisions.values())
    known, unpriced = totals["cost_estimate_usd"], totals["unpriced"]
    cost = "price unknown" if known is None else f"{usd(known)} USD estimated"
    if known and any(job.fallbacks and decisions[job.id].action is Action.render for job in plan.jobs):
        cost += " at worst"
    if known is not None and unpriced:
        cost += f", {unpriced:,} at an unknown price"
    if plan.provider == "simulator":
        cost += "; simulated, costs nothing"
    parts = [f"{totals['render']:,} to render ({cost})", f"{totals['local']:,} local", f"{totals['cached']:,} cached"]
    parts += [
        f"{actions[action]:,} {words}"
        for action, words in (
            (Action.shared, "shared"),
            (Action.attach, "in flight already"),
            (Action.held, f"held{_held_cost(plan, decisions)}"),
            (Action.unknown, "unknown"),
            (Action.missing, "missing"),
            (Action.skipped, "not selected"),
        )
        if actions[action]
    ]
    return ", ".join(parts + ([f"{plan.excluded:,} excluded"] if plan.excluded else []))


def _held(plan: Plan, decisions: Mapping[str, Decision], width: int, color: bool) -> Iterator[str]:
    """What is held behind each pick, and what it will cost."""
    for group in held_behind_picks(plan, decisions):
        cost = _cost([plan.by_id[one] for one in group.instances], Action.held)
        told = f"held behind the pick of `{inert(group.pick)}`: {counted(len(group.instances), 'instance')}"
        first, *more = wrap(f"{told}, {cost}" if cost else told, width)
        yield paint(first, COLOURS[Action.held], color)
        yield from more
        yield f"  {inert(group.way_on)}"


def _title(plan: Plan, color: bool) -> str:
    name = paint(inert(plan.document.name), "bold", color)
    return f"{name}  {counted(len(plan.jobs), 'instance')} on {inert(plan.provider)}"


def _held_cost(plan: Plan, decisions: Mapping[str, Decision]) -> str:
    """What the held instances will cost, which is in no other total."""
    cost = _cost([job for job in plan.jobs if decisions[job.id].action is Action.held], Action.held)
    return f" ({cost})" if cost else ""


def _sections(plan: Plan) -> Iterator[tuple[str, tuple[str, ...], list[Job]]]:
    """The jobs of a node and route, under their heading; and the routes that these fall back to."""
    for (node, intent, (made_by, *others)), jobs in groupby(
        plan.jobs, lambda job: (job.node, job.intent, _routes(job))
    ):
        yield f"{node}  {intent + ' > ' if intent else ''}{made_by}", tuple(others), list(jobs)


def _routes(job: Job) -> tuple[str, ...]:
    return tuple(one.made_by for one in job.attempts)


def _each(jobs: Sequence[Job], decisions: Mapping[str, Decision]) -> Iterator[_Row]:
    for job in jobs:
        decision = decisions[job.id]
        yield _Row(decision.action, inert(job.id), _cost([job], decision.action), inert(decision.why.text))


def _summed(jobs: Sequence[Job], decisions: Mapping[str, Decision]) -> Iterator[_Row]:
    groups: dict[tuple[Action, str], list[Job]] = {}
    for job in jobs:
        decision = decisions[job.id]
        groups.setdefault((decision.action, decision.why.code), []).append(job)
    for (action, _), alike in groups.items():
        others = len({decisions[job.id].why.text for job in alike}) - 1
        why = decisions[alike[0].id].why.text + (f" (and {counted(others, 'more reason')})" if others else "")
        yield _Row(action, counted(len(alike), "instance"), _cost(alike, action), inert(why))


def _cost(jobs: Sequence[Job], action: Action) -> str:
    if action not in _WORTH_A_PRICE or all(job.kind == "step" for job in jobs):
        return ""
    prices = [job.estimate.usd for job in jobs if job.kind == "route"]
    known = [price for price in prices if price is not None]
    if not known:
        return "price unknown"
    return f"{usd(total_usd(prices))} USD" + (" + ?" if len(known) < len(prices) else "")


def _table(rows: Sequence[_Row], width: int, color: bool) -> Iterator[str]:
    money = max((len(row.cost) for row in rows), default=0)
    fixed = 2 + _ACTION_WIDTH + 2 + 2 + (money + 2 if money else 0)
    name = min(max(cells(row.name) for row in rows), max(width - fixed - _LEAST_WHY, 12))
    for row in rows:
        action = paint(row.action.value, COLOURS[row.action], color) + " " * (_ACTION_WIDTH - len(row.action))
        cost = f"{pad(row.cost, money, 'right')}  " if money else ""
        first, *more = wrap(row.why, max(width - fixed - name, _LEAST_WHY))
        if cells(row.name) > name:
            yield f"  {action}  {row.name}"
            yield (" " * (fixed - len(cost) + name) + cost + first).rstrip()
        else:
            yield f"  {action}  {pad(row.name, name)}  {cost}{first}".rstrip()
        for line in more:
            yield " " * (fixed + name) + line


def _warnings(plan: Plan, color: bool) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for job in plan.jobs:
        for text in job.warnings:
            alike.setdefault((job.node, text), []).append(job.id)
    label = paint("warning", "yellow", color)
    for problem in (*plan.document.warnings, *plan.warnings):
        yield ""
        yield from (inert(line) for line in str(problem).split("\n"))
    if alike:
        yield ""
    for (node, text), ids in alike.items():
        about = ids[0] if len(ids) == 1 else f"{node} ({counted(len(ids), 'instance')})"
        yield f"{label}: {inert(about)}: {inert(text)}"
