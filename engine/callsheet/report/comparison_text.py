"""A comparison of two plans as a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callsheet.plan.job import Job
from callsheet.report.changes_text import change_lines
from callsheet.report.comparison import Alike, Money, alike, money_of
from callsheet.report.plan_json import total_usd
from callsheet.report.plan_text import COLOURS, totals_line
from callsheet.report.screen import counted, inert, paint, usd, wrap
from callsheet.run.compare import Comparison
from callsheet.run.outcome import Action

MOST_NAMES = 6
"""So many instances that change alike are named; of more, the first ones are."""
MOST_ROWS = 60
"""So many groups of changed instances, and so many added and removed ones, are shown."""


def comparison_text(
    comparison: Comparison, revision: str, commit: str, notes: Sequence[str], width: int, color: bool
) -> str:
    """The screen of `plan --against`, `width` cells wide. Ends with a line end."""
    plan = comparison.new.plan
    name = paint(inert(plan.document.name), "bold", color)
    lines = [f"{name}  compared with {inert(revision)} ({commit[:8]})", ""]
    if comparison.changed:
        lines += [_heading("changed", len(comparison.changed), color)]
        groups = alike(comparison.changed)
        for group in groups[:MOST_ROWS]:
            lines += [*_group(comparison, group, width, color), ""]
        if len(groups) > MOST_ROWS:
            more = sum(len(group.changed) for group in groups[MOST_ROWS:])
            lines += [f"  and {more:,} more, which change in other ways; everything: --json", ""]
    for word, jobs in (("added", comparison.added), ("removed", comparison.removed)):
        if jobs:
            rows = _added(comparison, jobs, color) if word == "added" else (f"  {inert(job.id)}" for job in jobs)
            shown = list(rows)[:MOST_ROWS]
            shown += [f"  and {len(jobs) - MOST_ROWS:,} more; everything: --json"] if len(jobs) > MOST_ROWS else []
            lines += [_heading(word, len(jobs), color), *shown, ""]
    lines += [f"{comparison.unchanged:,} unchanged", ""]
    lines += wrap(totals_line(plan, comparison.new.decisions), width)
    lines += wrap(cost_line(money_of(comparison), revision, plan.provider == "simulator"), width)
    for note in notes:
        lines += wrap(f"note: {inert(note)}", width)
    return "\n".join(lines) + "\n"


def cost_line(money: Money, revision: str, simulated: bool) -> str:
    """`to render now 3.50 USD, as of main 3.00 USD: 0.50 USD more`."""
    if money.after is None or money.before is None or money.delta is None:
        return f"to render now {_known(money.after)}, as of {inert(revision)} {_known(money.before)}"
    more = f"{usd(abs(money.delta))} USD {'more' if money.delta > 0 else 'less'}" if money.delta else "the same"
    free = " (simulated, costs nothing)" if simulated else ""
    return f"to render now {_known(money.after)}, as of {inert(revision)} {_known(money.before)}: {more}{free}"


def _known(amount: float | None) -> str:
    return "at an unknown price" if amount is None else f"{usd(amount)} USD"


def _heading(word: str, count: int, color: bool) -> str:
    return paint(f"{word}  {counted(count, 'instance')}", "bold", color)


def _group(comparison: Comparison, group: Alike, width: int, color: bool) -> Iterator[str]:
    names = group.changed if len(group.changed) <= MOST_NAMES else group.changed[: MOST_NAMES - 1]
    for one in names:
        was = f"  was {inert(one.was)}" if one.was else ""
        yield f"{_row(comparison, one.job, color)}{was}"
    if len(names) < len(group.changed):
        rest = [one.job for one in group.changed[len(names) :]]
        yield f"  and {len(rest):,} more of `{inert(group.node)}`{_cost(comparison, rest)}"
    for change in group.changes:
        first, *more = change_lines(change, width - 6, color)
        yield f"    {paint('~', 'dim', color)} {first}"
        yield from (f"      {line}" for line in more)


def _added(comparison: Comparison, jobs: Sequence[Job], color: bool) -> Iterator[str]:
    return (_row(comparison, job, color) for job in jobs)


def _row(comparison: Comparison, job: Job, color: bool) -> str:
    action = comparison.new.decisions[job.id].action
    return f"  {inert(job.id)}  {paint(action.value, COLOURS[action], color)}{_cost(comparison, [job])}"


def _cost(comparison: Comparison, jobs: Sequence[Job]) -> str:
    """What of these would be bought, in USD; nothing where nothing would."""
    prices = [job.estimate.usd for job in jobs if comparison.new.decisions[job.id].action is Action.render]
    if not prices:
        return ""
    return "  price unknown" if prices.count(None) == len(prices) else f"  {usd(total_usd(prices))} USD"
