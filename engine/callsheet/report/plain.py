"""A run told line by line, for logs and pipes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from callsheet.plan.job import Plan
from callsheet.report.plan_text import totals_line
from callsheet.report.screen import counted, inert, usd
from callsheet.report.tally import Tally
from callsheet.run.events import Change
from callsheet.run.outcome import Decision, RunOutcome, State

_QUIET = frozenset((State.waiting, State.downloading, State.working, State.cached, State.skipped))


def can_draw(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether live progress may be drawn on `stream`: a terminal that is no `dumb` one and no log of a CI service."""
    return stream.isatty() and environ.get("TERM", "") not in ("", "dumb") and not environ.get("CI")


class PlainListener:
    """Writes one line per change of state that matters; what was cached or not selected is only counted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tally: Tally | None = None

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        self._tally = Tally(plan, decisions)
        self._write(f"{inert(plan.document.name)}: {totals_line(plan, decisions)}")

    def changed(self, change: Change) -> None:
        if self._tally is None or not self._tally.take(change):
            return
        falls_back = change.state is State.waiting and change.detail is not None
        if change.state in _QUIET and not falls_back:
            return
        self._write(f"{_clock(change.at)} {inert(change.instance)}  {change.state.value}{self._more(change)}")

    def noticed(self, text: str, at: float) -> None:
        self._write(f"{_clock(at)} {inert(text)}")

    def finished(self, outcome: RunOutcome) -> None:
        if self._tally is None:
            return
        quiet = [(self._tally.counts[state], state.value) for state in (State.cached, State.skipped)]
        told = ", ".join(f"{counted(number, 'instance')} {word}" for number, word in quiet if number)
        if told:
            self._write(f"{_clock(outcome.totals.seconds)} {told}")

    def close(self) -> None:
        """Nothing is held open; here so that both listeners end alike."""
        self._stream.flush()

    def _more(self, change: Change) -> str:
        parts = []
        if change.state is State.queued and change.queue_position is not None:
            parts.append(f"position {change.queue_position}")
        if change.state is State.succeeded and change.cost_usd is not None:
            parts.append(f"{usd(change.cost_usd)} USD")
        if change.detail:
            parts.append(inert(change.detail))
        return "".join(f"  {part}" for part in parts)

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


def _clock(seconds: float) -> str:
    return f"[{seconds:6.1f}s]"
