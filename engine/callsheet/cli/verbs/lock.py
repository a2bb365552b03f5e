"""`callsheet lock`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

import typer

from callsheet.cli.lock_change import View, refuse_parameters, tell, view
from callsheet.cli.locking import LockFile, made_of
from callsheet.cli.media_memory import MediaMemory
from callsheet.cli.options import File, Json, LockOption, MaxInstances, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, Planned, lock_of, make, make_memory_folder
from callsheet.document.lock import Lock
from callsheet.document.lock_file import asset_name
from callsheet.media.info import RemoteFile
from callsheet.plan.job import Job
from callsheet.plan.locking import locked, media_of
from callsheet.problems import Problem, UsageFault


def lock(
    file: File,
    selector: Annotated[
        str | None, typer.Argument(metavar="[SELECTOR]", help="What `--upgrade` is about.", show_default=False)
    ] = None,
    upgrade: Annotated[
        bool,
        typer.Option(
            "--upgrade", help="Take over what the catalogue, and addresses, say now; of the selected instances' routes."
        ),
    ] = False,
    profile: Profile = None,
    param: Params = None,
    params_file: ParamsFile = None,
    lock: LockOption = None,
    max_instances: MaxInstances = None,
    json: Json = False,
) -> None:
    """Write the lock: exactly what the pipeline asks for now, with what is known to be made. Spends nothing.

    Example: callsheet lock pipeline.yaml
    """
    if selector is not None and not upgrade:
        hint = "say `--upgrade`, or leave the selector out"
        raise UsageFault(Problem("bad-option", f"`{selector}`: a lock is always of the whole pipeline", hint=hint))
    asked = Asked(file, param or (), params_file, profile, select=selector, max_instances=max_instances, lock=lock)
    refuse_parameters(asked)
    kept = lock_of(asked)
    after = _upgraded(asked, kept, kept.lock) if upgrade and kept.lock is not None else view(asked, kept)
    tell(kept, _new(after), after, as_json=json)


def _upgraded(asked: Asked, file: LockFile, lock: Lock) -> View:
    """The pipeline without what the lock pins of the routes, intents and addresses of the selected instances."""
    unasked = {name: replace(one, intent=None) for name, one in lock.instances.items()}
    bare = replace(lock, routes={}, intents={}, instances=unasked)
    free = make(asked, locked_by=replace(file, lock=bare))
    chosen = [job for job in free.plan.jobs if free.selected is None or job.id in free.selected]
    _fetch_again(free, chosen)
    return view(replace(asked, select=None), replace(file, lock=_unpinned(lock, chosen)))


def _new(after: View) -> Lock:
    return locked(after.planned.plan, made_of(after.planned, after.decided), after.planned.lock.lock)


def _unpinned(lock: Lock, jobs: Collection[Job]) -> Lock:
    """The lock without what it pins of the routes, intents and addresses of these instances."""
    names = {job.id for job in jobs}
    former = [one for name, one in lock.instances.items() if name in names]
    routes = {job.made_by for job in jobs} | {one.made_by for one in former}
    intents = {job.intent for job in jobs} | {one.intent for one in former}
    addresses = {asset_name(url) for url in _addresses(jobs)}
    return replace(
        lock,
        assets={name: one for name, one in lock.assets.items() if name not in addresses},
        intents={name: route for name, route in lock.intents.items() if name not in intents},
        routes={name: one for name, one in lock.routes.items() if name not in routes},
        instances={name: replace(one, intent=None) if name in names else one for name, one in lock.instances.items()},
    )


def _fetch_again(planned: Planned, jobs: Collection[Job]) -> None:
    """Pin anew what the addresses of these instances give."""
    wanted = _addresses(jobs)
    if wanted:
        make_memory_folder(planned.project.memory)
        MediaMemory(planned.project.memory).fetch(wanted)


def _addresses(jobs: Collection[Job]) -> dict[str, Job]:
    return {one.url: job for job in jobs for one in media_of(job.input.values()) if isinstance(one, RemoteFile)}
