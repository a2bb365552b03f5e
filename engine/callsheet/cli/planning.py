"""From a file and the command line's words to a plan and decisions; what `plan`, `run` and others share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from callsheet.catalog.load import Catalog
from callsheet.cli.catalogue import catalogue_of
from callsheet.cli.locking import LockFile, lock_file, what_is_locked
from callsheet.cli.media_memory import MediaMemory, refusal, unpinned
from callsheet.cli.project import Project, find_project
from callsheet.document.load import load
from callsheet.document.picks import picks_path, read_picks
from callsheet.plan.job import Plan
from callsheet.plan.learned import with_past_costs
from callsheet.plan.make import SIMULATOR, make_plan
from callsheet.plan.pins import NO_PINS, pins_of
from callsheet.problems import DataFault, Problem, UsageFault
from callsheet.run.decide import Decider, Requests
from callsheet.run.former import Former
from callsheet.run.outcome import Decision
from callsheet.run.stale_picks import stale_picks
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callsheet.media.info import MediaInfo, Output


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says about a plan."""

    file: Path
    params: Sequence[str] = ()
    params_file: Path | None = None
    profile: str | None = None
    only: Sequence[str] = ()
    select: str | None = None
    exclude: str | None = None
    simulate: bool = False
    max_instances: int | None = None
    lock: Path | None = None
    output_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the project that it belongs to, and the lock that it was made under."""

    project: Project
    plan: Plan
    selected: Collection[str] | None
    lock: LockFile


@dataclass(frozen=True, slots=True)
class OtherTree:
    """A tree of files, other than the working tree, in which a pipeline is read: how its file is shown, the project
    that it belongs to there, and what reads its media."""

    shown: str
    project: Project
    media: MediaMemory


Network = Literal["unused", "used", "refused"]
"""Whether remote media that is not pinned yet is left so, is fetched, or is a fault."""


def make(
    asked: Asked,
    catalog: Catalog | None = None,
    network: Network = "unused",
    locked_by: LockFile | None = None,
    tree: OtherTree | None = None,
) -> Planned:
    """Read the pipeline and plan it under its lock, or under the one given. Raises a CallsheetError with every problem
    found.

    Without a network this only reads, and writes what it read of media into a `.callsheet/` that is there already.
    """
    project = find_project(asked.file, os.environ) if tree is None else tree.project
    document = load(
        asked.file,
        shown=str(asked.file) if tree is None else tree.shown,
        profile=asked.profile,
        params=_pairs(asked.params, "--param", "K=V"),
        params_file=asked.params_file,
        only=_narrowed(asked.only),
    )
    catalog = catalog or catalogue_of(project)
    lock = locked_by or lock_of(asked)
    pins = NO_PINS if lock.lock is None else pins_of(lock.lock)
    media = MediaMemory(project.memory) if tree is None else tree.media
    picked = picks_path(asked.file, simulated=asked.simulate)
    picks = read_picks(picked, str(picked))
    set_aside: dict[str, str] = {}

    def planned() -> Planned:
        plan = make_plan(
            document,
            catalog,
            provider=SIMULATOR if asked.simulate else project.settings.provider,
            read_media=media.read,
            read_remote=lambda url: lock.media(url) or media.pinned(url),
            max_instances=asked.max_instances,
            picks=picks,
            set_aside=set_aside,
            pins=pins,
        )
        selected = None
        if asked.select is not None or asked.exclude is not None:
            selected = _selected(asked, Planned(project, plan, None, lock))
        return Planned(project, plan, selected, lock)

    made = planned()
    if network != "unused" and (wanted := unpinned(made.plan, made.selected)):
        if network == "refused":
            raise refusal(wanted)
        make_memory_folder(project.memory)
        media.fetch(wanted)
        made = planned()
    while stale := _stale_picks(made):
        set_aside |= stale
        made = planned()
    if network == "used":
        make_memory_folder(project.memory)
    media.save()
    if not asked.simulate:
        made = replace(made, plan=with_past_costs(made.plan, _past_costs(project, made.plan.provider)))
    return made


def _stale_picks(made: Planned) -> Mapping[str, str]:
    """The picks that the plan relies on and that the journal shows to be of other footage, with the reason."""
    if not made.plan.picks:
        return {}
    with memories(made.project, write=False) as (journal, blobs):
        return stale_picks(made.plan, decisions(replace(made, selected=None), journal, blobs), journal)


def _selected(asked: Asked, planned: Planned) -> Collection[str]:
    from callsheet.plan.select import select

    return select(planned.plan, asked.select, asked.exclude, lambda: _states(asked, planned))


def _states(asked: Asked, planned: Planned) -> Mapping[str, Collection[str]]:
    """What `state:` selects by; the journal and the manifest are opened only when that is asked."""
    from callsheet.cli.selection import states_of

    return states_of(planned, output_folder(asked, asked.output_dir))


def lock_of(asked: Asked) -> LockFile:
    """The lock that a command is about. Raises a DataFault where it is wrong."""
    return lock_file(asked.file, asked.profile, asked.lock)


def _past_costs(project: Project, provider: str) -> Callable[[str], Sequence[float]]:
    """Reads what renders of a route did cost from the project's journal, which is opened only when that is asked."""

    def costs(route: str) -> Sequence[float]:
        with memories(project, write=False) as (journal, _):
            past = journal.estimate_history(route, provider)
        return [one.cost_usd for one in past if one.cost_usd is not None]

    return costs


