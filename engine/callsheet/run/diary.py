"""Writes what a maker tells into the journal, and tells the listener."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callsheet.plan.job import Job
from callsheet.run.outcome import State
from callsheet.store.entry import Work
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal

Tell = Callable[[Job, State, int | None, float | None], None]
"""(job, state, queue position, progress 0 to 1)"""

STATES = {"queued": State.queued, "running": State.running, "downloading": State.downloading}


@dataclass(slots=True)
class RunDiary:
    """The diary of one order. `submits` counts the intents that a provider took or may have taken,
    `stands` is the state that was told last."""

    journal: Journal
    commits: GroupCommit
    job: Job
    key: str
    work: Work
    tell: Tell
    consent: bool = False
    request_id: str | None = None
    submits: int = 0
    stands: State = State.working

    async def intent(self, digest: str) -> None:
        usd = self.job.estimate.usd
        await self.commits.write(
            lambda: self.journal.intent(self.key, self.work, digest, estimate_usd=usd, consent=self.consent)
        )
        self.submits += 1

    async def submitted(self, request_id: str) -> None:
        await self.commits.write(lambda: self.journal.submitted(self.key, request_id))
        self.request_id = request_id
        self.state("queued")

    async def refused(self) -> None:
        await self.commits.write(lambda: self.journal.refused(self.key))
        self.submits -= 1

    def state(self, state: str, queue_position: int | None = None) -> None:
        self.stands = STATES[state]
        self.tell(self.job, self.stands, queue_position, None)

    def progress(self, done: float) -> None:
        self.tell(self.job, self.stands, None, done)
