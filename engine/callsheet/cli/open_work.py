"""What a project has under way at its provider, for the verbs that look at it and settle it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from callsheet.cli.project import Project
from callsheet.plan.make import SIMULATOR
from callsheet.problems import DataFault, Problem, did_you_mean
from callsheet.run.claim import Claims
from callsheet.store.entry import IN_FLIGHT, Entry
from callsheet.store.journal import Journal


def open_entries(journal: Journal, instances: Collection[str] | None = None) -> list[Entry]:
    """What is in flight or unsettled at a provider that charges, the oldest change first; of these instances only."""
    return [
        entry
        for entry in journal.in_state(*IN_FLIGHT, "unknown")
        if entry.provider != SIMULATOR and (instances is None or entry.instance in instances)
    ]


def claims_path(project: Project) -> Path:
    """The file of the project's locks."""
    return project.memory / "claims"


def claimed(project: Project, entries: Sequence[Entry]) -> set[str]:
    """Those keys of the entries that a live run works on."""
    if not entries or not claims_path(project).exists():
        return set()
    with Claims(claims_path(project)) as claims:
        return {entry.key for entry in entries if not claims.is_free(entry.key)}


def refuse_unknown_names(names: Sequence[str], entries: Sequence[Entry], what: str) -> None:
    """A DataFault for each name that none of the entries has."""
    there = {entry.instance for entry in entries}
    wrong = [name for name in names if name not in there]
    if wrong:
        hint = did_you_mean(wrong[0], there) if there else None
        raise DataFault(
            [Problem("nothing-open", f"`{name}` has no request that is {what}", hint=hint) for name in wrong]
        )
