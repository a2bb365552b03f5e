"""What the manifest beside the outputs knows of paid work, for a journal that has lost it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from callsheet.media.info import Output, OutputKind
from callsheet.plan.make import SIMULATOR
from callsheet.report.manifest import read_manifest
from callsheet.store.blobs import Blobs
from callsheet.store.entry import Work
from callsheet.store.journal import Journal

_OVER = ("render-failed", "render-cancelled", "cancelled")
_WHY = "the journal was lost; the manifest says that it is not known whether the submit was taken"


@dataclass(frozen=True, slots=True)
class Paid:
    """A submit that a manifest tells of; without a request id it is not known whether it was taken."""

    key: str
    route: str
    instance: str
    request_id: str | None
    cost_usd: float | None
    outputs: tuple[tuple[Path, Output], ...]


def paid_before(folder: Path) -> Mapping[str, Paid]:
    """The paid work that the manifest in an output folder tells of and that isn't known to have come to nothing, by
    key. A key names its provider, so that a request is never looked for at another one."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("provider") == SIMULATOR:
        return {}
    entries = (*manifest["earlier"], *manifest["instances"])
    return {paid.key: paid for entry in entries for paid in _paid(folder, entry)}


def requests_before(folder: Path) -> Mapping[str, str | None]:
    """The request of each of them, by key; None where it is not known whether there is one."""
    return {key: paid.request_id for key, paid in paid_before(folder).items()}


def recover(provider: str, folder: Path, journal: Journal, blobs: Blobs) -> bool:
    """Write into the journal what the manifest tells of and the journal never heard of: what is whole beside it is
    done, what has a request is in flight, all else a person settles. Returns whether there was anything."""
    paid, failed = paid_before(folder), _failed_before(folder)
    known = journal.look_up_many([*paid, *failed])
    for key, failure in failed.items():
        if key not in known and key not in paid:
            _relearn(provider, journal, key, failure)
    lost = [one for key, one in paid.items() if key not in known]
    for one in lost:
        work = Work(provider, one.route, one.instance)
        journal.adopt(one.key, work, one.request_id, estimate_usd=one.cost_usd, why=_WHY)
        if one.request_id is not None and one.outputs and all(_is_whole(path, what) for path, what in one.outputs):
            stored = [blobs.put_file(path)[0] for path, _ in one.outputs]
            if stored == [output.sha256 for _, output in one.outputs]:
                journal.fetched(one.key, [output for _, output in one.outputs], one.cost_usd)
                journal.done(one.key, work, [output for _, output in one.outputs], one.cost_usd)
    return bool(lost) or not failed.keys() <= known.keys()


def _failed_before(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The attempts that failed before another route was tried, by key; each with the `instance` it was for."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("provider") == SIMULATOR:
        return {}
    entries = (*manifest["earlier"], *manifest["instances"])
    return {
        failure["key"]: {**failure, "instance": str(entry["id"])}
        for entry in entries
        for failure in entry.get("before", ())
        if isinstance(failure.get("key"), str)
    }


def _relearn(provider: str, journal: Journal, key: str, failure: Mapping[str, Any]) -> None:
    work = Work(provider, str(failure.get("route")), failure["instance"])
    error, cost = failure.get("error") or {}, failure.get("cost_usd")
    if failure.get("request_id"):
        journal.adopt(key, work, failure["request_id"], estimate_usd=cost, why=_WHY)
    journal.failed(key, work, str(error.get("code")), str(error.get("message")), cost)


def _paid(folder: Path, entry: Mapping[str, Any]) -> Iterator[Paid]:
    key, request_id = entry.get("key"), entry.get("request_id")
    error = entry.get("error") or {}
    asked = isinstance(request_id, str) or entry.get("state") == "unknown"
    if not isinstance(key, str) or entry.get("shared_with") or not asked or error.get("code") in _OVER:
        return
    outputs = tuple(_outputs(folder, entry))
    yield Paid(key, str(entry.get("route")), str(entry["id"]), request_id, entry.get("cost_usd"), outputs)


def _outputs(folder: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, Output]]:
    for one in entry.get("outputs", ()):
        kind = str(one["name"]).split("-", 1)[0]
        if kind in get_args(OutputKind):
            output = Output(one["name"], cast(OutputKind, kind), one["sha256"], one["bytes"], one["media_type"])
            yield folder / one["path"], output


def _is_whole(path: Path, output: Output) -> bool:
    return path.is_file() and path.stat().st_size == output.bytes
