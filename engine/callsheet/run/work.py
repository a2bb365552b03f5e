"""One job from its input to stored outputs: claimed, looked up once more, made, kept."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callsheet.makers.maker import Made, Maker, MediaFile, Order
from callsheet.makers.outcome import (
    AttachLost,
    RenderCancelled,
    RenderFailed,
    SubmitUnknown,
    problem,
)
from callsheet.media.info import Artifact, LocalFile, Output, RemoteFile
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import key_of
from callsheet.plan.make import SIMULATOR
from callsheet.plan.settle import MediaOf, checked, open_input, settled
from callsheet.problems import CallsheetError, DataFault, RetryableFault
from callsheet.run.budget import Budget
from callsheet.run.claim import Claims
from callsheet.run.diary import RunDiary
from callsheet.run.endings import as_elsewhere, ended_meanwhile, lost, timed_out
from callsheet.run.locked import UNLOCKED, Locked, not_bought
from callsheet.run.outcome import State
from callsheet.run.unsettled import evidence, settling
from callsheet.store.blobs import Blobs
from callsheet.store.entry import Entry, Work
from callsheet.store.faults import store_broken
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal

FAREWELL_SECONDS = 10.0

Cancel = Callable[[str], Awaitable[bool | None]]
"""Cancels a queued request: True where it is cancelled, False where it goes on, None where that is not known."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives a run: the journal, the bytes, the claims on who works on what, and what the lock file says."""

    journal: Journal
    blobs: Blobs
    claims: Claims
    scratch: Path
    locked: Locked = UNLOCKED


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person who started the run allows. `timeout` is in seconds, for one request."""

    submit: bool = True
    rerender: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job. `submitted` says whether this run sent it, `cached` that it was there already."""

    key: str
    outputs: tuple[Output, ...]
    cost_usd: float | None = None
    request_id: str | None = None
    submitted: bool = False
    cached: bool = False
    shared_with: str | None = None


class Conductor(Protocol):
    """The run that a workshop works for."""

    @property
    def interrupted(self) -> bool:
        """Whether a person has stopped the run."""

    def tell(self, job: Job, state: State, queue_position: int | None, progress: float | None) -> None:
        """A job has got somewhere."""

    def notice(self, text: str) -> None:
        """Something is in the way that may pass by itself."""

    def gates(self, job: Job) -> Sequence[asyncio.Semaphore]:
        """What bounds how many such jobs are under way at once."""

    def may_submit(self, job: Job) -> None:
        """Raises where nothing more is submitted in this run."""


