"""A run put on record as it goes on: one NDJSON file a run, for those who watch from another process or look back."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from callsheet.plan.job import Plan
from callsheet.run.events import Change
from callsheet.run.outcome import Action, Decision, InstanceOutcome, PlacedOutput, RunOutcome, State

FORMAT = 1
KEPT = 20
_DOING = frozenset((Action.render, Action.shared, Action.attach, Action.local))


@dataclass(frozen=True, slots=True)
class About:
    """What a record says of its run: a name of its own, and where it writes to, relative to the project's root."""

    run: str
    file: str
    folder: str


class RunRecord:
    """A listener that writes a run's record into `folder`; of what was there already nothing is told, and a run that
    has nothing to do leaves no record. The file is locked while the run lives, so that a reader can tell a run that
    goes on from one that died. `outputs` is the folder that the run writes to, `clock` gives seconds since 1970."""

    def __init__(self, folder: Path, about: About, outputs: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._about = about
        self._outputs = outputs.absolute()
        self._clock = clock
        self._stream: TextIO | None = None
        self._last: dict[str, tuple[State, int | None] | None] = {}

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        jobs = [job for job in plan.jobs if decisions[job.id].action in _DOING]
        if not jobs:
            return
        begun = self._clock()
        self._folder.mkdir(parents=True, exist_ok=True)
        _sweep(self._folder)
        self._stream = (self._folder / f"{int(begun * 1000):014d}-{self._about.run}.ndjson").open("x", encoding="utf-8")
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        self._last = dict.fromkeys(job.id for job in jobs)
        self._write(
            {
                "event": "started",
                "record": FORMAT,
                "run": self._about.run,
                "at": round(begun, 3),
                "pipeline": plan.document.name,
                "provider": plan.provider,
                "file": self._about.file,
                "folder": self._about.folder,
                "jobs": {
                    job.id: {
                        "kind": job.kind,
                        "made_by": job.made_by,
                        "needs": [need for need in job.needs if need in self._last],
                    }
                    for job in jobs
                },
            }
        )

    def changed(self, change: Change) -> None:
        about = change.state, change.queue_position
        if self._stream is None or self._last.get(change.instance, about) == about:
            return
        self._last[change.instance] = about
        event: dict[str, object] = {
            "event": "state",
            "at": round(change.at, 3),
            "instance": change.instance,
            "state": change.state.value,
        }
        told = {"queue_position": change.queue_position, "cost_usd": change.cost_usd, "detail": change.detail}
        event |= {name: value for name, value in told.items() if value is not None}
        if change.outcome is not None:
            event |= self._came_of(change.outcome)
        self._write(event)

    def noticed(self, text: str, at: float) -> None:
        self._write({"event": "notice", "at": round(at, 3), "detail": text})

    def finished(self, outcome: RunOutcome) -> None:
        if self._stream is not None:
            self._write(
                {
                    "event": "finished",
                    "at": round(outcome.totals.seconds, 3),
                    "status": outcome.status,
                    "exit_code": outcome.exit_code,
                    "submitted": outcome.totals.submitted,
                    "cost_usd": outcome.totals.cost_usd,
                }
            )

    def close(self) -> None:
        """Let go of the file, and with it of the lock."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()

    def _came_of(self, outcome: InstanceOutcome) -> dict[str, object]:
        told: dict[str, object] = {
            "key": outcome.key,
            "request_id": outcome.request_id,
            "shared_with": outcome.shared_with,
            "seconds": outcome.seconds,
        }
        came: dict[str, object] = {name: value for name, value in told.items() if value is not None}
        if outcome.error is not None:
            came["error"] = {"code": outcome.error.code, "hint": outcome.error.hint}
        if outcome.outputs:
            came["outputs"] = [self._output(output) for output in outcome.outputs]
        return came

    def _output(self, output: PlacedOutput) -> dict[str, object]:
        return {
            "name": output.name,
            "path": Path(os.path.relpath(output.path, self._outputs)).as_posix(),
            "sha256": output.sha256,
            "bytes": output.bytes,
            "media_type": output.media_type,
        }

    def _write(self, event: Mapping[str, object]) -> None:
        if self._stream is not None:
            self._stream.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._stream.flush()


@dataclass(frozen=True, slots=True)
class Told:
    """One change of an instance, as recorded: `at` counts seconds since the run began, `facts` are what else is known:
    `queue_position`, `cost_usd`, `detail`, and once it is over `key`, `request_id`, `seconds`, `error`, `outputs`."""

    at: float
    state: State
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record as read: who ran, `jobs` (id -> kind, made_by, needs) that were to be done, what happened to each, and
    how it ended: None while it goes on, or where the process died. `lives` says which of the two; `notices` are what
    was in the way."""

    path: Path
    about: About
    pipeline: str
    provider: str
    begun: float
    jobs: Mapping[str, Mapping[str, Any]]
    told: Mapping[str, tuple[Told, ...]]
    ended: Mapping[str, Any] | None
    lives: bool
    notices: tuple[str, ...] = ()
    size: int = field(compare=False, default=0)


def records(folder: Path) -> list[Path]:
    """The records in a folder, the latest first."""
    return sorted(folder.glob("*-*.ndjson"), reverse=True) if folder.is_dir() else []


def latest_record(folder: Path, root: Path, outputs: Path) -> Recorded | None:
    """The record in `folder` of the latest run of the project at `root` that wrote to `outputs`; None for none."""
    for path in records(folder):
        found = read_record(path)
        if found is not None and (root / found.about.folder).resolve() == outputs.resolve():
            return found
    return None


def read_record(path: Path) -> Recorded | None:
    """What a record says so far; None where it is gone or is none. A line that is still being written is left out."""
    try:
        with path.open("rb") as file:
            lives = not _is_free(file.fileno())
            text = file.read()
    except OSError:
        return None
    lines = text[: text.rfind(b"\n") + 1].splitlines()
    try:
        events: list[dict[str, Any]] = [json.loads(line) for line in lines]
        first = events[0]
        if first["event"] != "started" or first["record"] != FORMAT:
            return None
        told: dict[str, list[Told]] = {}
        for event in events:
            if event["event"] == "state":
                facts = {name: value for name, value in event.items() if name not in _OWN}
                told.setdefault(event["instance"], []).append(Told(event["at"], State(event["state"]), facts))
        ended = events[-1] if events[-1]["event"] == "finished" else None
        about = About(first["run"], first["file"], first["folder"])
        notices = tuple(event["detail"] for event in events if event["event"] == "notice")
        whole = {instance: tuple(all_told) for instance, all_told in told.items()}
        return Recorded(
            path, about, first["pipeline"], first["provider"], first["at"], first["jobs"], whole, ended,
            lives and ended is None, notices, len(text),
        )  # fmt: skip
    except (ValueError, LookupError, TypeError):
        return None


_OWN = frozenset(("event", "at", "instance", "state"))


def _is_free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Keep the latest records only; one that another run still writes stays readable to those who have it open."""
    for old in records(folder)[KEPT - 1 :]:
        with suppress(OSError):
            old.unlink()
