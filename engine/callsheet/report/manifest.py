"""`manifest.json` beside the outputs: what each file is, how it was made, and every request id ever known."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from callsheet import __version__
from callsheet.media.facts import Facts
from callsheet.media.info import Artifact
from callsheet.media.read import read_facts
from callsheet.plan.axes import takes_axes
from callsheet.plan.job import Job, Plan
from callsheet.plan.shown import shown_input
from callsheet.problems import DataFault
from callsheet.report.pick_marks import PickMarks
from callsheet.report.plan_json import error_document, failures_document, json_text
from callsheet.run.outcome import InstanceOutcome, PlacedOutput, RunOutcome, State
from callsheet.run.stale_picks import overtaken

NAME = "manifest.json"
MANIFEST_VERSION = 1

Manifest: TypeAlias = dict[str, Any]
"""A manifest as JSON values; its form is what `manifest_document` makes."""
Entry: TypeAlias = dict[str, Any]


def write_manifest(folder: Path, plan: Plan, outcome: RunOutcome) -> Manifest:
    """Put this run into the folder's manifest, atomically, and give back what it now says.

    What an earlier manifest knows of requests stays: under the instance while its key is the same, else in `earlier`.
    A `manifest.json` that is none is kept beside the new one as `manifest.unreadable.json`.
    """
    known = read_manifest(folder)
    if known is not None and _says_so_already(known, folder, plan, outcome):
        return known
    document = manifest_document(folder, plan, outcome, known)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / NAME
    if known is None and place.exists():
        place.replace(_aside(folder))
    write_atomically(place, json_text(document))
    return document


def _says_so_already(known: Manifest, folder: Path, plan: Plan, outcome: RunOutcome) -> bool:
    """Whether everything was there already, and at the places that the manifest has."""
    about = (plan.document.name, plan.document.description, plan.provider, _nodes(plan), __version__)
    if about != tuple(known.get(name) for name in ("pipeline", "description", "provider", "nodes", "callsheet")):
        return False
    former = [(one["id"], one.get("key"), [_where(file) for file in one["outputs"]]) for one in known["instances"]]
    top = f"{folder.absolute()}/"
    return (
        outcome.status == "succeeded"
        and former
        == [
            (one.id, one.key, [(str(file.path).removeprefix(top), file.sha256) for file in one.outputs])
            for one in outcome.instances
            if one.state is State.cached
        ]
        and _has_marks(known, PickMarks(plan, overtaken(plan, outcome)), plan)
    )


def _has_marks(known: Manifest, marks: PickMarks, plan: Plan) -> bool:
    told = [{name: one.get(name) for name in ("picked", "stale_pick")} for one in known["instances"]]
    return told == [marks.of(job) for job in plan.jobs]


def _where(file: Entry) -> tuple[object, object]:
    return file.get("path"), file.get("sha256")


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's manifest; None where there is none, or none that can be read."""
    try:
        document = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(document, dict) or document.get("manifest_version") != MANIFEST_VERSION:
        return None
    lists = (document.get("instances"), document.get("earlier"))
    whole = all(isinstance(one, list) and all(isinstance(entry, dict) for entry in one) for one in lists)
    return document if whole else None


def manifest_document(folder: Path, plan: Plan, outcome: RunOutcome, known: Manifest | None = None) -> Manifest:
    """The manifest of one run over what an earlier manifest of the folder knows; writes nothing."""
    known = known or {"instances": [], "earlier": []}
    same = known.get("pipeline") == plan.document.name and known.get("provider") == plan.provider
    former = {entry["id"]: entry for entry in known["instances"]} if same else {}
    jobs = plan.by_id or {job.id: job for job in plan.jobs}
    digests = {one.id: one.outputs for one in outcome.instances}
    marks = PickMarks(plan, overtaken(plan, outcome))
    entries = []
    for one in outcome.instances:
        entry = _entry(folder, plan.provider, jobs[one.id], one, outcome.run, digests)
        entries.append({**_over(entry, former.get(one.id)), **marks.of(jobs[one.id])})
    return {
        "manifest_version": MANIFEST_VERSION,
        "callsheet": __version__,
        "pipeline": plan.document.name,
        "description": plan.document.description,
        "provider": plan.provider,
        "run": outcome.run,
        "status": outcome.status,
        "nodes": _nodes(plan),
        "instances": entries,
        "earlier": _earlier(known, entries),
    }


