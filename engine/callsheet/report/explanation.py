"""Everything about one instance of a plan, gathered for whoever shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callsheet.media.info import Artifact
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import canonical_json, key_document
from callsheet.plan.settle import MediaOf, settled
from callsheet.plan.shown import shown_input
from callsheet.report.plan_json import instance_document
from callsheet.run.former import Former
from callsheet.run.outcome import Decision
from callsheet.store.entry import Entry


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask for an instance: by its own route or step, or by a route that it falls back to. `body` is the
    request's, or a step's input, with media by name and digest."""

    job: Job
    key: str | None
    body: Mapping[str, object]

    @property
    def defaults(self) -> dict[str, object]:
        """The fields that nobody wrote, with what is sent for them."""
        return {name: self.body[name] for name in self.job.defaults if name in self.body}

    @property
    def call(self) -> str | None:
        """The request that would go out; None for a step."""
        return f"POST /v1/models/{self.job.made_by}" if self.job.kind == "route" else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One instance: what would be done to it and why; `asked` is what is or was asked for it, and `others` what would
    be if that failed, in turn; `document` is the text whose SHA-256 the key is, `exact` says whether nothing was taken
    out of it (what an address has after its path may be a signature); `entry` is what the journal knows of the key,
    `former` what was asked before; `paths` leads from the digests of its outputs to where they were published."""

    plan: Plan
    job: Job
    decision: Decision
    asked: Asking
    others: Sequence[Asking]
    document: str | None
    exact: bool
    needs: Mapping[str, Decision]
    consumers: Sequence[str]
    entry: Entry | None
    former: Former | None
    paths: Mapping[str, str]


def explain_job(
    plan: Plan,
    decisions: Mapping[str, Decision],
    job: Job,
    media_of: MediaOf,
    *,
    entry: Entry | None,
    former: Former | None,
    paths: Mapping[str, str],
) -> Explanation:
    """Gather all there is to say about a job."""

    def digests_of(artifact: Artifact) -> list[str]:
        return [one.sha256 for one in decisions[artifact.instance].outputs if one.kind == artifact.kind]

    known = {name: one.outputs or None for name, one in decisions.items()}
    decision = decisions[job.id]
    ready = [settled(plan, one, known.get, media_of) or one for one in job.attempts]
    keys = decision.keys or (decision.key,)
    ways = [Asking(one, key, shown_input(one.input, digests_of)) for one, key in zip(ready, keys, strict=True)]
    document = key_document(ready[decision.rank], plan.provider, known.get)
    shown = None if document is None else shown_input(document)
    return Explanation(
        plan,
        job,
        decision,
        ways[decision.rank],
        ways[decision.rank + 1 :],
        None if shown is None else canonical_json(shown).decode(),
        shown == document,
        {need: decisions[need] for need in job.needs},
        [other.id for other in plan.jobs if job.id in other.needs],
        entry,
        former,
        paths,
    )


def explanation_document(found: Explanation) -> dict[str, object]:
    """The document of `explain --json`: the instance as `plan --json` has it, and all else there is to say."""
    job, asked, entry = found.job, found.asked, found.entry
    return {
        "pipeline": found.plan.document.name,
        "provider": found.plan.provider,
        **instance_document(job, found.decision),
        "hint": found.decision.why.hint,
        "intent_why": job.intent_why,
        "seed_from": _origin(asked.job),
        "defaults": asked.defaults,
        "request": {"call": asked.call, "body": asked.body} if asked.call else None,
        "input": asked.body,
        "key_document": None if found.document is None else json.loads(found.document),
        "key_document_exact": found.exact,
        "producers": [{"id": name, "action": one.action.value} for name, one in found.needs.items()],
        "consumers": list(found.consumers),
        "publish": job.publish,
        "awaits": list(job.awaits),
        "journal": None if entry is None else _entry(entry),
        "former_key": found.former.key if found.former else None,
        "outputs": [
            {
                "name": output.name,
                "path": found.paths.get(output.sha256),
                "sha256": output.sha256,
                "bytes": output.bytes,
                "media_type": output.media_type,
            }
            for output in found.decision.outputs
        ],
    }


def _origin(job: Job) -> dict[str, object] | None:
    origin = job.origin
    if origin is None or origin.pin is not None:
        return None if origin is None else {"pin": origin.pin}
    return {
        "root": origin.root,
        "name": origin.name,
        "take": origin.take,
        "vary": dict(origin.vary),
        "draw": origin.draw,
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "state": entry.state,
        "request_id": entry.request_id,
        "submits": entry.attempts,
        "cost_usd": entry.cost_usd,
        "error": {"code": entry.error_code, "message": entry.error} if entry.error_code else None,
    }
