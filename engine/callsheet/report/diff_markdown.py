"""A comparison of two plans as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.plan.job import Job
from callsheet.report.bounded import Bounded
from callsheet.report.comparison import Alike, Money, alike, money_of, side_totals
from callsheet.report.markdown import (
    FOLDED,
    MOST_CHARACTERS,
    change_cell,
    code,
    ending,
    folding,
    heads,
    plain,
    prose,
    row,
)
from callsheet.report.plan_json import total_usd
from callsheet.report.screen import counted, usd
from callsheet.run.compare import Comparison
from callsheet.run.outcome import Action

OPEN_ROWS = 12
"""A list of more rows is folded."""
MOST_NAMES = 4
MOST_NOTES = 3
_KEPT = 3_000


def diff_markdown(
    comparison: Comparison,
    revision: str,
    commit: str,
    notes: Sequence[str],
    command: str,
    most: int = MOST_CHARACTERS,
) -> str:
    """The comment, of at most `most` characters; what was left out is said, and the `command` that shows all."""
    page = Bounded(most, _KEPT)
    money = money_of(comparison)
    simulated = comparison.new.plan.provider == "simulator"
    page.add(_head(comparison, money, revision, commit, simulated))
    groups = alike(comparison.changed)
    head = heads(("changed", "would be", "estimate", "what changes"), ("---", "---", "---:", "---"))
    changes = (_changed_row(comparison, group) for group in groups)
    shown = _list(page, "Changed", len(groups), len(comparison.changed), head, changes)
    left_out = sum(len(group.changed) for group in groups[shown:])
    head = heads(("added", "would be", "estimate"), ("---", "---", "---:"))
    rows = ((code(job.id), _would_be(comparison, [job]), _estimate(comparison, [job])) for job in comparison.added)
    left_out += len(comparison.added) - _list(page, "Added", len(comparison.added), len(comparison.added), head, rows)
    head = heads(("removed", "was a"), ("---", "---"))
    gone = ((code(job.id), job.kind) for job in comparison.removed)
    left_out += len(comparison.removed) - _list(
        page, "Removed", len(comparison.removed), len(comparison.removed), head, gone
    )
    more = [f"> and {counted(len(notes) - MOST_NOTES, 'note')} more"] if len(notes) > MOST_NOTES else []
    return page.end(ending([*(f"> {prose(note)}" for note in notes[:MOST_NOTES]), *more], left_out, command))


def _head(comparison: Comparison, money: Money, revision: str, commit: str, simulated: bool) -> list[str]:
    before, after = side_totals(comparison.old), side_totals(comparison.new)
    renders = int(after["render"] or 0) - int(before["render"] or 0)
    counts = (
        f"**{len(comparison.changed):,} changed**, **{len(comparison.added):,} added**, "
        f"**{len(comparison.removed):,} removed**, {comparison.unchanged:,} unchanged"
    )
    named = plain(revision)
    free = " These are prices of the simulator, which costs nothing." if simulated else ""
    return [
        f"## {plain(comparison.new.plan.document.name)}: {_delta(money)}",
        "",
        f"Compared with {code(revision)} (`{commit[:8]}`): {counts}.{free}",
        "",
        *heads(("", f"as of {named}", "now", "difference"), ("---", "---:", "---:", "---:")),
        row(("to render", f"{before['render']:,}", f"{after['render']:,}", _signed(renders))),
        row(("estimate", _usd(money.before), _usd(money.after), f"**{_delta(money)}**")),
        row(("of that added or changed", "", _usd(money.of_changes), "")),
        "",
    ]


def _list(page: Bounded, title: str, count: int, instances: int, head: list[str], rows: Iterable[Sequence[str]]) -> int:
    """A section with a table of `count` rows, folded where it is long; returns how many of them have room."""
    before, after = [f"### {title}", "", *head], [""]
    if count > OPEN_ROWS:
        before, after = [*folding(f"{title}: {counted(instances, 'instance')}"), *head], [*FOLDED, ""]
    return page.add_as_fits(before, (row(cells) for cells in rows), after)


def _changed_row(comparison: Comparison, group: Alike) -> tuple[str, str, str, str]:
    jobs = [one.job for one in group.changed]
    names = [code(one.job.id) + (f" (was {code(one.was)})" if one.was else "") for one in group.changed[:MOST_NAMES]]
    more = len(jobs) - len(names)
    shown = "<br>".join(names) + (f"<br>and {more:,} more of {code(group.node)}" if more > 0 else "")
    changes = "<br>".join(map(change_cell, group.changes))
    return shown, _would_be(comparison, jobs), _estimate(comparison, jobs), changes


def _would_be(comparison: Comparison, jobs: Sequence[Job]) -> str:
    words = {
        Action.render: "rendered",
        Action.local: "made here",
        Action.cached: "taken from the store",
        Action.shared: "shared",
        Action.attach: "polled: it is in flight",
        Action.skipped: "left: not selected",
    }
    actions = dict.fromkeys(comparison.new.decisions[job.id].action for job in jobs)
    return ", ".join(words.get(action, action.value) for action in actions)


def _estimate(comparison: Comparison, jobs: Sequence[Job]) -> str:
    prices = [job.estimate.usd for job in jobs if comparison.new.decisions[job.id].action is Action.render]
    if not prices:
        return ""
    return "unknown" if prices.count(None) == len(prices) else _usd(total_usd(prices))


def _delta(money: Money) -> str:
    if money.delta is None:
        return "cost difference unknown"
    return f"{'+' if money.delta > 0 else '−' if money.delta < 0 else '±'}{usd(abs(money.delta))} USD"


def _usd(amount: float | None) -> str:
    return "unknown" if amount is None else f"{usd(amount)} USD"


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "±0"