class Workshop:
    """Works on jobs, each key once. `done` gives the outputs of finished instances, `left` says what became of the
    requests that an interrupted run let go of: a code and a text."""

    def __init__(
        self,
        plan: Plan,
        memory: Memory,
        makers: Mapping[str, Maker],
        media_of: MediaOf,
        budget: Budget,
        consent: Consent,
        conductor: Conductor,
        cancel: Cancel | None,
    ) -> None:
        self.plan = plan
        self.memory = memory
        self.makers = makers
        self.media_of = media_of
        self.budget = budget
        self.consent = consent
        self.conductor = conductor
        self.cancel = cancel
        self.done: dict[str, tuple[Output, ...]] = {}
        self.diaries: dict[str, RunDiary] = {}
        self.left: dict[str, tuple[str, str]] = {}
        self._closed: list[RunDiary] = []
        self._under_way: dict[str, tuple[str, asyncio.Future[Result]]] = {}
        self._orders = 0
        self._commits = GroupCommit(memory.journal)

    async def work(self, job: Job) -> Result:
        """Make the job's files, or find that they are there. Raises a CallsheetError where there are none."""
        ready = settled(self.plan, job, self.done.get, self.media_of)
        key = None if ready is None else key_of(ready, self.plan.provider, self.done.get)
        if ready is None or key is None:
            raise AssertionError(f"{job.id} was started before all that it needs was there")
        self.memory.locked.check(job, key)
        if key in self._under_way:
            owner, future = self._under_way[key]
            result = await asyncio.shield(future)
            return Result(key, result.outputs, None, result.request_id, shared_with=owner)
        future = asyncio.get_running_loop().create_future()
        self._under_way[key] = (job.id, future)
        try:
            result = await self._claimed(ready, key)
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            future.exception()
            raise
        future.set_result(result)
        return result

    def key(self, job: Job) -> str | None:
        """The job's key, as far as its producers' content is known."""
        if job.key is not None:
            return job.key
        ready = settled(self.plan, job, self.done.get, self.media_of)
        return None if ready is None else key_of(ready, self.plan.provider, self.done.get)

    def put_away(self, instance: str) -> RunDiary | None:
        """The diary of what an instance has behind it, before it is worked on in another way; it counts on."""
        diary = self.diaries.pop(instance, None)
        if diary is not None:
            self._closed.append(diary)
        return diary

    @property
    def submits(self) -> int:
        """How many submits a provider took or may have taken."""
        return sum(diary.submits for diary in (*self.diaries.values(), *self._closed))

    async def _claimed(self, job: Job, key: str) -> Result:
        """Hold the key while it is worked on. A run beside this one that has it is waited for, and its result, good or
        bad, is taken."""
        before = self.memory.journal.look_up(key)
        patience = self.consent.timeout if job.kind == "route" else None
        try:
            async with asyncio.timeout(patience) as limit, self.memory.claims.held(key, self._wait_told) as waited:
                limit.reschedule(None)
                entry = self.memory.journal.look_up(key)
                if waited and entry is not None and ended_meanwhile(before, entry):
                    raise as_elsewhere(job, entry)
                return await self._make_or_find(job, key, entry, fresh=self.consent.rerender and not waited)
        except TimeoutError:
            if not limit.expired():
                raise
            raise timed_out(job, patience, "another run works on it") from None

    def _wait_told(self) -> None:
        self.conductor.notice("another run of this project works on the same; waiting for its result")

    async def _make_or_find(self, job: Job, key: str, entry: Entry | None, *, fresh: bool) -> Result:
        if entry is not None and entry.state == "fetched":
            self.memory.journal.done(key, self._work(job), entry.outputs, entry.cost_usd)
            entry = self.memory.journal.look_up(key)
        locked = self.memory.locked.outputs.get(key, ())
        if locked and not fresh and self._has(locked):
            self.budget.give_back(job.id)
            return Result(key, locked, cached=True)
        if entry is not None and entry.state == "done" and not fresh and self._has(entry.outputs):
            self.budget.give_back(job.id)
            return Result(key, entry.outputs, entry.cost_usd, entry.request_id, cached=True)
        values = open_input(job, self.done.get, self._opened)
        checked(self.plan, job, values)
        if job.kind == "step":
            return await self._make(self._diary(job, key), values)
        if self.plan.provider == SIMULATOR and entry is not None and not entry.may_submit and entry.state != "done":
            self.memory.journal.discard([key])
            entry = None
        diary = self._diary(job, key)
        if entry is not None and entry.state == "done" and not fresh:
            self._find_again(diary, entry)
        elif entry is not None and not entry.may_submit and entry.state != "done":
            diary.request_id = self._request_of(job, entry)
        if diary.request_id is None and locked and not fresh:
            raise not_bought(job)
        if diary.request_id is None and not self.consent.submit:
            raise DataFault(
                problem("not-submitted", f"`{job.id}` would have to be submitted", "run without `--no-submit`")
            )
        return await self._paid(diary, values)

    async def _paid(self, diary: RunDiary, values: Mapping[str, object]) -> Result:
        """Make a route job within the budget."""
        job, attached = diary.job, diary.request_id is not None
        if diary.refetch:
            self.budget.give_back(job.id)
        elif attached:
            self.budget.count(job.id, job.estimate.usd)
        else:
            self.budget.reserve(job.id, job.estimate.usd)
        try:
            result = await self._make(diary, values)
        except CallsheetError as error:
            out = attached or diary.submits > 0
            if isinstance(error, RenderFailed) and error.cost_usd:
                self.budget.settle(job.id, error.cost_usd)
            elif out and not isinstance(error, RenderFailed | RenderCancelled):
                self.budget.settle(job.id, None)
            else:
                self.budget.give_back(job.id)
            raise
        self.budget.settle(job.id, 0.0 if diary.refetch else result.cost_usd)
        return result

    def _find_again(self, diary: RunDiary, entry: Entry) -> None:
        """A render that was paid for and whose bytes are gone from the store: its request may still have them."""
        if self.plan.provider == SIMULATOR:
            diary.consent = True
        elif entry.request_id is None:
            raise lost(diary.job, None)
        else:
            diary.request_id, diary.refetch = entry.request_id, True

    def _request_of(self, job: Job, entry: Entry) -> str:
        """The request to attach to. What may have been taken, and has no known request, stops here."""
        if entry.request_id is not None and entry.state in ("submitted", "running"):
            return entry.request_id
        if entry.state == "intent":
            self.memory.journal.unknown(entry.key, "unknown-submit", "the run ended while the submit was on the wire")
        raise SubmitUnknown(
            problem("unknown-submit", evidence(entry), settling(self.plan.document.path, job.id, entry.request_id))
        )

    def _diary(self, job: Job, key: str) -> RunDiary:
        diary = RunDiary(
            self.memory.journal,
            self._commits,
            job,
            key,
            self._work(job),
            self.conductor.tell,
            self.conductor.notice,
            consent=self.consent.rerender,
            limit_usd=None if self.plan.provider == SIMULATOR else self.budget.project_limit,
        )
        self.diaries[job.id] = diary
        return diary

    async def _make(self, diary: RunDiary, values: Mapping[str, object]) -> Result:
        job, key = diary.job, diary.key
        self._orders += 1
        folder = self.memory.scratch / str(self._orders)
        asked = {name: _handed(value) for name, value in values.items()}
        order = Order(job.id, key, job.made_by, asked, folder, diary.request_id)
        try:
            folder.mkdir(parents=True)
            made = await self._within_gates(diary, order)
            outputs = await self._keep(made)
        except CallsheetError as error:
            with suppress(RetryableFault):
                self._remember(diary, error)
            if diary.refetch and isinstance(error, RenderFailed | RenderCancelled | AttachLost):
                raise lost(job, error.problems[0].message) from error
            raise
        except OSError as error:
            raise store_broken(folder, error) from error
        except asyncio.CancelledError:
            if self.conductor.interrupted:
                await self._let_go(diary)
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        await self._commits.write(lambda: self._done(diary, outputs, made.cost_usd))
        return Result(key, outputs, made.cost_usd, diary.request_id, submitted=diary.submits > 0)

    def _done(self, diary: RunDiary, outputs: Sequence[Output], cost_usd: float | None) -> None:
        if diary.job.kind == "route" and not diary.refetch:
            self.memory.journal.fetched(diary.key, outputs, cost_usd)
        self.memory.journal.done(diary.key, diary.work, outputs, cost_usd)

    def _work(self, job: Job) -> Work:
        return Work(self.plan.provider if job.kind == "route" else "local", job.made_by, job.id)

    def _has(self, outputs: Sequence[Output]) -> bool:
        return all(self.memory.blobs.has(output.sha256) for output in outputs)

    async def _within_gates(self, diary: RunDiary, order: Order) -> Made:
        job = diary.job
        gates = self.conductor.gates(job)
        for number, gate in enumerate(gates):
            try:
                await gate.acquire()
            except BaseException:
                for taken in gates[:number]:
                    taken.release()
                raise
        patience = self.consent.timeout if job.kind == "route" else None
        try:
            if job.kind == "route" and order.request_id is None:
                self.conductor.may_submit(job)
            async with asyncio.timeout(patience) as limit:
                return await self.makers[job.kind].make(order, diary)
        except TimeoutError:
            if not limit.expired():
                raise
            about = f"request `{diary.request_id}` is kept" if diary.request_id else "nothing was submitted"
            raise timed_out(job, patience, about) from None
        finally:
            for gate in gates:
                gate.release()

    async def _let_go(self, diary: RunDiary) -> None:
        """After an interrupt: cancel a request that is queued, unless another run waits for it. What goes on stays in
        the journal and is taken up by the next run."""
        request = diary.request_id
        if request is None or self.cancel is None or diary.refetch:
            return
        name, about = diary.job.id, f"request `{request}`"
        self.left[name] = "interrupted", f"{about} goes on, and the next run takes it up"
        if self.memory.claims.is_awaited(diary.key):
            self.left[name] = "interrupted", f"{about} goes on for another run, which waits for it"
            return
        with suppress(TimeoutError, RetryableFault):
            async with asyncio.timeout(FAREWELL_SECONDS):
                if await self.cancel(request):
                    self.memory.journal.cancelled(diary.key)
                    self.left[name] = "cancelled", f"{about} is cancelled"

    async def _keep(self, made: Made) -> tuple[Output, ...]:
        outputs: list[Output] = []
        counts: dict[str, int] = {}
        for file in made.files:
            counts[file.kind] = counts.get(file.kind, 0) + 1
            name = file.kind if counts[file.kind] == 1 else f"{file.kind}-{counts[file.kind]}"
            sha256, size = await asyncio.to_thread(self.memory.blobs.put_file, file.path, move=True)
            outputs.append(Output(name, file.kind, sha256, size, file.media_type))
        return tuple(outputs)

    def _remember(self, diary: RunDiary, error: CallsheetError) -> None:
        """What a failed making means for the journal; what is not known to be over stays as it is."""
        journal, key, first = self.memory.journal, diary.key, error.problems[0]
        rejected = isinstance(error, DataFault) and diary.request_id is None and diary.job.kind == "route"
        entry = journal.look_up(key)
        if diary.refetch or (entry is not None and entry.state == "done"):
            return
        if isinstance(error, RenderCancelled):
            journal.cancelled(key)
        elif isinstance(error, SubmitUnknown | AttachLost):
            journal.unknown(key, first.code, first.message)
        elif isinstance(error, RenderFailed) or rejected:
            cost = error.cost_usd if isinstance(error, RenderFailed) else None
            journal.failed(key, diary.work, first.code, first.message, cost)

    def _opened(self, artifact: Artifact, output: Output) -> LocalFile:
        return LocalFile(self.memory.blobs.path(output.sha256), artifact.instance, self.media_of(output))


def _handed(value: object) -> object:
    if isinstance(value, LocalFile):
        return MediaFile(value.info, path=value.path)
    if isinstance(value, RemoteFile) and value.info is not None:
        return MediaFile(value.info, url=value.url)
    if isinstance(value, list | tuple):
        return [_handed(item) for item in value]
    return value
