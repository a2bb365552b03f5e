"""What a comparison of two plans comes to: its money, and its changes brought together where they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callsheet.plan.job import Job
from callsheet.report.plan_json import change_document, plan_totals, total_usd
from callsheet.run.compare import Changed, Comparison, Side
from callsheet.run.difference import Difference, Differs
from callsheet.run.outcome import Action
from callsheet.run.reasons import is_text
from callsheet.run.word_diff import one_change

Totals = Mapping[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Money:
    """USD for what would render now: as it was, as it is, the difference, and what of it is added or changed. None
    where no price is known; `unpriced` counts the renders of the new side that have none."""

    before: float | None
    after: float | None
    delta: float | None
    of_changes: float | None
    unpriced: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Instances of one node that change in the same way."""

    node: str
    changed: Sequence[Changed]

    @property
    def changes(self) -> list[Difference]:
        """The changes of all: texts as the first has them, producers that are not the same one by their node."""
        return [
            change if all(one.changes[place] == change for one in self.changed) else _of_node(change)
            for place, change in enumerate(self.changed[0].changes)
        ]


def money_of(comparison: Comparison) -> Money:
    """What the renders of both sides are expected to cost."""
    before = side_totals(comparison.old)["cost_estimate_usd"]
    after = side_totals(comparison.new)["cost_estimate_usd"]
    delta = None if before is None or after is None else round(after - before, 6)
    jobs = [*comparison.added, *(one.job for one in comparison.changed)]
    prices = [job.estimate.usd for job in jobs if would_render(comparison, job)]
    known = None if prices and prices.count(None) == len(prices) else total_usd(prices)
    return Money(before, after, delta, known, int(side_totals(comparison.new)["unpriced"] or 0))


def side_totals(side: Side | None) -> Totals:
    """The totals of one side; where there was no pipeline nothing renders and nothing costs."""
    return (
        {"render": 0, "cost_estimate_usd": 0.0, "unpriced": 0}
        if side is None
        else plan_totals(side.plan, side.decisions)
    )


def would_render(comparison: Comparison, job: Job) -> bool:
    """Whether an instance of the new side would be bought."""
    return comparison.new.decisions[job.id].action is Action.render


def alike(changed: Iterable[Changed]) -> list[Alike]:
    """The changed instances, those of a node that change alike together, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Changed]] = {}
    for one in changed:
        groups.setdefault((one.job.node, *map(_about, one.changes)), []).append(one)
    return [Alike(group[0].job.node, group) for group in groups.values()]


def node_of(instance: object) -> str:
    """The node of an instance, by its id."""
    return str(instance).partition("[")[0]


def _of_node(change: Difference) -> Difference:
    if change.kind is not Differs.producer or not isinstance(change.new, Mapping):
        return change
    node = {"from": node_of(change.new.get("from"))}
    return Difference(change.kind, change.field, node, node)


def _about(change: Difference) -> tuple[str, ...]:
    """What makes two changes alike: those of what one node makes are, whichever of its instances is taken, and those
    of texts are where the same words stand for the same."""
    if change.kind is Differs.publish:
        return (change.kind,)
    if change.kind is Differs.producer and isinstance(change.new, Mapping) and not change.new.get("sha256"):
        return change.kind, str(change.field), node_of(change.new.get("from"))
    if is_text(change):
        _, gone, come, _ = one_change(str(change.old), str(change.new))
        return change.kind, str(change.field), gone, come
    return change.kind, str(change.field), repr(change.old), repr(change.new)


def comparison_document(comparison: Comparison, revision: str, commit: str, notes: Sequence[str]) -> dict[str, object]:
    """The comparison as the member `against` of `plan --json`."""
    money = money_of(comparison)
    return {
        "revision": revision,
        "commit": commit,
        "added": [_instance(comparison, job) for job in comparison.added],
        "removed": [
            {"id": job.id, "node": job.node, "cost_estimate_usd": job.estimate.usd} for job in comparison.removed
        ],
        "changed": [
            {
                **_instance(comparison, one.job),
                "was": one.was,
                "changes": [change_document(change) for change in one.changes],
            }
            for one in comparison.changed
        ],
        "unchanged": comparison.unchanged,
        "cost": {
            "before_usd": money.before,
            "after_usd": money.after,
            "delta_usd": money.delta,
            "of_changes_usd": money.of_changes,
            "unpriced": money.unpriced,
        },
        "notes": list(notes),
    }


def _instance(comparison: Comparison, job: Job) -> dict[str, object]:
    action = comparison.new.decisions[job.id].action
    return {"id": job.id, "node": job.node, "action": action.value, "cost_estimate_usd": job.estimate.usd}
