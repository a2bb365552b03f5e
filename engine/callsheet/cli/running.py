"""From decisions to an outcome: opens the provider and the memories, runs, and writes down what came of it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet.cli.listeners import EventFile, Everyone, event_stream
from callsheet.cli.planning import Asked, Planned, decisions, make, memories, stored_media_reader
from callsheet.makers.maker import Maker
from callsheet.plan.make import SIMULATOR
from callsheet.problems import AccessFault, Problem
from callsheet.report.plain import PlainListener, can_draw
from callsheet.run.budget import Budget
from callsheet.run.claim import Claims
from callsheet.run.execute import Execution, Limits
from callsheet.run.outcome import Action, Decision, RunOutcome
from callsheet.run.publish import Publisher
from callsheet.run.work import Consent, Memory
from callsheet.store.journal import Journal

if TYPE_CHECKING:
    from callsheet.makers.remote.client import RemoteMaker
    from callsheet.run.events import Listener

SIMULATED_SPEED = 60.0
CANCEL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the command line says about a run."""

    budget: float | None = None
    allow_unpriced: bool = False
    submit: bool = True
    rerender: bool = False
    concurrency: int | None = None
    timeout: float | None = None
    fail_fast: bool = False
    output_dir: Path | None = None
    force: bool = False
    events: Path | None = None
    speed: float = SIMULATED_SPEED


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over, with the plan it was of and the folder it wrote to."""

    planned: Planned
    decisions: Mapping[str, Decision]
    outcome: RunOutcome
    folder: Path


def output_folder(asked: Asked, output_dir: Path | None) -> Path:
    """Where outputs go: as said, else `renders/` beside the pipeline, `previews/` when simulated."""
    return output_dir or asked.file.absolute().parent / ("previews" if asked.simulate else "renders")


def paid_work(planned: Planned, decided: Mapping[str, Decision]) -> list[str]:
    """The instances that would be submitted to a provider that charges."""
    if planned.plan.provider == SIMULATOR:
        return []
    jobs = planned.plan.by_id
    return [one for one, what in decided.items() if what.action is Action.render and jobs[one].kind == "route"]


def execute(planned: Planned, decided: Mapping[str, Decision], asked: Asked, terms: Terms) -> Report:
    """Do what was decided. Raises only for what concerns the run as a whole."""
    gc.freeze()
    gc.enable()
    folder = output_folder(asked, terms.output_dir)
    with memories(planned.project, write=True) as (journal, blobs):
        run_id = uuid.uuid4().hex[:12]
        scratch = planned.project.memory / "scratch" / f"{os.getpid()}-{run_id}"
        _sweep(scratch.parent)
        with Claims(planned.project.memory / "claims") as claims:
            memory = Memory(journal, blobs, claims, scratch)
            publisher = Publisher(folder, planned.project.root, journal.places, blobs, force=terms.force)
            number = journal.runs.started(planned.plan.document.name, planned.plan.provider)
            try:
                outcome = asyncio.run(_run(planned, decided, asked, terms, memory, publisher, run_id))
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
            journal.runs.finished(number, outcome.status)
    return Report(planned, decided, outcome, folder)


def plan_and_decide(asked: Asked, terms: Terms) -> tuple[Planned, Mapping[str, Decision]]:
    """The plan and what a run on these terms would do. Unfinished simulated requests are forgotten first."""
    planned = make(asked)
    with memories(planned.project, write=True) as (journal, blobs):
        if asked.simulate:
            _discard_simulated(planned, journal)
        return planned, decisions(planned, journal, blobs, rerender=terms.rerender, submit=terms.submit)


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
    run_id: str,
) -> RunOutcome:
    settings = planned.project.settings
    async with AsyncExitStack() as stack:
        makers: dict[str, Maker] = {}
        remote: RemoteMaker | None = None
        if _has(planned, decided, "route"):
            remote = await stack.enter_async_context(_provider(planned, asked, terms))
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
            _listener(stack, terms),
            stored_media_reader(memory.blobs),
            time.monotonic,
            run_id=run_id,
            budget=Budget(terms.budget, terms.allow_unpriced),
            consent=Consent(terms.submit, terms.rerender, terms.timeout),
            limits=Limits(terms.concurrency or settings.concurrency, settings.per_route, terms.fail_fast),
        )
        with _Interruptible(execution):
            outcome = await execution.run()
        if remote is not None:
            await _let_go(execution, remote, memory.journal)
        return outcome


def _has(planned: Planned, decided: Mapping[str, Decision], kind: str) -> bool:
    doing = (Action.render, Action.attach, Action.local)
    return any(what.action in doing and planned.plan.by_id[one].kind == kind for one, what in decided.items())


@asynccontextmanager
async def _provider(planned: Planned, asked: Asked, terms: Terms) -> AsyncIterator[RemoteMaker]:
    from callsheet.makers.remote.client import RemoteMaker
    from callsheet.makers.remote.token import Secret, find_token

    settings = planned.project.settings
    if asked.simulate:
        from callsheet.simulator.serve import serve
        from callsheet.simulator.settings import Settings as SimulatorSettings

        async with (
            serve(SimulatorSettings(speed=terms.speed)) as server,
            RemoteMaker(server.base_url, Secret(SIMULATOR), label=True) as maker,
        ):
            yield maker
        return
    token = find_token(os.environ, Path.home())
    if token is None:
        raise AccessFault(
            Problem(
                "no-token",
                "there is no token for the Model API",
                hint="set `RUNCOMFY_TOKEN`, or try it free with `--simulate`",
            )
        )
    async with RemoteMaker(settings.base, token, download_hosts=settings.download_hosts) as maker:
        yield maker


def _listener(stack: AsyncExitStack, terms: Terms) -> Listener:
    listeners: list[Listener] = []
    if can_draw(sys.stderr, os.environ):
        from callsheet.report.terminal import live_listener

        live = live_listener(sys.stderr, os.environ)
        stack.callback(live.close)
        listeners.append(live)
    else:
        listeners.append(PlainListener(sys.stderr))
    if terms.events is not None:
        listeners.append(EventFile(stack.enter_context(event_stream(terms.events))))
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
        self.loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
        self.execution.interrupt()


async def _let_go(execution: Execution, remote: RemoteMaker, journal: Journal) -> None:
    """After an interrupt: cancel what is queued; what runs on stays in the journal and is attached to next time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CANCEL_SECONDS):
            for job, request_id in execution.in_flight():
                key = execution.workshop.diaries[job.id].key
                if await remote.cancel(request_id):
                    journal.cancelled(key)
                    sys.stderr.write(f"{job.id}: request {request_id} is cancelled\n")
                else:
                    sys.stderr.write(f"{job.id}: request {request_id} goes on; the next run takes it up\n")


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
