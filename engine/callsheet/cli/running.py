"""From decisions to an outcome: opens the provider and the memories, runs, and writes down what came of it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet.catalog.route import Route
from callsheet.cli.catalogue import catalogue_of
from callsheet.cli.listeners import EventFile, Everyone, close_quietly, event_stream
from callsheet.cli.locking import what_is_locked
from callsheet.cli.planning import (
    Asked,
    Planned,
    decisions,
    make,
    memories,
    output_folder,
    stored_media_reader,
)
from callsheet.cli.recovery import recover
from callsheet.makers.maker import Maker
from callsheet.plan.job import Job
from callsheet.plan.make import SIMULATOR
from callsheet.problems import DataFault, Problem, RetryableFault
from callsheet.report.plain import PlainListener, can_draw
from callsheet.run.budget import Budget
from callsheet.run.claim import Claims
from callsheet.run.execute import Execution, Limits
from callsheet.run.outcome import Action, Decision, RunOutcome
from callsheet.run.publish import Publisher
from callsheet.run.record import About, RunRecord
from callsheet.run.work import Consent, Memory
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal

if TYPE_CHECKING:
    from callsheet.cli.project import AssetSettings
    from callsheet.makers.remote.bucket import Bucket
    from callsheet.makers.remote.client import RemoteMaker
    from callsheet.run.events import Listener

SIMULATED_SPEED = 60.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the command line says about a run."""

    budget: float | None = None
    allow_unpriced: bool = False
    submit: bool = True
    offline: bool = False
    rerender: bool = False
    concurrency: int | None = None
    timeout: float | None = None
    fail_fast: bool = False
    output_dir: Path | None = None
    force: bool = False
    events: Path | None = None
    speed: float = SIMULATED_SPEED
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over, with the plan it was of and the folder it wrote to."""

    planned: Planned
    decisions: Mapping[str, Decision]
    outcome: RunOutcome
    folder: Path
    spent: float


def renders(planned: Planned, decided: Mapping[str, Decision]) -> list[str]:
    """The instances that would be submitted."""
    jobs = planned.plan.by_id
    return [one for one, what in decided.items() if what.action is Action.render and jobs[one].kind == "route"]


def paid_work(planned: Planned, decided: Mapping[str, Decision]) -> list[str]:
    """The instances that would be submitted to a provider that charges."""
    return [] if planned.plan.provider == SIMULATOR else renders(planned, decided)


def may_follow(planned: Planned, decided: Mapping[str, Decision]) -> list[Job]:
    """What would be submitted to a provider that charges should a request in flight fail: one job for each."""
    if planned.plan.provider == SIMULATOR:
        return []
    attached = {one: what for one, what in decided.items() if what.action is Action.attach}
    jobs = [planned.plan.by_id[one].attempts[what.rank] for one, what in attached.items()]
    return [job.fallbacks[0] for job in jobs if job.fallbacks]


def _check_writable(folder: Path) -> None:
    """Refuse an output folder that can't be written, before anything is spent on what should go there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        hint = "choose another with `--output-dir`"
        message = f"the output folder `{os.path.relpath(folder)}` can't be written: {error.strerror}"
        raise DataFault(Problem("output-unwritable", message, hint=hint)) from None


def execute(planned: Planned, decided: Mapping[str, Decision], asked: Asked, terms: Terms) -> Report:
    """Do what was decided. Raises only for what concerns the run as a whole."""
    gc.freeze()
    gc.enable()
    folder = output_folder(asked, terms.output_dir)
    _check_writable(folder)
    with memories(planned.project, write=True) as (journal, blobs):
        run_id = uuid.uuid4().hex[:12]
        scratch = planned.project.memory / "scratch" / f"{os.getpid()}-{run_id}"
        _sweep(scratch.parent)
        with Claims(planned.project.memory / "claims") as claims:
            memory = Memory(journal, blobs, claims, scratch, what_is_locked(planned, strict=terms.locked))
            publisher = Publisher(folder, planned.project.root, journal.places, blobs, force=terms.force)
            budget = Budget(terms.budget, terms.allow_unpriced, planned.project.settings.budget)
            if paid_work(planned, decided) or may_follow(planned, decided):
                journal.spare.keep()
            number = journal.runs.started(planned.plan.document.name, planned.plan.provider)
            try:
                outcome = asyncio.run(_run(planned, decided, asked, terms, memory, publisher, budget, run_id))
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
            with suppress(RetryableFault):
                journal.runs.finished(number, outcome.status)
    return Report(planned, decided, outcome, folder, budget.spent)


def plan_and_decide(asked: Asked, terms: Terms) -> tuple[Planned, Mapping[str, Decision]]:
    """The plan and what a run on these terms would do. Unfinished simulated requests are forgotten first."""
    planned = make(asked, network="refused" if terms.offline else "used")
    with memories(planned.project, write=True) as (journal, blobs):
        if asked.simulate:
            _discard_simulated(planned, journal)
        return planned, decide(planned, journal, blobs, terms, output_folder(asked, terms.output_dir))


def decide_again(planned: Planned, asked: Asked, terms: Terms) -> Mapping[str, Decision]:
    """What a run on these terms would do now, or with another selection."""
    with memories(planned.project, write=True) as (journal, blobs):
        return decide(planned, journal, blobs, terms, output_folder(asked, terms.output_dir))


def decide(planned: Planned, journal: Journal, blobs: Blobs, terms: Terms, folder: Path) -> Mapping[str, Decision]:
    """What a run on these terms would do. Where something would be bought, or is missing, that the manifest of an
    earlier run knows and the journal does not, the journal learns it first."""
    decided = decisions(planned, journal, blobs, rerender=terms.rerender, submit=terms.submit)
    wanting = paid_work(planned, decided) or any(one.action is Action.missing for one in decided.values())
    if wanting and recover(planned.plan.provider, folder, journal, blobs):
        decided = decisions(planned, journal, blobs, rerender=terms.rerender, submit=terms.submit)
    return decided


