"""Plan -> Run: starts each instance the moment its inputs exist, and says what came of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from callsheet.makers.maker import Maker
from callsheet.makers.outcome import AttachLost, RenderCancelled, RenderFailed, StopSubmitting, SubmitUnknown
from callsheet.plan.job import Job, Plan
from callsheet.plan.picks import Choice
from callsheet.plan.settle import MediaOf
from callsheet.problems import CallsheetError, Problem, RetryableFault
from callsheet.run.budget import Budget
from callsheet.run.events import Change, Listener
from callsheet.run.fall_back import FallBack
from callsheet.run.held import overtaken_pick
from callsheet.run.outcome import (
    Action,
    Decision,
    FailedAttempt,
    InstanceError,
    InstanceOutcome,
    PlacedOutput,
    RunOutcome,
    RunStatus,
    RunTotals,
    State,
)
from callsheet.run.publish import Publisher
from callsheet.run.stale_picks import is_of
from callsheet.run.unsettled import settling
from callsheet.run.work import Cancel, Consent, Memory, Result, Workshop

INTERRUPTED = 130
PRECEDENCE = (INTERRUPTED, 77, 75, 69, 65)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many routes' requests may be under way at once, in all and for each route; and whether to stop early."""

    concurrency: int = 16
    per_route: Mapping[str, int] = field(default_factory=dict)
    fail_fast: bool = False


class NotStarted(RetryableFault):
    """A job was not begun, since the run has stopped submitting."""


