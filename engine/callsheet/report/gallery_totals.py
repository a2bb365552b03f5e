"""What a campaign came to: how much was made, and what the renders cost by route, by node and by each axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, cast

from callsheet.report.plan_json import total_usd
from callsheet.report.screen import counted, money, usd

Entry: TypeAlias = Mapping[str, Any]
Fact: TypeAlias = tuple[str, str, str]

_MOST_ROWS = 50
"""Of an axis with more ids the dearest are shown, and what the others cost together."""


def facts(manifest: Mapping[str, Any], deliverables: Sequence[str]) -> list[Fact]:
    """(label, value, small print), in the order of the page's head."""
    entries: Sequence[Entry] = manifest["instances"]
    wanted = [entry for entry in entries if entry["node"] in deliverables]
    ready = sum(bool(entry["outputs"]) for entry in wanted)
    renders = _renders(entries)
    steps = sum(entry["kind"] == "step" and bool(entry["outputs"]) for entry in entries)
    simulated = manifest["provider"] == "simulator"
    told = [
        (
            "Deliverables",
            f"{ready:,}" if ready == len(wanted) else f"{ready:,}/{len(wanted):,}",
            ", ".join(deliverables),
        ),
        ("Renders", f"{len(renders):,}", f"on {counted(len({entry['route'] for entry in renders}), 'route')}"),
        ("Local steps", f"{steps:,}", "made here, free"),
        (
            "Would cost" if simulated else "Cost",
            _cost_text(renders, cost_of(entries)),
            "nothing was charged" if simulated else "as charged",
        ),
        *_price_of_one(entries, wanted, renders),
    ]
    faults = Counter(entry["state"] for entry in entries if not entry["outputs"])
    if faults:
        small = ", ".join(f"{number:,} {state}" for state, number in faults.most_common())
        told.append(("Open", f"{sum(faults.values()):,}", small))
    return told


def totals(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tables {`by`, `rows`: [{`name`, `renders`, `cost`}]} of the renders that were paid for; each adds up to them all.

    A table of one row says nothing that the head does not say, and is left out.
    """
    paid = [entry for entry in _charged(manifest["instances"]) if entry["outputs"] or entry["cost_usd"]]
    axes = list(dict.fromkeys(axis for node in manifest["nodes"] for axis in node["axes"]))
    tables = [
        _table("Route", paid, lambda entry: entry["route"]),
        _table("Node", paid, lambda entry: entry["node"]),
        *(_table(axis, paid, partial(_id_on, axis)) for axis in axes),
    ]
    return [table for table in tables if len(table["rows"]) > 1]


def _id_on(axis: str, entry: Entry) -> str | None:
    return cast("str | None", entry["axes"].get(axis))


def cost_of(entries: Sequence[Entry]) -> float:
    """What the renders among the entries cost in USD, as far as it is known; a shared one is paid for once, and what a
    route charged before another took over is counted."""
    return total_usd([entry["cost_usd"] for entry in _charged(entries)])


def _charged(entries: Iterable[Entry]) -> list[Entry]:
    """The renders, a shared one once, and of each that a fallback made what the routes before it charged."""
    renders = [entry for entry in entries if entry["kind"] == "route" and not entry["shared_with"]]
    failed = [
        {**entry, "route": one["route"], "cost_usd": one["cost_usd"], "outputs": [], "before": []}
        for entry in renders
        for one in entry.get("before", ())
        if one["cost_usd"]
    ]
    return [*({**entry, "before": []} if entry.get("before") else entry for entry in renders), *failed]


def _renders(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry["kind"] == "route" and entry["outputs"] and not entry["shared_with"]]


def _cost_text(renders: Sequence[Entry], cost: float) -> str:
    return money(cost, [entry["cost_usd"] for entry in renders].count(None), len(renders))


def _price_of_one(entries: Sequence[Entry], wanted: Sequence[Entry], renders: Sequence[Entry]) -> list[Fact]:
    """What a picked asset cost with the takes that were not, or without picks a deliverable with all it needs."""
    if not renders or any(entry["cost_usd"] is None for entry in renders):
        return []
    picked = [entry for entry in entries if entry.get("picked") and entry["outputs"]]
    if picked:
        nodes = {entry["node"] for entry in picked}
        cost = cost_of([entry for entry in entries if entry["node"] in nodes]) / len(picked)
        return [("Per picked asset", f"{usd(round(cost, 2))} USD", f"{len(picked):,} picked, all takes counted")]
    ready = sum(bool(entry["outputs"]) for entry in wanted)
    if not ready:
        return []
    return [("Per deliverable", f"{usd(round(cost_of(entries) / ready, 2))} USD", "with all it is made from")]


def _table(by: str, paid: Sequence[Entry], name_of: Callable[[Entry], str | None]) -> dict[str, Any]:
    groups: dict[str | None, list[Entry]] = {}
    for entry in paid:
        groups.setdefault(name_of(entry), []).append(entry)
    names = sorted((name for name in groups if name is not None), key=lambda name: -cost_of(groups[name]))
    rows = [_row(name, groups[name]) for name in names[:_MOST_ROWS]]
    if others := [entry for name in names[_MOST_ROWS:] for entry in groups[name]]:
        rows.append(_row(f"{len(names) - _MOST_ROWS:,} more", others))
    if None in groups and rows:
        rows.append(_row(f"not by {by}", groups[None]))
    return {"by": by, "rows": rows}


def _row(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    return {"name": name, "renders": len(entries), "cost": _cost_text(entries, cost_of(entries))}
