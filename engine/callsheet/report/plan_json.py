"""Plans and runs as the JSON documents of `plan --json` and `run --json`; the same values give the same bytes."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from callsheet.plan.job import Job, Plan
from callsheet.plan.shown import shown_input
from callsheet.problems import Problem
from callsheet.run.difference import Difference
from callsheet.run.held import held_behind_picks
from callsheet.run.outcome import Action, Decision, FailedAttempt, InstanceError, InstanceOutcome, RunOutcome, Why

SCHEMA_VERSION = 1
_ENCODER = json.JSONEncoder(check_circular=False)


def plan_document(plan: Plan, decisions: Mapping[str, Decision]) -> dict[str, object]:
    """The document of `plan --json`. An instance's estimate is what making it costs; the total counts renders only."""
    return {
        "pipeline": plan.document.name,
        "provider": plan.provider,
        "schema_version": SCHEMA_VERSION,
        "instances": [instance_document(job, decisions[job.id]) for job in plan.jobs],
        "totals": plan_totals(plan, decisions),
        "held_behind": held_behind(plan, decisions),
        "warnings": warning_records(plan.warnings),
    }


def held_behind(plan: Plan, decisions: Mapping[str, Decision]) -> list[dict[str, object]]:
    """The picks that instances are held for, with how many wait for each and what making them is expected to cost."""
    return [
        {"pick": one.pick, "instances": len(one.instances), "cost_estimate_usd": estimated_usd(plan, one.instances)}
        for one in held_behind_picks(plan, decisions)
    ]


def plan_totals(plan: Plan, decisions: Mapping[str, Decision]) -> dict[str, int | float | None]:
    """How many instances have each action, and what the renders are expected to cost in USD: None where there are
    renders and not one has a known price."""
    actions = Counter(decision.action for decision in decisions.values())
    renders = [job.estimate.usd for job in plan.jobs if decisions[job.id].action is Action.render]
    held = [job.id for job in plan.jobs if decisions[job.id].action is Action.held]
    return {
        "instances": len(plan.jobs),
        "render": actions[Action.render],
        "shared": actions[Action.shared],
        "cached": actions[Action.cached],
        "local": actions[Action.local],
        "attach": actions[Action.attach],
        "held": actions[Action.held],
        "excluded": plan.excluded,
        "skipped": actions[Action.skipped],
        "cost_estimate_usd": None if renders and renders.count(None) == len(renders) else total_usd(renders),
        "unpriced": renders.count(None),
        "held_cost_estimate_usd": estimated_usd(plan, held),
    }


def estimated_usd(plan: Plan, instances: Iterable[str]) -> float | None:
    """What making these instances is expected to cost in USD; None where there are renders and not one has a price."""
    jobs = [plan.by_id[one] for one in instances]
    renders = [job.estimate.usd for job in jobs if job.kind == "route"]
    return None if renders and renders.count(None) == len(renders) else total_usd(renders)


def warning_records(warnings: Iterable[Problem]) -> list[dict[str, object]]:
    """Warnings as data."""
    return [
        {
            "code": one.code,
            "message": one.message,
            "place": str(one.span) if one.span else None,
            "instance": one.instance,
            "hint": one.hint,
        }
        for one in warnings
    ]


def run_document(outcome: RunOutcome, warnings: Iterable[Problem] = ()) -> dict[str, object]:
    """The document of `run --json`; `warnings` are of the run as a whole."""
    totals = outcome.totals
    return {
        "run": outcome.run,
        "status": outcome.status,
        "exit_code": outcome.exit_code,
        "instances": [_outcome(one) for one in outcome.instances],
        "totals": {
            "submitted": totals.submitted,
            "cached": totals.cached,
            "shared": totals.shared,
            "failed": totals.failed,
            "cost_usd": round(totals.cost_usd, 6),
            "seconds": round(totals.seconds, 1),
        },
        "warnings": warning_records(warnings),
    }