class Execution:
    """One run of a plan. `run()` never raises for what happens to an instance: that is in the outcome."""

    def __init__(
        self,
        plan: Plan,
        decisions: Mapping[str, Decision],
        memory: Memory,
        makers: Mapping[str, Maker],
        publisher: Publisher,
        listener: Listener,
        media_of: MediaOf,
        clock: Callable[[], float],
        *,
        run_id: str,
        budget: Budget,
        consent: Consent,
        limits: Limits,
        cancel: Cancel | None = None,
    ) -> None:
        self.plan = plan
        self.decisions = decisions
        self.publisher = publisher
        self.listener = listener
        self.clock = clock
        self.run_id = run_id
        self.limits = limits
        self.budget = budget
        self.workshop = Workshop(plan, memory, makers, media_of, budget, consent, self, cancel)
        self.fall_back = FallBack(self.workshop, self._falls_back)
        self._all = asyncio.Semaphore(limits.concurrency)
        self._by_route = {route: asyncio.Semaphore(count) for route, count in limits.per_route.items()}
        self._outcomes: dict[str, InstanceOutcome] = {}
        self._exit_codes: set[int] = set()
        self._cost = 0.0
        self._stop: CallsheetError | None = None
        self.interrupted = False
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._begun_at: dict[str, float] = {}
        self._consumers: dict[str, list[Job]] = {}
        self._open: dict[str, int] = {}
        self._noticed: set[str] = set()
        self._begin = 0.0

    async def run(self) -> RunOutcome:
        """Do what was decided."""
        self._begin = self.clock()
        self.listener.started(self.plan, self.decisions)
        self.publisher.recall(
            (job, self.decisions[job.id].outputs)
            for job in self.plan.jobs
            if self.decisions[job.id].action is Action.cached
        )
        to_do = [job for job in (self.plan.jobs[position] for position in self.plan.order) if not self._settled(job)]
        self._remember_places()
        for job in to_do:
            if self.decisions[job.id].action is Action.attach:
                self.budget.count(job.id, job.attempts[self.decisions[job.id].rank].estimate.usd)
        waiting = {job.id for job in to_do}
        for job in to_do:
            needs = [need for need in job.needs if need in waiting]
            self._open[job.id] = len(needs)
            for need in needs:
                self._consumers.setdefault(need, []).append(job)
        async with asyncio.TaskGroup() as group:
            self._group = group
            for job in [job for job in to_do if self._open[job.id] == 0]:
                self._start(job)
        outcome = self._outcome()
        self.listener.finished(outcome)
        return outcome

    def interrupt(self) -> None:
        """Stop: nothing new starts, what is queued at the provider and nobody else waits for is cancelled, and what
        runs there stays in the journal."""
        self.interrupted = True
        for name, task in self._tasks.items():
            if name in self._begun_at:
                task.cancel()

    def _settled(self, job: Job) -> bool:
        """Deal with an instance that nothing has to be made for; False where there is work to do."""
        decision = self.decisions[job.id]
        if decision.action is Action.cached:
            self.workshop.done[job.id] = decision.outputs
            self._succeed(job, Result(decision.key or "", decision.outputs, cached=True))
        elif decision.action is Action.held:
            self._end(job, State.held, _why_not(decision))
        elif decision.action is Action.skipped:
            if decision.outputs:
                self.workshop.done[job.id] = decision.outputs
            self._end(job, State.skipped, _why_not(decision))
        elif decision.action is Action.missing:
            self._exit_codes.add(65)
            self._end(job, State.failed, _why_not(decision))
        elif decision.action is Action.unknown:
            self._exit_codes.add(75)
            self._end(job, State.unknown, _why_not(decision))
        elif any(need in self._outcomes and need not in self.workshop.done for need in job.needs):
            self._block(job)
        else:
            return False
        return True

    def _start(self, job: Job) -> None:
        task = self._group.create_task(self._work(job), name=job.id)
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _work(self, job: Job) -> None:
        self._begun_at[job.id] = self.clock()
        try:
            if self.interrupted:
                raise asyncio.CancelledError
            if self._stop is not None and self.limits.fail_fast:
                raise NotStarted(_stopped(self._stop))
            overtaken = self._overtaken(job)
            if overtaken is not None:
                self._hold(job, overtaken_pick(self.plan, overtaken))
                return
            if job.kind == "step":
                self.tell(job, State.working, None, None)
            result = await self.fall_back.work(job)
            self.workshop.done[job.id] = result.outputs
            self._succeed(job, result)
        except NotStarted as error:
            self._end(job, State.blocked, _told(error.problems[0]))
            self._block_consumers(job)
        except CallsheetError as error:
            self._fail(job, error)
        except asyncio.CancelledError:
            code, left = self.workshop.left.get(job.id, ("interrupted", ""))
            text = f"the run was interrupted; {left}" if left else "the run was interrupted"
            self._end(job, State.cancelled, InstanceError(code, text))
            self._block_consumers(job)
            if not self.interrupted:
                raise
        else:
            for consumer in self._consumers.get(job.id, ()):
                self._open[consumer.id] -= 1
                if self._open[consumer.id] == 0 and consumer.id not in self._outcomes:
                    self._start(consumer)

    def _succeed(self, job: Job, result: Result) -> None:
        if result.submitted:
            self._cost += result.cost_usd or 0.0
        if any(one.instance == job.id and not is_of(one, result.key, result.outputs) for one in job.picks):
            job = replace(job, publish=None)
        try:
            outputs = self.publisher.publish(job, result.outputs)
        except (CallsheetError, OSError) as error:
            del self.workshop.done[job.id]
            self._fail(job, error if isinstance(error, CallsheetError) else _unwritable(job, error), result)
            return
        if not result.cached:
            self._remember_places()
        self._end(job, State.cached if result.cached else State.succeeded, None, result, outputs)

    def _remember_places(self) -> None:
        """A place that could not be written down is only looked at again by the next run."""
        with suppress(RetryableFault):
            self.publisher.remember()

    def _fail(self, job: Job, error: CallsheetError, result: Result | None = None) -> None:
        told = self._with_failures(job, _told(error.problems[0]))
        state, cost = State.failed, None
        if isinstance(error, SubmitUnknown | AttachLost):
            state = State.unknown
            diary = self.workshop.diaries.get(job.id)
            request_id = diary.request_id if diary else None
            told = replace(told, hint=settling(self.plan.document.path, job.id, request_id))
        elif isinstance(error, RenderCancelled):
            state = State.cancelled
        elif isinstance(error, RenderFailed) and job.id in self.workshop.diaries:
            cost = error.cost_usd
            self._cost += cost or 0.0
        self._exit_codes.add(error.exit_code)
        if isinstance(error, StopSubmitting) or self.limits.fail_fast:
            self._stop = self._stop or error
        self._end(job, state, told, result, cost_usd=cost)
        self._block_consumers(job)

    def _overtaken(self, job: Job) -> Choice | None:
        """The pick that a job relies on and that is of other footage than the take now is."""
        done, ended = self.workshop.done, self._outcomes
        made = [choice for choice in job.picks if choice.instance != job.id and choice.instance in done]
        return next((one for one in made if not is_of(one, ended[one.instance].key, done[one.instance])), None)

    def _hold(self, job: Job, why: InstanceError) -> None:
        """Hold a job, and all that needs it."""
        self._end(job, State.held, why)
        for consumer, need in self._behind(job):
            self._end(consumer, State.held, InstanceError("behind-held", f"behind `{need.id}`, which is held"))

    def _with_failures(self, job: Job, told: InstanceError) -> InstanceError:
        """An error with what led to it: the routes that failed before the one that it is about."""
        course = self.fall_back.courses.get(job.id)
        if course is None or not course.before:
            return told
        failures = "; ".join(f"`{one.route}`: {one.error.message}" for one in course.before)
        return replace(told, message=f"fallback `{course.job.made_by}`: {told.message} (before it failed {failures})")

    def _falls_back(self, job: Job, failed: FailedAttempt, follows: Job) -> None:
        self._cost += failed.cost_usd or 0.0
        detail = f"`{failed.route}`: {failed.error.message}; now `{follows.made_by}` is tried"
        at = self.clock() - self._begin
        self.listener.changed(
            Change(job.id, State.waiting, at, detail=detail, cost_usd=failed.cost_usd, route=follows.made_by)
        )

    def _block_consumers(self, job: Job) -> None:
        for consumer, _ in self._behind(job):
            self._block(consumer)

    def _behind(self, job: Job) -> Iterator[tuple[Job, Job]]:
        """What needs a job, itself or by others, and has not ended; each with the one that it was reached by."""
        ahead = [job]
        while ahead:
            need = ahead.pop()
            for consumer in self._consumers.get(need.id, ()):
                if consumer.id not in self._outcomes:
                    yield consumer, need
                    ahead.append(consumer)

    def _block(self, job: Job) -> None:
        need = next(need for need in job.needs if need in self._outcomes and need not in self.workshop.done)
        self._end(
            job, State.blocked, InstanceError("blocked", f"needs `{need}`, which {_came_of(self._outcomes[need])}")
        )

    def _end(
        self,
        job: Job,
        state: State,
        error: InstanceError | None,
        result: Result | None = None,
        outputs: tuple[PlacedOutput, ...] = (),
        cost_usd: float | None = None,
    ) -> None:
        decision, course = self.decisions[job.id], self.fall_back.courses.get(job.id)
        attempt = course.job if course else job.attempts[decision.rank]
        diary = self.workshop.diaries.get(job.id)
        begun = self._begun_at.get(job.id)
        outcome = InstanceOutcome(
            id=job.id,
            node=job.node,
            axes=job.axes,
            state=state,
            shared_with=result.shared_with if result else None,
            key=result.key if result else course.key if course else decision.key,
            seed=attempt.seed,
            request_id=result.request_id if result else diary.request_id if diary else None,
            cost_usd=result.cost_usd if result else cost_usd,
            outputs=outputs,
            error=error,
            seconds=None if begun is None else round(self.clock() - begun, 3),
            rank=attempt.rank,
            before=tuple(course.before) if course else decision.before,
            route=attempt.made_by if job.fallbacks else None,
        )
        self._outcomes[job.id] = outcome
        at, detail = self.clock() - self._begin, error.message if error else None
        route = _other_route(attempt)
        self.listener.changed(
            Change(job.id, state, at, detail=detail, cost_usd=outcome.cost_usd, route=route, outcome=outcome)
        )

    def tell(self, job: Job, state: State, queue_position: int | None, progress: float | None) -> None:
        """A job has got somewhere: the listener is told."""
        at = self.clock() - self._begin
        self.listener.changed(Change(job.id, state, at, queue_position, progress, route=_other_route(job)))

    def notice(self, text: str) -> None:
        """Something is in the way: the listener is told once."""
        if text not in self._noticed:
            self._noticed.add(text)
            self.listener.noticed(text, self.clock() - self._begin)

    def may_submit(self, job: Job) -> None:
        """Raises NotStarted where the run has stopped: the token is rejected, the balance exhausted, or a person said
        so."""
        if self._stop is not None:
            raise NotStarted(_stopped(self._stop))

    def gates(self, job: Job) -> Sequence[asyncio.Semaphore]:
        """The gates that a job has to pass: its route's own, and that of the whole run."""
        if job.kind == "step":
            return ()
        own = self._by_route.get(job.made_by)
        return (self._all,) if own is None else (own, self._all)

    def _outcome(self) -> RunOutcome:
        instances = tuple(self._outcomes[job.id] for job in self.plan.jobs)
        count = {state: sum(one.state is state for one in instances) for state in State}
        codes = self._exit_codes | ({INTERRUPTED} if self.interrupted else set())
        exit_code = next((code for code in PRECEDENCE if code in codes), 70 if codes else 0)
        status: RunStatus = "succeeded"
        if self.interrupted:
            status = "interrupted"
        elif exit_code:
            status = "failed"
        elif count[State.held]:
            status = "held"
        totals = RunTotals(
            submitted=self.workshop.submits,
            cached=count[State.cached],
            shared=sum(one.shared_with is not None for one in instances),
            failed=count[State.failed] + count[State.unknown] + count[State.blocked],
            cost_usd=round(self._cost, 6),
            seconds=round(self.clock() - self._begin, 3),
        )
        return RunOutcome(self.run_id, status, exit_code, instances, totals)


def _other_route(job: Job) -> str | None:
    """The route that is told of, where it is not the node's own."""
    return job.made_by if job.rank else None


def _came_of(outcome: InstanceOutcome) -> str:
    words = {State.unknown: "is not settled", State.held: "is held", State.skipped: "is not selected"}
    return words.get(outcome.state, "was not made" if outcome.state in (State.blocked, State.cancelled) else "failed")


def _stopped(error: CallsheetError) -> Problem:
    return Problem("stopped", f"not started, since the run stopped: {error.problems[0].message}")


def _told(first: Problem) -> InstanceError:
    return InstanceError(first.code, first.message, first.hint)


def _why_not(decision: Decision) -> InstanceError:
    return InstanceError(decision.why.code, decision.why.text, decision.why.hint)


def _unwritable(job: Job, error: OSError) -> CallsheetError:
    """The output folder could not be written: disk full, no permission. The result itself is safe in the store."""
    message = f"`{job.publish}` can't be written: {error.strerror or error}"
    return RetryableFault(
        Problem("output-unwritable", message, hint="its bytes are in the store: mend it and run again", instance=job.id)
    )
