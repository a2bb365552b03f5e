"""After a definite failure the next route is tried: one that failed or was refused, and never one that is in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from callsheet.makers.outcome import RenderFailed, SubmitRejected
from callsheet.plan.job import Job
from callsheet.run.outcome import FailedAttempt, InstanceError
from callsheet.run.standing import failed_before, stands_at
from callsheet.run.work import Result, Workshop

OnFailure = Callable[[Job, FailedAttempt, Job], None]
"""(the instance's job, what failed, the job that is tried now)"""


@dataclass(slots=True)
class Course:
    """How far an instance has got: the job that is or was tried last, its key, and what failed before."""

    job: Job
    key: str | None = None
    before: list[FailedAttempt] = field(default_factory=list)


class FallBack:
    """Works on instances in a workshop, each by one route after the other. `courses` tells how those went that may
    fall back."""

    def __init__(self, workshop: Workshop, on_failure: OnFailure) -> None:
        self.workshop = workshop
        self.on_failure = on_failure
        self.courses: dict[str, Course] = {}

    async def work(self, job: Job) -> Result:
        """Make the job's files, by its own route or by one that it falls back to. Only a definite failure leads to the
        next; whatever else is raised ends the instance."""
        if not job.fallbacks:
            return await self.workshop.work(job)
        course = self.courses[job.id] = self._course(job)
        tried: set[str | None] = {one.key for one in course.before}
        try:
            while True:
                one = course.job
                course.key = self.workshop.key(one)
                tried.add(course.key)
                try:
                    return await self.workshop.work(one)
                except (RenderFailed, SubmitRejected) as error:
                    follows = next((later for later in one.fallbacks if self.workshop.key(later) not in tried), None)
                    if follows is None or self._stands(course.key):
                        raise
                    self._failed(course, error, follows)
        finally:
            self.workshop.budget.give_back(job.id)

    def _stands(self, key: str | None) -> bool:
        """Whether an earlier result stands after all: `--rerender` was to replace it, and was refused."""
        entry = self.workshop.memory.journal.look_up(key) if key is not None else None
        return entry is not None and entry.state == "done"

    def _course(self, job: Job) -> Course:
        """Where earlier runs have left the instance."""
        keys = [self.workshop.key(one) for one in job.attempts]
        known = self.workshop.memory.journal.look_up_many([key for key in keys if key is not None])
        entries = [None if key is None else known.get(key) for key in keys]
        locked = self.workshop.memory.locked.outputs
        rank = stands_at(keys, entries, locked, rerender=self.workshop.consent.rerender)
        return Course(job.attempts[rank], keys[rank], list(failed_before(job.attempts[:rank], entries[:rank])))

    def _failed(self, course: Course, error: RenderFailed | SubmitRejected, follows: Job) -> None:
        failed, first = course.job, error.problems[0]
        diary = self.workshop.put_away(failed.id)
        cost = error.cost_usd if isinstance(error, RenderFailed) and diary is not None else None
        attempt = FailedAttempt(
            route=failed.made_by,
            key=course.key,
            request_id=diary.request_id if diary else None,
            cost_usd=cost,
            error=InstanceError(first.code, first.message, first.hint),
        )
        course.before.append(attempt)
        course.job = follows
        self.workshop.budget.count(failed.id, follows.estimate.usd)
        self.on_failure(failed, attempt, follows)