def write_atomically(place: Path, text: str) -> None:
    """Replace the file at `place` with `text` as UTF-8: readers see the old content or the new, never a part."""
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _nodes(plan: Plan) -> list[dict[str, object]]:
    """The nodes in pipeline order; a deliverable is one that no other node uses."""
    jobs = plan.by_id or {job.id: job for job in plan.jobs}
    needs: dict[str, set[str]] = {}
    axes: dict[str, Mapping[str, str]] = {}
    for job in plan.jobs:
        axes.setdefault(job.node, job.axes)
        needs.setdefault(job.node, set()).update(jobs[name].node for name in job.needs if name in jobs)
    used = {other for node, others in needs.items() for other in others if other != node}
    described = {name: node.description for name, node in plan.nodes.items()}
    takes = takes_axes(plan.document)
    return [
        {
            "name": node,
            "description": described.get(node),
            "axes": list(axes[node]),
            "takes": next((axis for axis in axes[node] if axis in takes), None),
            "needs": sorted(needs[node]),
            "deliverable": node not in used,
        }
        for node in needs
    ]


def _entry(
    folder: Path,
    provider: str,
    job: Job,
    one: InstanceOutcome,
    run: str,
    placed: Mapping[str, Sequence[PlacedOutput]],
) -> Entry:
    attempt = job.attempts[one.rank]

    def digests_of(artifact: Artifact) -> list[str]:
        files = placed.get(artifact.instance, ())
        return [file.sha256 for file in files if file.name.partition("-")[0] == artifact.kind]

    return {
        "id": one.id,
        "node": one.node,
        "axes": dict(one.axes),
        "run": run,
        "state": one.state.value,
        "kind": job.kind,
        job.kind: attempt.made_by,
        "step_version": job.version,
        "provider": provider,
        "intent": job.intent,
        "intent_why": job.intent_why,
        "seed": one.seed if one.seed is not None else attempt.seed,
        "take": attempt.salt,
        "key": one.key,
        "request_id": one.request_id,
        "shared_with": one.shared_with,
        "input": shown_input(attempt.input, digests_of),
        "defaults": list(attempt.defaults),
        "needs": list(job.needs),
        "cost_usd": one.cost_usd,
        "seconds": None if one.seconds is None else round(one.seconds, 3),
        "outputs": [output_document(folder, output) for output in one.outputs],
        "error": error_document(one.error),
        "warnings": list(job.warnings),
        **({"own_route": job.made_by, "before": failures_document(one.before)} if job.fallbacks else {}),
    }


def output_document(folder: Path, output: PlacedOutput) -> dict[str, object]:
    """One file of an instance: its place as seen from the folder, and what a page needs to lay it out."""
    facts = _facts(output.path, output.sha256)
    return {
        "name": output.name,
        "path": Path(os.path.relpath(output.path, folder)).as_posix(),
        "sha256": output.sha256,
        "bytes": output.bytes,
        "media_type": output.media_type,
        "width": facts.width if facts else None,
        "height": facts.height if facts else None,
        "seconds": round(facts.seconds, 3) if facts and facts.seconds is not None else None,
    }


@lru_cache(maxsize=65_536)
def _facts(path: Path, sha256: str) -> Facts | None:
    """Size and length of a file, so that a page can lay it out before it is loaded; None where it can't be read. The
    digest stands for the bytes: they are read once."""
    try:
        return read_facts(path)
    except DataFault:
        return None


def _over(entry: Entry, former: Entry | None) -> Entry:
    """What stands for an instance after this run, given what stood there before."""
    if former is None:
        return entry
    same_key = entry["key"] is not None and entry["key"] == former.get("key")
    if entry["state"] == State.skipped and former.get("outputs"):
        return {**former, "stale": not same_key} if entry["key"] is not None else former
    if same_key:
        names = ("request_id", "cost_usd", "seconds") if entry["outputs"] else ("request_id",)
        kept = {name: former.get(name) for name in names if entry[name] is None}
        if former.get("before") and not entry.get("before"):
            kept["before"] = former["before"]
        return {**entry, **kept}
    return entry


def _earlier(known: Manifest, entries: Sequence[Entry]) -> list[Entry]:
    """Former entries that no entry stands for now: those with a request, and those whose instance is gone."""
    present = {entry["id"] for entry in entries}
    told = {request for entry in entries for request in _requests(entry)}
    kept: list[Entry] = []
    for former in (*known["earlier"], *known["instances"]):
        requests = _requests(former)
        gone = former.get("id") not in present and bool(former.get("outputs"))
        if not told.issuperset(requests) or (gone and not former.get("request_id")):
            told.update(requests)
            kept.append({"pipeline": known.get("pipeline"), **former})
    return kept


def _requests(entry: Entry) -> list[str]:
    """The ids of the requests that an entry tells of."""
    return [one["request_id"] for one in (entry, *entry.get("before", ())) if one.get("request_id")]


def _aside(folder: Path) -> Path:
    names = (f"manifest.unreadable{'-' + str(number) if number > 1 else ''}.json" for number in range(1, 10_000))
    return next(folder / name for name in names if not (folder / name).exists())
