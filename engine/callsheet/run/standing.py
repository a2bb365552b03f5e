"""Where an instance that may fall back stands: at which of its routes, by what the journal knows of each."""

from __future__ import annotations

from collections.abc import Container, Sequence

from callsheet.plan.job import Job
from callsheet.run.outcome import FailedAttempt, InstanceError
from callsheet.store.entry import Entry


def stands_at(
    keys: Sequence[str | None],
    entries: Sequence[Entry | None],
    locked: Container[str | None] = (),
    *,
    rerender: bool = False,
) -> int:
    """The rank of the attempt that a run goes on with, from what is known of the key of each; `locked` are the keys
    that the lock has results of.

    It is a fallback where the lock says so, or where every attempt before it failed and it is done, under way,
    unsettled, or released by a person; in every other case the node's own route is asked first, as it always is. With
    `rerender` what is done is no reason to stay with a fallback.
    """
    for rank, key in enumerate(keys):
        if key in locked and not rerender:
            return rank
    for rank, entry in enumerate(entries):
        if entry is None:
            return 0
        if entry.state != "failed":
            return rank if _holds(entry, rerender=rerender) else 0
    return 0


def failed_before(jobs: Sequence[Job], entries: Sequence[Entry | None]) -> tuple[FailedAttempt, ...]:
    """What the journal knows of attempts that failed in earlier runs."""
    return tuple(
        FailedAttempt(
            route=job.made_by,
            key=entry.key,
            request_id=entry.request_id,
            cost_usd=entry.cost_usd,
            error=InstanceError(entry.error_code or "failed", entry.error or "failed in an earlier run"),
            in_this_run=False,
        )
        for job, entry in zip(jobs, entries, strict=True)
        if entry is not None and entry.state == "failed"
    )


def _holds(entry: Entry, *, rerender: bool) -> bool:
    if entry.state == "reserved":
        return entry.attempts > 0
    return not rerender if entry.state == "done" else entry.state != "cancelled"
