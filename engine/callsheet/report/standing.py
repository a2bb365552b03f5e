"""How a campaign stands at this moment: the manifest of its last run, with what the plan says now, and what a run that
goes on has told so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.plan.job import Job, Plan
from callsheet.report.manifest import Entry, Manifest, manifest_document, output_document
from callsheet.report.plan_json import total_usd
from callsheet.run.outcome import Action, Decision, InstanceError, InstanceOutcome, PlacedOutput, RunOutcome, RunTotals
from callsheet.run.outcome import State as InstanceState
from callsheet.run.record import Recorded, Told
from callsheet.store.blobs import Blobs

PLANNED = "planned"
"""The state of an instance that nothing was made for yet and that a run would make."""

_STATES: Mapping[Action, InstanceState] = {
    Action.cached: InstanceState.cached,
    Action.held: InstanceState.held,
    Action.unknown: InstanceState.unknown,
    Action.missing: InstanceState.failed,
}
_TO_COME = frozenset((Action.render, Action.shared, Action.local, Action.attach))


def standing(
    folder: Path,
    plan: Plan,
    decisions: Mapping[str, Decision],
    blobs: Blobs,
    known: Manifest | None,
    record: Recorded | None,
) -> Manifest:
    """The campaign in the form of a manifest. Entries have besides `next` (what a run would do: `action`, `why`,
    `cost_usd`; None where nothing), and while a run goes on `queue_position` and `live`.

    `known` is the output folder's manifest, `record` the latest run into it. Files that have no published place are
    given with their place in the store.
    """
    outcomes = tuple(_outcome(job, decisions[job.id], blobs) for job in plan.jobs)
    nothing = RunTotals(0, 0, 0, 0, 0.0, 0.0)
    run = str(known["run"]) if known else record.about.run if record else ""
    now = manifest_document(folder, plan, RunOutcome(run, "succeeded", 0, outcomes, nothing))
    former = {entry["id"]: entry for entry in known["instances"]} if known and _is_of(known, plan) else {}
    told = _told(record, known)
    for place, entry in enumerate(now["instances"]):
        decision = decisions[entry["id"]]
        picks = {name: entry[name] for name in ("picked", "stale_pick")}
        entry = {**_over(entry, decision, former.get(entry["id"])), **picks}
        entry["next"] = _next(plan.by_id[entry["id"]], decision)
        now["instances"][place] = _now(folder, entry, told.get(entry["id"]), record)
    if record is not None and record.lives:
        now["status"] = "running"
    elif known is not None:
        now["status"] = known["status"]
    elif any(decision.action in _TO_COME for decision in decisions.values()):
        now["status"] = PLANNED
    return now


def run_summary(record: Recorded | None) -> dict[str, Any] | None:
    """How far the run of a record is: counts by state, seconds of its latest news, USD so far. None for no record."""
    if record is None:
        return None
    last = {instance: told[-1] for instance, told in record.told.items()}
    counts: dict[str, int] = {}
    for instance in record.jobs:
        state = last[instance].state.value if instance in last else InstanceState.waiting.value
        counts[state] = counts.get(state, 0) + 1
    return {
        "run": record.about.run,
        "lives": record.lives,
        "status": record.ended["status"] if record.ended else "running" if record.lives else "interrupted",
        "notices": list(record.notices),
        "jobs": len(record.jobs),
        "over": sum(told.state.over for told in last.values()),
        "states": counts,
        "cost_usd": total_usd([told.facts.get("cost_usd") for told in last.values() if told.state.over]),
        "seconds": max((told.at for told in last.values()), default=0.0),
    }


def _is_of(known: Manifest, plan: Plan) -> bool:
    return known.get("pipeline") == plan.document.name and known.get("provider") == plan.provider


def _outcome(job: Job, decision: Decision, blobs: Blobs) -> InstanceOutcome:
    outputs = tuple(
        PlacedOutput(one.name, path := blobs.path(one.sha256), str(path), one.sha256, one.bytes, one.media_type)
        for one in decision.outputs
    )
    state = _STATES.get(decision.action, InstanceState.skipped)
    error = None
    if state is not InstanceState.cached and decision.action not in _TO_COME:
        error = InstanceError(decision.why.code, decision.why.text, decision.why.hint)
    return InstanceOutcome(
        job.id, job.node, job.axes, state, key=decision.key, seed=job.seed, outputs=outputs, error=error
    )


def _over(entry: Entry, decision: Decision, former: Entry | None) -> Entry:
    """What the plan says of an instance, laid over what the last run left of it."""
    if decision.action in _TO_COME or (decision.action is Action.skipped and not entry["outputs"]):
        if former is not None and (former.get("outputs") or former.get("error")):
            stale = bool(former.get("outputs")) and former.get("key") != decision.key
            return {**former, "stale": stale}
        return {**entry, "state": PLANNED} if decision.action in _TO_COME else entry
    if former is None or former.get("key") != decision.key:
        return entry
    if not entry["outputs"]:
        return {**former, "state": entry["state"], "error": entry["error"]}
    state = former["state"] if former["state"] in _MADE else entry["state"]
    kept = former if former["outputs"] else {}
    return {**entry, **kept, **{name: entry[name] for name in _PLANNED}, "state": state, "error": None, "stale": False}


_PLANNED = ("axes", "needs", "warnings", "intent", "intent_why")
_MADE = frozenset((InstanceState.succeeded.value, InstanceState.cached.value))


def _next(job: Job, decision: Decision) -> dict[str, Any] | None:
    if decision.action in (Action.cached, Action.skipped):
        return None
    paid = decision.action in (Action.render, Action.attach)
    return {
        "action": decision.action.value,
        "why": decision.why.text,
        "cost_usd": job.estimate.usd if paid else 0.0,
    }


def _told(record: Recorded | None, known: Manifest | None) -> Mapping[str, Told]:
    """The latest news of each instance, as far as the manifest does not have it yet."""
    if record is None or (record.ended is not None and known is not None and known["run"] == record.about.run):
        return {}
    waiting = Told(0.0, InstanceState.waiting, {})
    told = {instance: all_told[-1] for instance, all_told in record.told.items()}
    if record.lives:
        return {**dict.fromkeys(record.jobs, waiting), **told}
    return {instance: news for instance, news in told.items() if news.state.over}


def _now(folder: Path, entry: Entry, told: Told | None, record: Recorded | None) -> Entry:
    if told is None or record is None:
        return entry
    facts = told.facts
    error = None
    if told.state.over and facts.get("detail"):
        error = {**facts.get("error", {"code": told.state.value, "hint": None}), "message": facts["detail"]}
    fresh = {name: facts[name] for name in ("key", "request_id", "cost_usd", "seconds", "shared_with") if name in facts}
    now = {**entry, **fresh, "state": told.state.value, "error": error, "run": record.about.run, "live": record.lives}
    if "queue_position" in facts:
        now["queue_position"] = facts["queue_position"]
    if facts.get("outputs"):
        now |= {"outputs": [_described(folder, one) for one in facts["outputs"]], "stale": False}
    return now


def _described(folder: Path, output: Mapping[str, Any]) -> dict[str, object]:
    path = folder / output["path"]
    placed = PlacedOutput(output["name"], path, str(path), output["sha256"], output["bytes"], output["media_type"])
    return output_document(folder, placed)