def _discard_simulated(planned: Planned, journal: Journal) -> None:
    """Requests of an embedded simulator end with its process; those of a live process beside this one are kept."""
    unfinished = [entry.key for entry in journal.unfinished(SIMULATOR)]
    if not unfinished:
        return
    with Claims(planned.project.memory / "claims") as claims:
        journal.discard([key for key in unfinished if claims.take(key)])


async def _run(
    planned: Planned,
    decided: Mapping[str, Decision],
    asked: Asked,
    terms: Terms,
    memory: Memory,
    publisher: Publisher,
    budget: Budget,
    run_id: str,
) -> RunOutcome:
    settings = planned.project.settings
    async with AsyncExitStack() as stack:
        makers: dict[str, Maker] = {}
        remote: RemoteMaker | None = None
        if _has(planned, decided, "route"):
            remote = await stack.enter_async_context(_provider(planned, asked, terms, memory.journal))
            makers["route"] = remote
        if _has(planned, decided, "step"):
            from callsheet.makers.steps.table import StepMaker

            makers["step"] = StepMaker()
        execution = Execution(
            planned.plan,
            decided,
            memory,
            makers,
            publisher,
            _listener(stack, terms, _record(planned, asked, publisher.folder, run_id)),
            stored_media_reader(memory.blobs),
            time.monotonic,
            run_id=run_id,
            budget=budget,
            consent=Consent(terms.submit, terms.rerender, terms.timeout),
            limits=Limits(terms.concurrency or settings.concurrency, settings.per_route, terms.fail_fast),
            cancel=remote.cancel if remote is not None and not asked.simulate else None,
        )
        with _Interruptible(execution):
            return await execution.run()


def _has(planned: Planned, decided: Mapping[str, Decision], kind: str) -> bool:
    doing = (Action.render, Action.attach, Action.local)
    return any(what.action in doing and planned.plan.by_id[one].kind == kind for one, what in decided.items())


@asynccontextmanager
async def _provider(planned: Planned, asked: Asked, terms: Terms, journal: Journal) -> AsyncIterator[RemoteMaker]:
    from callsheet.cli.access import the_token
    from callsheet.makers.remote.client import RemoteMaker
    from callsheet.makers.remote.token import Secret

    settings = planned.project.settings
    if asked.simulate:
        from callsheet.simulator.serve import serve
        from callsheet.simulator.settings import Settings as SimulatorSettings

        async with (
            serve(SimulatorSettings(speed=terms.speed, more_routes=_own_routes(planned))) as server,
            RemoteMaker(server.base_url, Secret(SIMULATOR), label=True) as maker,
        ):
            yield maker
        return

    def history(route: str) -> Sequence[float]:
        return [past.seconds for past in journal.estimate_history(route, planned.plan.provider)]

    async with RemoteMaker(
        settings.base,
        the_token(),
        download_hosts=settings.download_hosts,
        history=history,
        assets=_asset_store(settings.assets),
        reads_per_second=settings.requests_per_second,
    ) as maker:
        yield maker


def _asset_store(asked: AssetSettings | None) -> Bucket | None:
    """Where media go that are too large for a request; None where the project names no bucket."""
    if asked is None:
        return None
    from callsheet.makers.remote.bucket import Bucket

    return Bucket(
        asked.url, os.environ, endpoint=asked.endpoint, region=asked.region, expires_hours=asked.expires_hours
    )


def _own_routes(planned: Planned) -> tuple[Mapping[str, object], ...]:
    """The descriptions of the plan's routes that the project has in files of its own, for the simulator to offer."""
    shapes = (*planned.plan.shapes.values(), *planned.plan.fallback_routes.values())
    routes = {shape.id for shape in shapes if isinstance(shape, Route)}
    return tuple(catalogue_of(planned.project).own_descriptions(routes))


def _record(planned: Planned, asked: Asked, folder: Path, run_id: str) -> RunRecord:
    """What puts the run on record, for `review` beside it and for `timeline`."""
    root = planned.project.root
    about = About(run_id, os.path.relpath(asked.file.absolute(), root), os.path.relpath(folder, root))
    return RunRecord(planned.project.runs, about, folder, time.time)


def _listener(stack: AsyncExitStack, terms: Terms, record: RunRecord) -> Listener:
    listeners: list[Listener] = [record]
    stack.callback(record.close)
    if can_draw(sys.stderr, os.environ):
        from callsheet.report.terminal import live_listener

        live = live_listener(sys.stderr, os.environ)
        stack.callback(live.close)
        listeners.append(live)
    else:
        listeners.append(PlainListener(sys.stderr))
    if terms.events is not None:
        stream = event_stream(terms.events)
        stack.callback(close_quietly, stream)
        listeners.append(EventFile(stream))
    return Everyone(listeners)


class _Interruptible:
    """While this is open, SIGINT and SIGTERM end the run in good order; a second one ends the process at once."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution

    def __enter__(self) -> None:
        self.loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, self._interrupt, number)

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.remove_signal_handler(number)

    def _interrupt(self, number: signal.Signals) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            self.loop.remove_signal_handler(one)
            signal.signal(one, signal.SIG_DFL)
        sys.stderr.write("callsheet: stopping; what is queued at the provider is cancelled. Once more leaves at once\n")
        self.execution.interrupt()


def _sweep(folder: Path) -> None:
    """Remove what processes that are gone left behind."""
    for left in folder.glob("*-*"):
        process = left.name.split("-", 1)[0]
        if process.isdecimal() and not _is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
