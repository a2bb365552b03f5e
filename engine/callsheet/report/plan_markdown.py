"""A plan as a comment on a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from callsheet.plan.job import Job, Plan
from callsheet.report.bounded import Bounded
from callsheet.report.markdown import FOLDED, MOST_CHARACTERS, code, ending, folding, heads, plain, prose, row
from callsheet.report.plan_json import plan_totals, total_usd
from callsheet.report.plan_text import totals_line
from callsheet.report.screen import counted, usd
from callsheet.run.outcome import Action, Decision

MOST_WARNINGS = 5
_KEPT = 3_000


def plan_markdown(plan: Plan, decisions: Mapping[str, Decision], command: str, most: int = MOST_CHARACTERS) -> str:
    """The comment, of at most `most` characters: totals, nodes, and folded every instance with its reason."""
    page = Bounded(most, _KEPT)
    cost = plan_totals(plan, decisions)["cost_estimate_usd"]
    title = "price unknown" if cost is None else f"{usd(cost)} USD to render"
    page.add([f"## {plain(plan.document.name)}: {title}", "", f"{totals_line(plan, decisions)}.", ""])
    head = heads(("node", "made by", "instances", "", "estimate"), ("---", "---", "---:", "---", "---:"))
    nodes = [list(jobs) for _, jobs in groupby(plan.jobs, lambda job: job.node)]
    page.add_as_fits(head, [row(_node_row(jobs, decisions)) for jobs in nodes], [""])
    before = [
        *folding(counted(len(plan.jobs), "instance")),
        *heads(("instance", "action", "estimate", "why"), ("---", "---", "---:", "---")),
    ]
    rows = (row(_row(job, decisions[job.id])) for job in plan.jobs)
    shown = page.add_as_fits(before, rows, [*FOLDED, ""])
    return page.end(ending(_warnings(plan), len(plan.jobs) - shown, command))


def _node_row(jobs: Sequence[Job], decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    actions = Counter(decisions[job.id].action for job in jobs)
    made_by = dict.fromkeys(job.made_by for job in jobs)
    first = code(next(iter(made_by))) + (f" and {len(made_by) - 1} more" if len(made_by) > 1 else "")
    told = ", ".join(f"{count:,} {action.value}" for action, count in actions.items())
    prices = [job.estimate.usd for job in jobs if decisions[job.id].action is Action.render]
    return code(jobs[0].node), first, f"{len(jobs):,}", told, _estimate(prices)


def _row(job: Job, decision: Decision) -> tuple[str, ...]:
    prices = [job.estimate.usd] if decision.action is Action.render else []
    return code(job.id), decision.action.value, _estimate(prices), prose(decision.why.text)


def _estimate(prices: list[float | None]) -> str:
    if not prices:
        return ""
    known = "unknown" if prices.count(None) == len(prices) else f"{usd(total_usd(prices))} USD"
    return f"{known} + ?" if 0 < prices.count(None) < len(prices) else known


def _warnings(plan: Plan) -> list[str]:
    of_instances = (text for job in plan.jobs for text in job.warnings)
    told = [*dict.fromkeys((*(problem.message for problem in plan.warnings), *of_instances))]
    more = [f"> and {counted(len(told) - MOST_WARNINGS, 'warning')} more"] if len(told) > MOST_WARNINGS else []
    return [*(f"> warning: {prose(text)}" for text in told[:MOST_WARNINGS]), *more]