def json_text(document: Mapping[str, object]) -> str:
    """A document as text, one line per member and per instance; ASCII only, so that a terminal shows it as it is."""
    members = []
    for name, value in document.items():
        if name == "instances" and isinstance(value, list) and value:
            rows = ",\n  ".join(map(_ENCODER.encode, value))
            members.append(f'"instances": [\n  {rows}\n ]')
        else:
            members.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{" + ",\n ".join(members) + "}\n"


def total_usd(amounts: list[float | None]) -> float:
    """The sum of what is known, to a millionth of a dollar, whatever the order."""
    return round(math.fsum(amount for amount in amounts if amount is not None), 6)


def error_document(error: InstanceError | None) -> dict[str, object] | None:
    """An instance's error as data; None where there is none."""
    return {"code": error.code, "message": error.message, "hint": error.hint} if error else None


def failures_document(failures: Sequence[FailedAttempt]) -> list[dict[str, object]]:
    """The attempts that failed before another route was tried, as data."""
    return [
        {
            "route": one.route,
            "key": one.key,
            "request_id": one.request_id,
            "cost_usd": one.cost_usd,
            "error": error_document(one.error),
        }
        for one in failures
    ]


def why_document(why: Why) -> dict[str, object]:
    """A reason as data, with its changes where there are any: media in them are mappings with a name and a digest."""
    changes = [change_document(change) for change in why.changes]
    return {"code": why.code, "text": why.text, **({"changes": changes} if changes else {})}


def change_document(change: Difference) -> dict[str, object]:
    """One change as data."""
    return {"kind": change.kind.value, "field": change.field, "old": change.old, "new": change.new}


def instance_document(job: Job, decision: Decision) -> dict[str, object]:
    """One instance as `plan --json` has it."""
    made_by: dict[str, object] = (
        {"route": job.made_by} if job.kind == "route" else {"step": job.made_by, "step_version": job.version}
    )
    hint = {"hint": decision.why.hint} if decision.why.hint else {}
    return {
        "id": job.id,
        "node": job.node,
        "axes": dict(job.axes),
        "kind": job.kind,
        **made_by,
        "intent": job.intent,
        "action": decision.action.value,
        "why": {**why_document(decision.why), **hint},
        "key": decision.key,
        "seed": job.seed,
        "unseeded": job.unseeded,
        "input": shown_input(job.input),
        "defaults": list(job.defaults),
        "needs": list(job.needs),
        "cost_estimate_usd": job.estimate.usd,
        "cost_basis": job.estimate.basis,
        "warnings": list(job.warnings),
        **(_fallbacks(job, decision) if job.fallbacks else {}),
    }


def _fallbacks(job: Job, decision: Decision) -> dict[str, object]:
    """What an instance falls back to, and by which of its routes its decision is: `through`."""
    return {
        "through": job.attempts[decision.rank].made_by,
        "fallbacks": [
            {
                "route": one.made_by,
                "key": key,
                "seed": one.seed,
                "unseeded": one.unseeded,
                "input": shown_input(one.input),
                "defaults": list(one.defaults),
                "cost_estimate_usd": one.price.usd,
                "cost_basis": one.price.basis,
            }
            for one, key in zip(job.fallbacks, decision.keys[1:], strict=True)
        ],
    }


def _outcome(one: InstanceOutcome) -> dict[str, object]:
    return {
        "id": one.id,
        "axes": dict(one.axes),
        "state": one.state.value,
        "shared_with": one.shared_with,
        "key": one.key,
        "seed": one.seed,
        "request_id": one.request_id,
        "cost_usd": one.cost_usd,
        "outputs": [
            {
                "name": output.name,
                "path": output.shown,
                "sha256": output.sha256,
                "bytes": output.bytes,
                "media_type": output.media_type,
            }
            for output in one.outputs
        ],
        "error": error_document(one.error),
        **({"route": one.route, "before": failures_document(one.before)} if one.route else {}),
    }
