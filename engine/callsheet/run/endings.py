"""How a job can end without a result of its own."""

from __future__ import annotations

from callsheet.makers.outcome import RenderCancelled, RenderFailed, StillRunning, problem
from callsheet.plan.job import Job
from callsheet.problems import CallsheetError, DataFault
from callsheet.store.entry import Entry

_BY_THE_PROVIDER = ("render-failed", "route-refused", "input-refused", "submit-rejected")
"""Codes of failures that the provider answered with; others end at this machine."""


def ended_meanwhile(before: Entry | None, entry: Entry) -> bool:
    """Whether a key that was waited for came to a bad end in the meantime."""
    changed = before is None or (before.attempts, before.state) != (entry.attempts, entry.state)
    return changed and entry.state in ("failed", "cancelled")


def as_elsewhere(job: Job, entry: Entry) -> CallsheetError:
    """The end that a key came to in the run that was waited for."""
    kind: type[CallsheetError] = RenderFailed if entry.error_code in _BY_THE_PROVIDER else DataFault
    if entry.state == "cancelled":
        kind = RenderCancelled
    why = f": {entry.error}" if entry.error else ""
    return kind(
        problem(
            f"render-{entry.state}",
            f"`{job.id}` {'was cancelled' if entry.state == 'cancelled' else 'failed'} in the run that this one waited"
            f" for{why}",
            "a later run submits it anew",
        )
    )


def timed_out(job: Job, seconds: float | None, about: str) -> StillRunning:
    """A job that was given up after so many seconds; `about` says what became of its request."""
    return StillRunning(
        problem("timeout", f"`{job.id}` is not done after {seconds:g} s; {about}", "run again to go on waiting for it")
    )


def lost(job: Job, answered: str | None) -> DataFault:
    """A render that was paid for and that nobody has any more; `answered` is what its provider said."""
    why = f", and can't be fetched again: {answered}" if answered else ""
    return DataFault(
        problem(
            "lost-from-store",
            f"`{job.id}` was rendered before, and its bytes are missing from the store{why}",
            "restore `.callsheet/store`, or consent to pay again with `--rerender`",
        )
    )
