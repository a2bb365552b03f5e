"""The campaign on the table: how it stands, what is picked, and what a run would do next. One thread at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callsheet.cli.planning import Asked, Planned, decisions, make, memories
from callsheet.cli.review.marks import Refused, changed_meanwhile, group_of, marks, revision
from callsheet.cli.review.media import Media
from callsheet.document.picks import Pick, change_picks, picks_path, read_picks
from callsheet.plan.job import Job
from callsheet.problems import CallsheetError
from callsheet.report.gallery_view import page_data
from callsheet.report.manifest import NAME as MANIFEST
from callsheet.report.manifest import Manifest, read_manifest
from callsheet.report.plan_json import held_behind, plan_totals
from callsheet.report.standing import run_summary, standing
from callsheet.run.outcome import Action, Decision
from callsheet.run.record import Recorded, read_record, records

LISTED = 200
"""So many instances of the next run are told one by one; the rest is counted."""

Facts = tuple[int, int] | None
Change = Callable[[Pick], Pick]


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as it was told last, and in which version that was."""

    text: str
    version: int


class Desk:
    """What the review server knows. `look` reads what has changed on the disk; the other methods answer a page or do
    what it asks. Raises a CallsheetError where the pipeline can't be planned at the first look."""

    def __init__(self, asked: Asked, folder: Path) -> None:
        self.asked = asked
        self.folder = folder.absolute()
        self.version = 0
        self.picks_file = picks_path(asked.file, simulated=asked.simulate)
        self.planned: Planned
        self.decided: Mapping[str, Decision]
        self.campaign: Manifest
        self.media = Media(self.folder)
        self._cells: dict[str, Shown] = {}
        self._page: dict[str, Any] = {}
        self._layout: object = None
        self._problems: list[str] = []
        self._record: Recorded | None = None
        self._seen: tuple[object, ...] = ()
        self._whole_since = 0
        self._others: set[Path] = set()
        self._plan()
        self._draw()

    # What a page asks for

    def look(self, *, again: bool = False) -> int:
        """Read what has changed since, all of it where asked to; returns the number of the version to be shown."""
        seen = self._facts()
        if again or seen != self._seen:
            try:
                self._plan()
                self._problems = []
            except CallsheetError as error:
                self._problems = [f"{problem.message}" for problem in error.problems]
                self._seen = seen
            self._draw()
        elif self._news():
            self._draw()
        return self.version

    def state(self, since: int = 0) -> dict[str, Any]:
        """How everything stands; of the cells only those that have changed after the version `since`, where the page
        that knows that version can be mended by them alone (else `whole` is true)."""
        whole = since <= self._whole_since or since > self.version
        return {
            **self._page,
            "version": self.version,
            "whole": whole,
            "cells": [json.loads(one.text) for one in self._cells.values() if whole or one.version > since],
        }

    def pick(self, instance: str, key: str, seen: str) -> dict[str, Any]:
        """Choose a take, made from this key; `seen` is the revision of the pick that the page shows."""
        self.look(again=True)
        job, group, take = self._take(instance)
        decision = self.decided[job.id]
        if decision.action is not Action.cached:
            raise Refused(409, "not-made", f"`{job.id}` is not made as the pipeline asks for it now", {})
        if decision.key != key:
            changed = {"key": {"seen": key, "now": decision.key}}
            raise Refused(409, "stale-take", f"`{job.id}` is not the one that you saw: its key has changed", changed)
        digests = tuple(output.sha256 for output in decision.outputs)

        def chosen(former: Pick) -> Pick:
            rejected = {one: why for one, why in former.rejected.items() if one != take}
            return Pick(take, key, digests, former.note, rejected)

        return self._change(group, seen, chosen)

    def clear(self, instance: str, seen: str) -> dict[str, Any]:
        """Take back what was picked of this instance, whichever take it is."""
        _, group, _ = self._take(instance)
        return self._change(group, seen, lambda former: Pick(note=former.note, rejected=former.rejected))

    def reject(self, instance: str, why: str | None, seen: str) -> dict[str, Any]:
        """Mark a take as rejected, for a reason that may be empty; None takes the mark away. A take that is picked
        is picked no more."""
        _, group, take = self._take(instance)

        def marked(former: Pick) -> Pick:
            others = {one: reason for one, reason in former.rejected.items() if one != take}
            if why is None:
                return replace(former, rejected=others)
            kept = former if former.take != take else Pick(note=former.note)
            return replace(kept, rejected={**others, take: why})

        return self._change(group, seen, marked)

    def comment(self, instance: str, note: str, seen: str) -> dict[str, Any]:
        """Write what there is to say of this instance and its takes; an empty note takes it away."""
        job = self._job(instance)
        return self._change(group_of(job), seen, lambda former: replace(former, note=note or None))

    # Inside

    def _change(self, group: str, seen: str, change: Change) -> dict[str, Any]:
        def changed(picks: Mapping[str, Pick]) -> Mapping[str, Pick]:
            former = picks.get(group, Pick())
            if revision(former) != seen:
                raise changed_meanwhile(group, former)
            return {**picks, group: change(former)}

        change_picks(self.picks_file, changed, str(self.picks_file.name))
        self.look(again=True)
        return {"version": self.version, "group": group, "next": self._page["next"]}

    def _job(self, instance: str) -> Job:
        job = self.planned.plan.by_id.get(instance)
        if job is None:
            raise Refused(404, "no-such-instance", f"there is no instance `{instance}`", {})
        return job

    def _take(self, instance: str) -> tuple[Job, str, str]:
        job = self._job(instance)
        if job.take is None:
            raise Refused(409, "no-takes", f"`{instance}` has no takes to choose from", {})
        return job, group_of(job), job.take

    def _facts(self) -> tuple[object, ...]:
        """What the files say by which a plan changes: asked for often, so nothing is read."""
        pipeline = self.asked.file.absolute()
        files = [pipeline, self.picks_file, self.folder / MANIFEST, pipeline.with_name("callsheet.toml")]
        return tuple(_stat(file) for file in files)

    def _plan(self) -> None:
        self._seen = self._facts()
        self.planned = make(self.asked)
        with memories(self.planned.project, write=False) as (journal, blobs):
            self.decided = decisions(self.planned, journal, blobs)
            self.media.blobs = blobs
        self._record = self._latest()

    def _news(self) -> bool:
        """Whether the run beside has told something new, or another has begun."""
        former, self._record = self._record, self._latest()
        if former is not None and self._record is not None and former.lives and not self._record.lives:
            self._plan()
        return former != self._record or (
            former is not None and self._record is not None and former.size != self._record.size
        )

    def _latest(self) -> Recorded | None:
        """The record of the latest run of this pipeline into this folder."""
        project = self.planned.project
        for path in records(project.runs):
            known = self._record
            if known is not None and known.path == path and not known.lives:
                return known
            found = None if path in self._others else read_record(path)
            if found is None:
                continue
            if (project.root / found.about.folder).resolve() == self.folder.resolve():
                return found
            self._others.add(path)
        return None

    def _draw(self) -> None:
        """Make the page's data anew, and note which cells have changed."""
        plan = self.planned.plan
        manifest = standing(self.folder, plan, self.decided, self.media.blobs, read_manifest(self.folder), self._record)
        picks = self._picks()
        for entry in manifest["instances"]:
            entry.update(marks(plan.by_id[entry["id"]], picks))
        self.campaign = self.media.served(manifest)
        page = page_data(self.campaign, self.media.posters)
        cells = {cell["id"]: json.dumps(cell) for cell in page.pop("cells")}
        page |= {"run_now": run_summary(self._record), "next": self._next(), "problems": self._problems}
        changed = [name for name, text in cells.items() if name not in self._cells or self._cells[name].text != text]
        layout = [page["nodes"], list(cells)]
        if not changed and page == self._page and layout == self._layout:
            return
        self.version += 1
        if list(cells) != list(self._cells):
            self._whole_since = self.version - 1
        news = set(changed)
        self._cells = {
            name: Shown(text, self.version) if name in news else self._cells[name] for name, text in cells.items()
        }
        self._page, self._layout = page, layout

    def _picks(self) -> Mapping[str, Pick]:
        try:
            return read_picks(self.picks_file, self.picks_file.name)
        except CallsheetError as error:
            self._problems = [problem.message for problem in error.problems]
            return {}

    def _next(self) -> dict[str, Any]:
        """What a run would do now: its totals, and instance by instance what is not there yet."""
        jobs = self.planned.plan.by_id
        due = [one for one in self.decided.values() if one.action not in (Action.cached, Action.skipped)]
        return {
            "totals": plan_totals(self.planned.plan, self.decided),
            "held_behind": held_behind(self.planned.plan, self.decided),
            "instances": [
                {
                    "id": one.instance,
                    "action": one.action.value,
                    "why": one.why.text,
                    "cost_usd": jobs[one.instance].estimate.usd if one.action is Action.render else None,
                }
                for one in due[:LISTED]
            ],
            "more": max(0, len(due) - LISTED),
            "command": " ".join(_command(self.asked)),
        }


def _command(asked: Asked) -> Iterable[str]:
    yield f"callsheet run {asked.file}"
    if asked.profile:
        yield f"--profile {asked.profile}"
    yield from (f"--param {one}" for one in asked.params)
    if asked.simulate:
        yield "--simulate"


def _stat(file: Path) -> Facts:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size
