"""`callsheet cache`."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from callsheet.cli.options import Json
from callsheet.cli.planning import memories
from callsheet.cli.project import Project, find_project
from callsheet.problems import Problem, UsageFault


class Action(StrEnum):
    """What can be asked of the store."""

    stats = "stats"
    verify = "verify"
    gc = "gc"
    push = "push"
    pull = "pull"


_TAKERS: Mapping[str, Collection[Action]] = {
    "--store": (Action.verify, Action.push, Action.pull),
    "--restore": (Action.verify,),
    "--delete": (Action.gc,),
    "--paid": (Action.gc,),
    "--keep-days": (Action.gc,),
    "--simulated": (Action.push, Action.pull),
    "--replace": (Action.push,),
}


def cache(
    action: Annotated[
        Action,
        typer.Argument(
            help="`stats`: how much is stored. `verify`: read every byte, and tell what is damaged or missing."
            " `gc`: tell what nothing needs any more. `push`, `pull`: share results through `[store]`.",
            show_default=False,
        ),
    ],
    where: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[DIR|FILE]...",
            help="The project's folder (default: here); for `push` and `pull` also pipelines whose locks say what"
            " (default: every lock of the project).",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="The shared store: `s3://BUCKET/PREFIX`, `gs://…`, `az://…` or a folder (default: that of `[store]`).",
            show_default=False,
        ),
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="verify: bring back what is broken, from published copies or `[store]`.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="gc: do it; without, it only tells.")] = False,
    paid: Annotated[bool, typer.Option("--paid", help="gc: also what was paid for.")] = False,
    keep_days: Annotated[
        float | None,
        typer.Option(
            "--keep-days", metavar="N", min=0, help="gc: keep what is younger (default: 30).", show_default=False
        ),
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="push, pull: also what was simulated, and all local steps.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="push: send again what is there, to put right what is damaged there.")
    ] = False,
    json: Json = False,
) -> None:
    """Look at the artifact store, verify it, clear it up, and share it.

    Example: callsheet cache push
    """
    given = {
        "--store": store is not None,
        "--restore": restore,
        "--delete": delete,
        "--paid": paid,
        "--keep-days": keep_days is not None,
        "--simulated": simulated,
        "--replace": replace,
    }
    _refuse_others(action, [option for option, there in given.items() if there])
    project, pipelines = _project(action, where or [])
    if action is Action.verify:
        from callsheet.cli.auditing import verify_store

        raise typer.Exit(verify_store(project, restore=restore, store=store, as_json=json))
    if action is Action.gc:
        from callsheet.cli.collecting import Collecting, collect

        collect(project, Collecting(delete, paid, 30.0 if keep_days is None else keep_days, json))
    elif action is Action.stats:
        _tell_stats(project, as_json=json)
    else:
        from callsheet.cli.sharing import Sharing, pull_from_shared, push_to_shared

        asked = Sharing(pipelines, store, simulated, replace, json)
        raise typer.Exit((push_to_shared if action is Action.push else pull_from_shared)(project, asked))


def _refuse_others(action: Action, given: Collection[str]) -> None:
    """An option that does nothing for this action is a mistake that could be costly elsewhere."""
    problems = [
        Problem("bad-option", f"`cache {action}` takes no `{option}`; it is for {_listed(_TAKERS[option])}")
        for option in given
        if action not in _TAKERS[option]
    ]
    if problems:
        raise UsageFault(problems)


def _listed(actions: Collection[Action]) -> str:
    return " and ".join(f"`cache {one}`" for one in actions)


def _project(action: Action, where: list[Path]) -> tuple[Project, list[Path]]:
    """The project, and the pipelines whose locks are meant."""
    pipelines = [path for path in where if not path.is_dir()]
    folders = [path for path in where if path.is_dir()]
    sharing = action in (Action.push, Action.pull)
    if len(folders) > 1 or (folders and pipelines) or (pipelines and not sharing):
        takes = "a folder, or pipelines" if sharing else "one folder"
        raise UsageFault(Problem("bad-option", f"`cache {action}` takes {takes}"))
    if any(":/" in str(path) for path in pipelines):
        hint = "a store is named with `--store URL`"
        raise UsageFault(Problem("bad-option", f"`cache {action}` takes no address, but pipelines", hint=hint))
    projects = [find_project(path, os.environ) for path in pipelines] or [
        find_project((folders[0] if folders else Path()) / "pipeline.yaml", os.environ)
    ]
    if len({project.root for project in projects}) > 1:
        raise UsageFault(
            Problem("bad-option", "these pipelines belong to several projects", hint="share one at a time")
        )
    return projects[0], pipelines


def _tell_stats(project: Project, *, as_json: bool) -> None:
    with memories(project, write=False) as (_, blobs):
        stats = blobs.stats()
    if as_json:
        sys.stdout.write(json_format.dumps({"files": stats.files, "bytes": stats.bytes}) + "\n")
    else:
        sys.stdout.write(f"{stats.files:,} files, {stats.bytes / 1e6:,.1f} MB in {project.memory.name}/store\n")
