"""When submitting stops: for a route that answers every submit with the same server error, and for all routes once the
token is rejected or the balance exhausted."""

from __future__ import annotations

from dataclasses import dataclass, field

from callsheet.makers.outcome import StopSubmitting, problem
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.wire import Meaning, Verdict
from callsheet.problems import UpstreamFault


@dataclass(slots=True)
class _Row:
    """Equal server errors in a row."""

    answer: tuple[int, int | None]
    length: int = 0


@dataclass(slots=True)
class Circuit:
    """Asked before every submit, told of every answer. What is open stays open for this run: each try costs an answer
    that leaves a submit unknown."""

    limits: Limits
    _rows: dict[str, _Row] = field(default_factory=dict)
    _stop: StopSubmitting | None = None

    def check(self, instance: str, route: str) -> None:
        """Raise where nothing may be submitted to the route any more."""
        if self._stop is not None:
            raise StopSubmitting(self._stop.problems)
        row = self._rows.get(route)
        if row is not None and row.length >= self.limits.equal_errors:
            status, code = row.answer
            said = f"HTTP {status}" + (f", error {code}" if code else "")
            raise UpstreamFault(
                problem(
                    "route-failing",
                    f"`{instance}` was not submitted: the last {row.length} submits to `{route}` were all answered"
                    f" {said}",
                    "nothing more is submitted to this route in this run; run again later",
                )
            )

    def hear(self, route: str, status: int, verdict: Verdict) -> None:
        """A submit was answered."""
        if verdict.meaning is not Meaning.SERVER:
            self._rows.pop(route, None)
            return
        answer = status, verdict.reply.error_code if verdict.reply else None
        row = self._rows.get(route)
        if row is None or row.answer != answer:
            row = self._rows[route] = _Row(answer)
        row.length += 1

    def unheard(self, route: str) -> None:
        """A submit was not answered at all: that is no server error, and ends a row of them."""
        self._rows.pop(route, None)

    def stop(self, fault: StopSubmitting) -> StopSubmitting:
        """Nothing more is submitted in this run; gives the fault back."""
        self._stop = self._stop or fault
        return fault
