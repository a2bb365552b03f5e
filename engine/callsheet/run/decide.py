"""What a run would do to each instance, and why: made here, shown by `plan`, done by `run`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from callsheet.media.info import Output
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import key_of
from callsheet.plan.make import SIMULATOR
from callsheet.plan.settle import MediaOf, settled
from callsheet.run.former import Former, asked_now, new_names, renamed
from callsheet.run.held import unpicked
from callsheet.run.locked import FROM_LOCK, MISSING, PULL, UNLOCKED, Locked
from callsheet.run.outcome import Action, Decision, Why
from callsheet.run.reasons import reasoned
from callsheet.run.standing import failed_before, stands_at
from callsheet.run.unsettled import evidence, settling
from callsheet.store.blobs import Blobs
from callsheet.store.entry import IN_FLIGHT, Entry
from callsheet.store.journal import Journal

UNFINISHED = frozenset({"reserved", "unknown", *IN_FLIGHT})
NEVER = Why("never-rendered", "never rendered")
CACHED = Why("cached", "rendered before")
RERENDER = Why("rerender", "`--rerender` asks for it again")
NOT_SELECTED = Why("not-selected", "not selected")


Requests = Callable[[], Mapping[str, str | None]]
"""Reads requests that are known from elsewhere: key -> request id, None where it is not known whether there is one."""


@dataclass(slots=True)
class Decider:
    """Decides about a plan's jobs, producers first. `selected` None means all; without `submit` no request is due.
    `is_claimed` says whether a live run works on a key; `requests` reads those known from elsewhere, and is called
    only where something would be bought. `locked` is what the lock says. `former` tells what an instance was asked with
    before, and is called only for those that are not cached."""

    plan: Plan
    journal: Journal
    blobs: Blobs
    media_of: MediaOf
    selected: Collection[str] | None = None
    rerender: bool = False
    submit: bool = True
    is_claimed: Callable[[str], bool] = lambda key: False
    requests: Requests = dict
    locked: Locked = UNLOCKED
    former: Callable[[str], Former | None] = lambda instance: None
    decisions: dict[str, Decision] = field(default_factory=dict)
    _first_of_key: dict[str, str] = field(default_factory=dict)
    _elsewhere: Mapping[str, str | None] | None = None
    _expected: dict[str, tuple[Output, ...]] = field(default_factory=dict)

    def decide(self) -> Mapping[str, Decision]:
        """One decision an instance, in instance order."""
        for level in _levels(self.plan):
            keys = [tuple(map(self.key, job.attempts)) if job.fallbacks else (self.key(job),) for job in level]
            entries = self.journal.look_up_many([key for ones in keys for key in ones if key is not None])
            for job, ones in zip(level, keys, strict=True):
                known = [entries.get(key) if key else None for key in ones]
                decision = (
                    self._decide_among(job, ones, known) if job.fallbacks else self._decide(job, ones[0], known[0])
                )
                self.decisions[job.id] = decision if decision.outputs else self._reasoned(job, decision)
        return {job.id: self.decisions[job.id] for job in self.plan.jobs}

    def outputs_of(self, instance: str) -> Sequence[Output] | None:
        """The outputs of an instance that is done already, else None."""
        decision = self.decisions.get(instance)
        return decision.outputs if decision is not None and decision.outputs else None

    def key(self, job: Job) -> str | None:
        """The job's key, as far as its producers' content is known."""
        if job.key is not None:
            return job.key
        ready = settled(self.plan, job, self.outputs_of, self.media_of)
        return None if ready is None else key_of(ready, self.plan.provider, self._expected_of)

    def _expected_of(self, instance: str) -> Sequence[Output] | None:
        """The outputs of an instance; of one whose bytes are not here those that the lock has of it."""
        return self.outputs_of(instance) or self._expected.get(instance)

    def _decide_among(self, job: Job, keys: tuple[str | None, ...], known: Sequence[Entry | None]) -> Decision:
        """A decision about the attempt at which the job stands."""
        entries = [None if entry is None or self._is_void(entry) else entry for entry in known]
        rank = stands_at(keys, entries, self.locked.outputs, rerender=self.rerender)
        decision = self._decide(job.attempts[rank], keys[rank], known[rank])
        if decision.action is Action.render and known[0] is None:
            told = [place for place, key in enumerate(keys) if place and key in (self._elsewhere or {})]
            for place in told[:1]:
                action, why = _told_elsewhere(self.plan, job, (self._elsewhere or {})[keys[place] or ""])
                rank, decision = place, Decision(job.id, action, why, keys[place])
        before = failed_before(job.attempts[:rank], entries[:rank])
        if rank and decision.action is not Action.shared:
            text = f"{decision.why.text}; fallback `{job.attempts[rank].made_by}`"
            decision = replace(decision, why=replace(decision.why, text=text))
        return replace(decision, rank=rank, before=before, keys=keys)

    def _is_void(self, entry: Entry) -> bool:
        """Whether an entry is of a simulated request that ended with the process that served it, and cost nothing."""
        return self.plan.provider == SIMULATOR and entry.state in UNFINISHED and not self.is_claimed(entry.key)

    def _decide(self, job: Job, key: str | None, entry: Entry | None) -> Decision:
        decision = self._decided(job, key, entry)
        if key in self.locked.outputs and not decision.outputs and decision.action is not Action.render:
            self._expected[job.id] = self.locked.outputs[key or ""]
        return decision

    def _decided(self, job: Job, key: str | None, entry: Entry | None) -> Decision:
        locked = self._present(self.locked.outputs.get(key, ())) if key else None
        outputs = locked or self._stored(entry)
        if self.selected is not None and job.id not in self.selected:
            return Decision(job.id, Action.skipped, NOT_SELECTED, key, outputs or ())
        stopped = self._stopped(job, key)
        if stopped is not None:
            return stopped
        if outputs is not None and not self.rerender:
            return Decision(job.id, Action.cached, FROM_LOCK if entry is None else CACHED, key, outputs)
        if key is not None and key in self._first_of_key:
            first = self._first_of_key[key]
            return Decision(job.id, Action.shared, Why("same-key", f"the same as `{first}`"), key)
        decision = self._to_do(job, key, entry)
        if decision.action is Action.render and key in self.locked.outputs and not self.rerender:
            decision = Decision(job.id, Action.missing, MISSING, key)
        if not self.submit and decision.action in (Action.render, Action.attach):
            return Decision(
                job.id, Action.skipped, Why("not-submitted", "nothing is submitted with `--no-submit`"), key
            )
        if key is not None and decision.action in (Action.render, Action.attach, Action.local):
            self._first_of_key[key] = job.id
        return decision

    def _reasoned(self, job: Job, decision: Decision) -> Decision:
        """The decision with what changed since the instance was last asked for, under its own name or a former one."""
        if decision.action is Action.skipped:
            return decision
        former = self.former(job.id)
        node = self.plan.nodes.get(job.node)
        if former is None and node is not None and node.was is not None:
            former = self.former(node.was + job.id.removeprefix(job.node))
        if former is None:
            return decision
        now = asked_now(self.plan, job.attempts[decision.rank], decision.key, self.outputs_of)
        return replace(decision, why=reasoned(decision.why, renamed(former, new_names(self.plan)), now))

    def _to_do(self, job: Job, key: str | None, entry: Entry | None) -> Decision:
        make = Action.local if job.kind == "step" else Action.render
        if key is None:
            waits = next((need for need in job.needs if self.outputs_of(need) is None), None)
            text = f"waits for `{waits}`" if waits else "waits for its input"
            return Decision(job.id, make, Why("waits-for-producer", text), None)
        if entry is None and make is Action.render:
            if self._elsewhere is None:
                self._elsewhere = self.requests()
            if key in self._elsewhere:
                return Decision(job.id, *_told_elsewhere(self.plan, job, self._elsewhere[key]), key)
        if entry is None:
            return Decision(job.id, make, NEVER, key)
        if make is Action.local:
            return Decision(job.id, make, self._worked_before(entry), key)
        return Decision(job.id, *self._known(job, entry, make), key)

    def _worked_before(self, entry: Entry) -> Why:
        """Why a step that the journal knows would be made again, which costs nothing."""
        if entry.state == "done" and self.rerender:
            return RERENDER
        if entry.state == "done":
            return Why("lost-from-store", "made before, and its bytes are missing from the store")
        return Why("failed-before", "failed in an earlier run") if entry.state == "failed" else NEVER

    def _known(self, job: Job, entry: Entry, make: Action) -> tuple[Action, Why]:
        """A route job that the journal knows, and that has no usable result."""
        if entry.state == "done":
            if self.rerender:
                return make, RERENDER
            return self._lost(entry, make)
        if self._is_void(entry):
            return make, NEVER
        if entry.state == "intent" and self.is_claimed(entry.key):
            return Action.attach, Why("in-flight", "another run is submitting it")
        if entry.state in ("unknown", "intent"):
            hint = settling(self.plan.document.path, job.id, entry.request_id)
            return Action.unknown, Why("unknown-submit", evidence(entry), hint)
        if entry.state in ("submitted", "running", "fetched") and entry.request_id is not None:
            return Action.attach, Why("in-flight", f"request {entry.request_id} is in flight")
        if entry.state in ("failed", "cancelled"):
            return make, Why(f"{entry.state}-before", f"{entry.state} in an earlier run")
        if entry.attempts:
            return make, Why("resubmit", "an unknown submit before; you said that it may be made again")
        return make, NEVER

    def _lost(self, entry: Entry, make: Action) -> tuple[Action, Why]:
        """What was paid for and is gone from the store: its request may still have it."""
        if self.plan.provider == SIMULATOR:
            return make, Why("lost-from-store", "simulated before, and its bytes are missing from the store")
        if entry.request_id is not None:
            text = f"its bytes are missing from the store; request {entry.request_id} is asked for them again"
            return Action.attach, Why("lost-from-store", text)
        hint = "restore `.callsheet/store`, or consent to pay again with `--rerender`"
        if entry.key in self.locked.outputs:
            hint = PULL
        text = "rendered before, and its bytes are missing from the store"
        return Action.missing, Why("lost-from-store", text, hint)

    def _stopped(self, job: Job, key: str | None) -> Decision | None:
        if job.awaits:
            return Decision(job.id, Action.held, unpicked(self.plan, job, self.decisions), None)
        for need in job.needs:
            producer = self.decisions[need]
            if producer.action in (Action.held, Action.unknown, Action.missing):
                why = Why(f"behind-{producer.action}", f"behind `{need}`, which is {producer.action}")
                return Decision(job.id, Action.held, why, key)
            if producer.action is Action.skipped and not producer.outputs:
                estimate = self.plan.by_id[need].estimate.usd
                price = "" if self.plan.by_id[need].kind == "step" else _price(estimate)
                why = Why("upstream-not-selected", f"needs `{need}`{price}, which is not made here")
                return Decision(job.id, Action.skipped, why, key)
        return None

    def _stored(self, entry: Entry | None) -> tuple[Output, ...] | None:
        """The outputs of a done entry, if all their bytes are in the store."""
        return None if entry is None or entry.state != "done" else self._present(entry.outputs)

    def _present(self, outputs: tuple[Output, ...]) -> tuple[Output, ...] | None:
        """Outputs, if there are any and all their bytes are in the store."""
        return outputs if outputs and all(self.blobs.has(output.sha256) for output in outputs) else None


def _levels(plan: Plan) -> Iterable[list[Job]]:
    """The jobs in groups, each needing only jobs of the groups before it."""
    level: dict[str, int] = {}
    groups: list[list[Job]] = []
    for position in plan.order:
        job = plan.jobs[position]
        depth = 1 + max((level[need] for need in job.needs), default=-1)
        level[job.id] = depth
        if depth == len(groups):
            groups.append([])
        groups[depth].append(job)
    return groups


def _told_elsewhere(plan: Plan, job: Job, request_id: str | None) -> tuple[Action, Why]:
    """A request that the journal does not know, and the manifest beside the outputs does."""
    if request_id is not None:
        return Action.attach, Why("in-manifest", f"the journal is lost; `manifest.json` knows request {request_id}")
    text = "the journal is lost; `manifest.json` says that it is not known whether its submit was taken"
    return Action.unknown, Why("unknown-submit", text, settling(plan.document.path, job.id, None))


def _price(usd: float | None) -> str:
    return " (price unknown)" if usd is None else f" ({usd:.2f} USD)"
