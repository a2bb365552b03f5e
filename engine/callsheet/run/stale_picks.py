"""Picks against what is there: a pick is of certain footage, and of no other that the same take came out as since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callsheet.media.info import Output
from callsheet.plan.job import Job, Plan
from callsheet.plan.picks import CHANGED, Choice, StalePick
from callsheet.run.outcome import Action, Decision, PlacedOutput, RunOutcome
from callsheet.store.journal import Journal

ANEW = "it has been rendered anew since"
WILL_CHANGE = "what it is made from will be made anew, as other footage"
_TO_MAKE = frozenset((Action.render, Action.local, Action.attach, Action.shared))


def is_of(choice: Choice, key: str | None, outputs: Iterable[Output | PlacedOutput]) -> bool:
    """Whether a take with this key and these files is the one that was picked."""
    return key == choice.key and tuple(output.sha256 for output in outputs) == choice.sha256


def stale_picks(plan: Plan, decisions: Mapping[str, Decision], journal: Journal) -> Mapping[str, str]:
    """The picks that the journal shows to be stale, with the reason; whether one is that depends on another stale one
    is judged once the plan does without that."""
    made_here = _made_here(plan, decisions, journal)
    stale: dict[str, str] = {}
    doubtful: set[str] = set()
    new: set[str] = set()
    for job in (plan.jobs[position] for position in plan.order):
        decision = decisions[job.id]
        if any(choice.of in stale for choice in job.picks) or not doubtful.isdisjoint(job.needs):
            doubtful.add(job.id)
        if _comes_out_new(job, decision, new):
            new.add(job.id)
        choice = plan.picks.get(job.id)
        if choice is not None and job.id not in doubtful:
            why = _stale(choice, decision, job.id in new and choice.key in made_here)
            if why is not None:
                stale[choice.of] = why
    return stale


def _made_here(plan: Plan, decisions: Mapping[str, Decision], journal: Journal) -> set[str]:
    """Keys of picked footage that this journal has made, of takes whose key is not known now."""
    waiting = [choice.key for choice in plan.picks.values() if decisions[choice.instance].key is None]
    return {key for key, entry in journal.look_up_many(waiting).items() if entry.state == "done"}


def _comes_out_new(job: Job, decision: Decision, new: set[str]) -> bool:
    """Whether an instance will give what it never gave before, as far as that can be known beforehand."""
    if decision.action not in _TO_MAKE or decision.why.code == "lost-from-store":
        return False
    return decision.key is not None or not new.isdisjoint(job.needs)


def _stale(choice: Choice, decision: Decision, will_change: bool) -> str | None:
    if decision.key is None:
        return WILL_CHANGE if will_change else None
    if decision.key != choice.key:
        return CHANGED
    return ANEW if decision.outputs and not is_of(choice, decision.key, decision.outputs) else None


def overtaken(plan: Plan, outcome: RunOutcome) -> list[StalePick]:
    """The picks whose takes a run made anew, and as other footage."""
    ended = {one.id: one for one in outcome.instances}
    return [
        StalePick(choice.of, choice.take, ANEW, choice.instance, hold=True)
        for choice in plan.picks.values()
        if (one := ended[choice.instance]).outputs and not is_of(choice, one.key, one.outputs)
    ]
