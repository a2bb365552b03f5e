"""One job from its input to stored outputs: claimed, looked up once more, made, kept."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callsheet.makers.maker import Made, Maker, MediaFile, Order
from callsheet.makers.outcome import (
    AttachLost,
    RenderCancelled,
    RenderFailed,
    StillRunning,
    SubmitUnknown,
    problem,
)
from callsheet.media.info import Artifact, LocalFile, Output, RemoteFile
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import key_of
from callsheet.plan.settle import MediaOf, checked, open_input, settled
from callsheet.problems import CallsheetError, DataFault
from callsheet.run.budget import Budget
from callsheet.run.claim import Claims
from callsheet.run.diary import RunDiary, Tell
from callsheet.store.blobs import Blobs
from callsheet.store.entry import Entry, Work
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives a run: the journal, the bytes, and the locks on who works on what."""

    journal: Journal
    blobs: Blobs
    claims: Claims
    scratch: Path


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person who started the run allows."""

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


class Workshop:
    """Works on jobs, each key once. `done` gives the outputs of finished instances."""

    def __init__(
        self,
        plan: Plan,
        memory: Memory,
        makers: Mapping[str, Maker],
        media_of: MediaOf,
        budget: Budget,
        consent: Consent,
        tell: Tell,
        gates: Callable[[Job], Sequence[asyncio.Semaphore]],
    ) -> None:
        self.plan = plan
        self.memory = memory
        self.makers = makers
        self.media_of = media_of
        self.budget = budget
        self.consent = consent
        self.tell = tell
        self.gates = gates
        self.done: dict[str, tuple[Output, ...]] = {}
        self.diaries: dict[str, RunDiary] = {}
        self._under_way: dict[str, tuple[str, asyncio.Future[Result]]] = {}
        self._orders = 0
        self._commits = GroupCommit(memory.journal)

    async def work(self, job: Job) -> Result:
        """Make the job's files, or find that they are there. Raises a CallsheetError where there are none."""
        ready = settled(self.plan, job, self.done.get, self.media_of)
        key = None if ready is None else key_of(ready, self.plan.provider, self.done.get)
        if ready is None or key is None:
            raise AssertionError(f"{job.id} was started before all that it needs was there")
        if key in self._under_way:
            owner, future = self._under_way[key]
            result = await asyncio.shield(future)
            return Result(key, result.outputs, None, result.request_id, shared_with=owner)
        future = asyncio.get_running_loop().create_future()
        self._under_way[key] = (job.id, future)
        try:
            async with self.memory.claims.held(key) as waited:
                result = await self._make_or_find(ready, key, fresh=self.consent.rerender and not waited)
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            future.exception()
            raise
        future.set_result(result)
        return result

    async def _make_or_find(self, job: Job, key: str, *, fresh: bool) -> Result:
        entry = self.memory.journal.look_up(key)
        if entry is not None and entry.state == "done" and not fresh:
            if all(self.memory.blobs.has(output.sha256) for output in entry.outputs):
                return Result(key, entry.outputs, entry.cost_usd, entry.request_id, cached=True)
            if job.kind == "route":
                raise DataFault(
                    problem(
                        "lost-from-store",
                        f"`{job.id}` was rendered before, and its bytes are missing from the store",
                        "restore `.callsheet/store`, or consent to pay again with `--rerender`",
                    )
                )
        if entry is not None and entry.state == "fetched":
            self.memory.journal.done(key, self._work(job), entry.outputs, entry.cost_usd)
            return await self._make_or_find(job, key, fresh=False)
        values = open_input(job, self.done.get, self._opened)
        checked(self.plan, job, values)
        if job.kind == "step":
            return await self._make(job, key, values, None)
        attached = self._attachable(job, entry)
        if attached is None and not self.consent.submit:
            raise DataFault(
                problem("not-submitted", f"`{job.id}` would have to be submitted", "run without `--no-submit`")
            )
        reserved = self.budget.reserve(job.id, job.estimate.usd)
        try:
            result = await self._make(job, key, values, attached)
        except CallsheetError as error:
            if isinstance(error, SubmitUnknown | StillRunning | AttachLost):
                self.budget.settle(reserved, None)
            else:
                self.budget.give_back(reserved)
            raise
        self.budget.settle(reserved, result.cost_usd)
        return result

    def _attachable(self, job: Job, entry: Entry | None) -> str | None:
        """The request to attach to; None where a submit is due. An entry that may have been taken stops here."""
        if entry is None or entry.may_submit or entry.state == "done":
            return None
        if entry.request_id is not None and entry.state in ("submitted", "running"):
            return entry.request_id
        if entry.state == "intent":
            self.memory.journal.unknown(entry.key, "unknown-submit", "the run ended while the submit was on the wire")
        raise SubmitUnknown(
            problem(
                "unknown-submit",
                f"an earlier submit of `{job.id}` may have been taken, so it is not sent again",
                "look at your provider's list of requests; nothing more is spent on it until it is settled",
            )
        )

    async def _make(self, job: Job, key: str, values: Mapping[str, object], request_id: str | None) -> Result:
        work = self._work(job)
        diary = RunDiary(
            self.memory.journal, self._commits, job, key, work, self.tell, self.consent.rerender, request_id
        )
        self.diaries[job.id] = diary
        self._orders += 1
        folder = self.memory.scratch / str(self._orders)
        folder.mkdir(parents=True)
        asked = {name: _handed(value) for name, value in values.items()}
        try:
            made = await self._within_gates(job, Order(job.id, key, job.made_by, asked, folder, request_id), diary)
            outputs = await self._keep(made)
        except CallsheetError as error:
            self._remember(diary, error)
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        await self._commits.write(lambda: self._done(job, key, work, outputs, made.cost_usd))
        return Result(key, outputs, made.cost_usd, diary.request_id, submitted=diary.submits > 0)

    def _done(self, job: Job, key: str, work: Work, outputs: Sequence[Output], cost_usd: float | None) -> None:
        if job.kind == "route":
            self.memory.journal.fetched(key, outputs, cost_usd)
        self.memory.journal.done(key, work, outputs, cost_usd)

    def _work(self, job: Job) -> Work:
        return Work(self.plan.provider if job.kind == "route" else "local", job.made_by, job.id)

    async def _within_gates(self, job: Job, order: Order, diary: RunDiary) -> Made:
        gates = self.gates(job)
        for number, gate in enumerate(gates):
            try:
                await gate.acquire()
            except BaseException:
                for taken in gates[:number]:
                    taken.release()
                raise
        try:
            async with asyncio.timeout(self.consent.timeout if job.kind == "route" else None):
                return await self.makers[job.kind].make(order, diary)
        except TimeoutError:
            raise StillRunning(
                problem(
                    "timeout",
                    f"`{job.id}` is not done after {self.consent.timeout:g} s",
                    "run again to go on waiting for it",
                )
            ) from None
        finally:
            for gate in gates:
                gate.release()

    async def _keep(self, made: Made) -> tuple[Output, ...]:
        outputs: list[Output] = []
        counts: dict[str, int] = {}
        for file in made.files:
            counts[file.kind] = counts.get(file.kind, 0) + 1
            name = file.kind if counts[file.kind] == 1 else f"{file.kind}-{counts[file.kind]}"
            sha256, size = await asyncio.to_thread(self.memory.blobs.put_file, file.path)
            outputs.append(Output(name, file.kind, sha256, size, file.media_type))
        return tuple(outputs)

    def _remember(self, diary: RunDiary, error: CallsheetError) -> None:
        """What a failed making means for the journal; what is not known to be over stays as it is."""
        journal, key, first = self.memory.journal, diary.key, error.problems[0]
        rejected = isinstance(error, DataFault) and diary.request_id is None and diary.job.kind == "route"
        if isinstance(error, RenderCancelled):
            journal.cancelled(key)
        elif isinstance(error, SubmitUnknown | AttachLost):
            journal.unknown(key, first.code, first.message)
        elif isinstance(error, RenderFailed) or rejected:
            journal.failed(key, diary.work, first.code, first.message)

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
