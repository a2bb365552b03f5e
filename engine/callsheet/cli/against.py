"""The pipeline at a git revision, planned and compared with that of the working tree."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from callsheet.cli.planning import Asked, OtherTree, Planned, decisions, make
from callsheet.cli.project import SETTINGS_FILE, Project, Settings, read_settings
from callsheet.cli.repository import find_repository
from callsheet.cli.revision import Checkout, RevisionMedia
from callsheet.plan.job import Plan
from callsheet.plan.select import select
from callsheet.problems import CallsheetError, DataFault, Problem, SourceText, Span, UsageFault
from callsheet.run.compare import Comparison, Side, compare
from callsheet.run.decide import Requests
from callsheet.run.outcome import Decision
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Against:
    """What the working tree has changed since a revision. `commit` is the full digest; `notes` say what else there is
    to know about the comparison."""

    revision: str
    commit: str
    comparison: Comparison
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memories:
    """What both sides are decided by."""

    journal: Journal
    blobs: Blobs
    requests: Requests


def compare_with(
    revision: str, asked: Asked, planned: Planned, decided: Mapping[str, Decision], memories: Memories
) -> Against:
    """Plan the pipeline as `revision` has it, with the same options, and compare. Writes nothing into the repository.

    Raises a UsageFault where there is no repository or no such revision, a DataFault where the pipeline can't be
    planned as it was: its problems name `REVISION:file:line:column`.
    """
    with TemporaryDirectory(prefix="callsheet-") as folder:
        repository = find_repository(asked.file.absolute().parent)
        inside = repository.prefix + asked.file.name
        checkout = Checkout(repository, revision, Path(folder), inside)
        new = Side(planned.plan, decided)
        if inside not in checkout.entries:
            note = f"`{asked.file}` does not exist at `{revision}`: everything is new"
            return Against(revision, checkout.commit, compare(None, new, planned.selected), (note,))
        media = RevisionMedia(checkout, planned.project.memory)
        project = _project_of(checkout, inside, planned.project)
        former = replace(asked, file=checkout.folder / inside, select=None, exclude=None)
        try:
            old = make(former, tree=OtherTree(str(asked.file), project, media))
        except CallsheetError as error:
            raise _at_revision(error, checkout, asked) from None
        selected = _selected(asked, planned, old.plan)
        # Both sides are decided by the memory as it is now: the cost is what each would come to today.
        before = Side(
            old.plan,
            decisions(
                replace(old, project=planned.project, selected=selected),
                memories.journal,
                memories.blobs,
                requests=memories.requests,
            ),
        )
        notes = tuple(f"`{path}` is not in git: it was taken as it is now" for path in checkout.as_now)
        return Against(revision, checkout.commit, compare(before, new, selected), notes)


def _selected(asked: Asked, planned: Planned, old: Plan) -> Collection[str] | None:
    """What is selected on either side. A selector that the old pipeline has nothing for selects nothing there."""
    if planned.selected is None:
        return None
    with suppress(UsageFault):
        return {*planned.selected, *select(old, asked.select, asked.exclude)}
    return planned.selected


def _project_of(checkout: Checkout, inside: str, now: Project) -> Project:
    """The project that the pipeline belonged to. Settings that git keeps no version of are as they are now."""
    folder = (checkout.folder / inside).parent
    above = (folder, *(one for one in folder.parents if one == checkout.folder or checkout.folder in one.parents))
    root = next((one for one in above if (one / SETTINGS_FILE).is_file()), None)
    settings = read_settings(root / SETTINGS_FILE, os.environ) if root is not None else _kept_elsewhere(checkout, now)
    root = root or folder
    memory = root / now.memory.name
    if now.memory.is_dir() and not memory.exists():
        memory.symlink_to(now.memory)
    return Project(root, settings)


def _kept_elsewhere(checkout: Checkout, now: Project) -> Settings:
    place = os.path.relpath((now.root / SETTINGS_FILE).resolve(), checkout.repository.top.resolve())
    if place.startswith("..") or place not in checkout.tracked:
        return now.settings
    return read_settings(checkout.folder / place, os.environ)


def _at_revision(error: CallsheetError, checkout: Checkout, asked: Asked) -> DataFault:
    """The problems of the pipeline as it was, each with its place in the revision."""
    revision = checkout.revision
    message = f"`{asked.file}` can't be planned as it was at `{revision}`, so there is nothing to compare with"
    modules = ", ".join(f"`{path}`" for path in checkout.submodules)
    hint = f"files in submodules are not read: {modules}" if modules else "compare with a revision that can be planned"
    head = Problem("revision-unplannable", message, hint=hint)
    return DataFault([head, *(_moved(one, revision) for one in error.problems)])


def _moved(problem: Problem, revision: str) -> Problem:
    hint = None if problem.code == "no-such-file" else problem.hint  # it lists a folder that is not the revision's
    span = None if problem.span is None else _placed(problem.span, revision)
    return replace(problem, span=span, hint=hint, fix=None, also=tuple(_placed(one, revision) for one in problem.also))


def _placed(span: Span, revision: str) -> Span:
    return replace(span, source=SourceText(f"{revision}:{span.path}", span.source.text))