def output_folder(asked: Asked, output_dir: Path | None) -> Path:
    """Where outputs go: as said, else `renders/` beside the pipeline, `previews/` when simulated."""
    return output_dir or asked.file.absolute().parent / ("previews" if asked.simulate else "renders")


@contextmanager
def memories(project: Project, *, write: bool) -> Iterator[tuple[Journal, Blobs]]:
    """The project's journal and store. Where there is none yet, reading one makes none."""
    database = project.memory / "state.db"
    if write:
        make_memory_folder(project.memory)
    journal = Journal(database if write or database.exists() else Path(":memory:"))
    try:
        yield journal, Blobs(project.memory / "store")
    finally:
        journal.close()


def make_memory_folder(folder: Path) -> None:
    """`.callsheet/` with a `.gitignore` of its own, so that it never gets into a commit by accident."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise DataFault(Problem("memory-unwritable", f"`{folder}` can't be written: {error.strerror}")) from None


def decisions(
    planned: Planned,
    journal: Journal,
    blobs: Blobs,
    *,
    rerender: bool = False,
    submit: bool = True,
    requests: Requests = dict,
    former: Callable[[str], Former | None] = lambda instance: None,
) -> Mapping[str, Decision]:
    """What a run would do to each instance. `requests` reads those that the journal may have lost, `former` what an
    instance was asked with before."""
    decider = Decider(
        planned.plan,
        journal,
        blobs,
        stored_media_reader(blobs),
        planned.selected,
        rerender=rerender,
        submit=submit,
        is_claimed=_claimed(planned.project),
        requests=requests,
        locked=what_is_locked(planned),
        former=former,
    )
    return decider.decide()


def _claimed(project: Project) -> Callable[[str], bool]:
    """Says whether a live run works on a key."""
    path = project.memory / "claims"

    def is_claimed(key: str) -> bool:
        if not path.exists():
            return False
        from callsheet.run.claim import Claims

        with Claims(path) as claims:
            return not claims.is_free(key)

    return is_claimed


def media_reader() -> Callable[[Path], MediaInfo]:
    """Reads a file's facts, once a file; the media libraries are imported when the first one is read."""
    known: dict[Path, MediaInfo] = {}

    def read(path: Path) -> MediaInfo:
        if path not in known:
            from callsheet.media.read import read_media

            known[path] = read_media(path)
        return known[path]

    return read


def stored_media_reader(blobs: Blobs) -> Callable[[Output], MediaInfo]:
    """Reads the facts of an output that is in the store."""
    read = media_reader()
    return lambda output: read(blobs.path(output.sha256))


def _narrowed(words: Sequence[str]) -> dict[str, list[str]]:
    """`--only AXIS=ID[,ID]`; several for one axis name its ids together."""
    only: dict[str, list[str]] = {}
    for word in words:
        for axis, ids in _pairs([word], "--only", "AXIS=ID[,ID]").items():
            if not all(ids.split(",")):
                raise UsageFault(Problem("bad-option", f"`--only {word}` is not of the form AXIS=ID[,ID]"))
            only.setdefault(axis, []).extend(ids.split(","))
    return only


def _pairs(words: Sequence[str], option: str, form: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageFault(Problem("bad-option", f"`{option} {word}` is not of the form {form}"))
        pairs[name] = value
    return pairs
