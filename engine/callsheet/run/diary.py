"""Writes what a maker tells into the journal, and tells the listener."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from callsheet.plan.job import Job
from callsheet.problems import RetryableFault
from callsheet.run.outcome import State
from callsheet.store.entry import Work
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal

Tell = Callable[[Job, State, int | None, float | None], None]
"""(job, state, queue position, progress 0 to 1)"""

Notice = Callable[[str], None]
"""Tells people of what is in the way."""

STATES = {"queued": State.queued, "running": State.running, "downloading": State.downloading}
WRITE_TRIES = 5
WRITE_PAUSE_SECONDS = 0.5


@dataclass(slots=True)
class RunDiary:
    """The diary of one order. `submits` counts the intents that a provider took or may have taken, `stands` is the
    state that was told last, `refetch` says that the journal has it as done and only its bytes are fetched again."""

    journal: Journal
    commits: GroupCommit
    job: Job
    key: str
    work: Work
    tell: Tell
    notice: Notice
    consent: bool = False
    limit_usd: float | None = None
    request_id: str | None = None
    refetch: bool = False
    submits: int = 0
    stands: State = State.working

    async def intent(self, digest: str) -> None:
        usd = self.job.price.usd
        await self.commits.write(
            lambda: self.journal.intent(
                self.key, self.work, digest, estimate_usd=usd, consent=self.consent, limit_usd=self.limit_usd
            )
        )
        self.submits += 1

    async def submitted(self, request_id: str) -> None:
        """Write the id down, trying more than once: with it lost, a person would have to settle what was paid for."""
        self.request_id = request_id
        await self._surely(lambda: self.journal.submitted(self.key, request_id))
        self.state("queued")

    async def refused(self) -> None:
        await self._surely(lambda: self.journal.refused(self.key))
        self.submits -= 1

    def state(self, state: str, queue_position: int | None = None) -> None:
        told, self.stands = self.stands, STATES[state]
        if self.stands is State.running and told is not State.running and not self.refetch:
            self.commits.note(lambda: self.journal.running(self.key))
        self.tell(self.job, self.stands, queue_position, None)

    def progress(self, done: float) -> None:
        self.tell(self.job, self.stands, None, done)

    def trouble(self, text: str) -> None:
        self.notice(text)

    async def _surely(self, fact: Callable[[], None]) -> None:
        for _ in range(WRITE_TRIES - 1):
            try:
                await self.commits.write(fact)
            except RetryableFault:
                self.journal.spare.give()
                await asyncio.sleep(WRITE_PAUSE_SECONDS)
            else:
                return
        await self.commits.write(fact)
