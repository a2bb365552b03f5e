"""From a plan to its lock."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from callsheet.catalog.pinned import sent_defaults
from callsheet.catalog.route import Route
from callsheet.document.lock import Lock, LockedAsset, LockedInstance, LockedRoute
from callsheet.document.lock_file import asset_name
from callsheet.media.info import LocalFile, Output, RemoteFile
from callsheet.plan.job import Job, Plan
from callsheet.plan.pin_faults import schema_digest
from callsheet.shipped import shipped

Made: TypeAlias = tuple[str | None, tuple[Output, ...]]
"""The key of an instance, None where it is not known, and what was made under it."""


def locked(plan: Plan, made: Mapping[str, Made], before: Lock | None, about: Collection[str] | None = None) -> Lock:
    """The lock of exactly this plan, or of the instances `about` alone. What `before` pins of routes stays."""
    jobs = [job for job in plan.jobs if about is None or job.id in about]
    return Lock(
        plan.provider,
        assets_of(plan, jobs),
        _intents(jobs),
        _routes(plan, jobs, before),
        {job.id: _instance(job, made.get(job.id, (None, ()))) for job in jobs},
    )


def extended(before: Lock | None, plan: Plan, made: Mapping[str, Made], about: Collection[str]) -> Lock:
    """The lock `before` with what is known now of the instances `about`; nothing is taken out of it."""
    if before is None:
        before = Lock(plan.provider)
    jobs = [job for job in plan.jobs if job.id in about]
    instances = {job.id: _instance(job, made.get(job.id, (None, ()))) for job in jobs}
    return replace(
        before,
        assets={**before.assets, **assets_of(plan, jobs)},
        intents={**before.intents, **_intents(jobs)},
        routes={**before.routes, **_routes(plan, jobs, before)},
        instances={**before.instances, **instances},
    )


def assets_of(plan: Plan, jobs: Iterable[Job]) -> dict[str, LockedAsset]:
    """The media that instances name, by the name that a lock has for them; an address that was never fetched is left
    out."""
    folder = plan.document.folder
    files: dict[int, LocalFile | RemoteFile] = {}
    for job in jobs:
        files |= {id(file): file for file in media_of(value for one in job.attempts for value in one.input.values())}
    found: dict[str, LockedAsset] = {}
    for file in files.values():
        if isinstance(file, LocalFile):
            found[asset_name(written(file, folder))] = LockedAsset(file.info.sha256)
        elif file.info is not None:
            found[asset_name(file.url)] = LockedAsset(file.info.sha256, file.info)
    return found


def media_of(values: Iterable[object]) -> Iterator[LocalFile | RemoteFile]:
    """The files and addresses among the values of an input."""
    for value in values:
        if isinstance(value, LocalFile | RemoteFile):
            yield value
        elif isinstance(value, list | tuple):
            yield from media_of(value)


def written(file: LocalFile, folder: Path) -> str:
    """The path as the pipeline writes it; of a file that another pipeline names, as this one would write it."""
    if file.path == folder / file.shown:
        return file.shown
    ready_made = shipped("pipelines")
    if file.path.is_relative_to(ready_made):
        return f"callsheet:{file.path.relative_to(ready_made).as_posix()}"
    return Path(os.path.relpath(file.path, folder)).as_posix()


def _intents(jobs: Iterable[Job]) -> dict[str, str]:
    return {job.intent: job.made_by for job in jobs if job.intent is not None}


def _routes(plan: Plan, jobs: Iterable[Job], before: Lock | None) -> dict[str, LockedRoute]:
    """The routes of these instances; one that is locked already stays as it is."""
    found: dict[str, LockedRoute] = {}
    for job in (attempt for one in jobs for attempt in one.attempts):
        if job.kind == "route" and job.made_by not in found:
            shape = plan.shape_of(job)
            known = before.routes.get(job.made_by) if before is not None else None
            if known is None and isinstance(shape, Route):
                known = LockedRoute(schema_digest(shape), sent_defaults(shape))
            if known is not None:
                found[job.made_by] = known
    return found


def _instance(job: Job, made: Made) -> LockedInstance:
    """The record of an instance. Its seed is the one that its node's own route has, whichever route made it."""
    key, outputs = made
    made_by = next((one.made_by for one in job.attempts if key is not None and one.key == key), job.made_by)
    return LockedInstance(job.kind, made_by, job.intent, job.seed, job.origin, job.salt, key, outputs)
