"""Who is told of a run: the terminal, and a file of events."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from callsheet.plan.job import Plan
from callsheet.problems import DataFault, Problem
from callsheet.run.events import Change, Listener
from callsheet.run.outcome import Decision, RunOutcome


class Everyone:
    """Tells several listeners the same. One whose screen or file can't be written to is told nothing more: what is paid
    for does not stop for it."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self.listeners = list(listeners)

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        self._tell(lambda listener: listener.started(plan, decisions))

    def changed(self, change: Change) -> None:
        self._tell(lambda listener: listener.changed(change))

    def noticed(self, text: str, at: float) -> None:
        self._tell(lambda listener: listener.noticed(text, at))

    def finished(self, outcome: RunOutcome) -> None:
        self._tell(lambda listener: listener.finished(outcome))

    def _tell(self, said: Callable[[Listener], None]) -> None:
        for listener in list(self.listeners):
            try:
                said(listener)
            except OSError:
                self.listeners.remove(listener)


class EventFile:
    """NDJSON: one line a change of state, as it happens; progress inside a state is left out."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._last: dict[str, str] = {}

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        self._write({"event": "started", "pipeline": plan.document.name, "instances": len(plan.jobs)})

    def changed(self, change: Change) -> None:
        about = f"{change.state.value}/{change.queue_position}"
        if self._last.get(change.instance) == about:
            return
        self._last[change.instance] = about
        event: dict[str, object] = {
            "event": "state",
            "at": round(change.at, 3),
            "instance": change.instance,
            "state": change.state.value,
        }
        extra = {"queue_position": change.queue_position, "cost_usd": change.cost_usd, "detail": change.detail}
        extra["route"] = change.route
        self._write(event | {name: value for name, value in extra.items() if value is not None})

    def noticed(self, text: str, at: float) -> None:
        self._write({"event": "notice", "at": round(at, 3), "detail": text})

    def finished(self, outcome: RunOutcome) -> None:
        self._write({"event": "finished", "status": outcome.status, "exit_code": outcome.exit_code})

    def _write(self, event: Mapping[str, object]) -> None:
        self.stream.write(json.dumps(event, ensure_ascii=False) + "\n")
        with suppress(BrokenPipeError):
            self.stream.flush()


def event_stream(path: Path) -> TextIO:
    """The file for events, opened; a DataFault where it can't be written, or holds something other than events."""
    try:
        if path.is_file() and path.stat().st_size and not _holds_events(path):
            hint = "choose another name, or move it away"
            raise DataFault(Problem("events-in-the-way", f"`{path}` is there and holds no events", hint=hint))
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise DataFault(Problem("events-unwritable", f"`{path}` can't be written: {error.strerror}")) from None


def close_quietly(stream: TextIO) -> None:
    """Close a file whose last words may have no room."""
    with suppress(OSError):
        stream.close()


def _holds_events(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(9) == b'{"event":'
