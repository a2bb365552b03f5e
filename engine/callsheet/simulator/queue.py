"""Requests and the queue they pass through: in_queue, in_progress, then completed, failed or cancelled."""

from __future__ import annotations

import heapq
import math
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from callsheet.simulator.brief import Brief
from callsheet.simulator.studio import Work

FAILED = "the render failed (simulated)"
_OVER = ("completed", "failed", "cancelled")


@dataclass(slots=True, eq=False)
class Request:
    """One accepted submit. Times are of the queue's clock: `ready` when it may leave the queue, `seconds` how long it
    is in progress; `fault` is `failed`, `failed-billed` or `stuck` where that is its fate; `calls` counts looks at it
    per point."""

    id: str
    number: int
    identity: str
    brief: Brief
    cost: float
    created: float
    ready: float
    seconds: float
    fault: str | None = None
    state: str = "in_queue"
    started: float | None = None
    due: float = math.inf
    finished: float | None = None
    work: Work | None = None
    error: str | None = None
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def billed(self) -> float:
        """What it costs: nothing once it was cancelled, or failed as most do."""
        free = self.state == "cancelled" or (self.state == "failed" and self.fault != "failed-billed")
        return 0.0 if free else self.cost


class Queue:
    """First come, first served, with so many slots. Nothing runs by itself: `advance` catches up with the clock.

    `start` is called for each request whose turn has come and gives the work that it waits for, if any.
    """

    def __init__(self, slots: int, clock: Callable[[], float], start: Callable[[Request], Work | None]) -> None:
        self.billed = 0.0
        self._slots = slots
        self._clock = clock
        self._start = start
        self._waiting: OrderedDict[str, Request] = OrderedDict()
        self._running: list[tuple[float, int, Request]] = []
        self._caught_up = -math.inf

    def add(self, request: Request) -> None:
        """Take a request in and bill it."""
        self._waiting[request.id] = request
        self.billed += request.cost
        self.advance()

    def state(self, request: Request) -> str:
        """Where the request stands now. It is over once its time is up and its work done."""
        now = self.advance()
        if request.state == "in_progress" and request.due <= now and request.fault != "stuck":
            if request.fault in ("failed", "failed-billed"):
                self._end(request, "failed", request.due, FAILED)
            elif request.work is None:
                self._end(request, "completed", request.due)
            elif request.work.done_at is not None:
                error = request.work.error
                self._end(request, "failed" if error else "completed", max(request.due, request.work.done_at), error)
        return request.state

    def position(self, request: Request) -> int:
        """Its place among those that wait; 1 is next."""
        return next(place for place, other in enumerate(self._waiting, start=1) if other == request.id)

    def cancel(self, request: Request) -> bool:
        """Take it out of the queue; False where its turn has come already."""
        if self.state(request) != "in_queue":
            return request.state == "cancelled"
        del self._waiting[request.id]
        self._end(request, "cancelled", self._clock())
        return True

    def next_event(self) -> float:
        """When something happens next, on the clock; infinity if nothing will."""
        end = self._running[0][0] if self._running else math.inf
        return min(end, self._next_start())

    def advance(self) -> float:
        """Start and end whatever was due until now; gives the time it is."""
        now = self._clock()
        while (at := max(self.next_event(), self._caught_up)) <= now:
            self._caught_up = at
            if self._running and self._running[0][0] <= at:
                heapq.heappop(self._running)
                continue
            _, request = self._waiting.popitem(last=False)
            request.state, request.started, request.due = "in_progress", at, at + request.seconds
            heapq.heappush(self._running, (request.due, request.number, request))
            request.work = self._start(request)
        self._caught_up = now
        return now

    def _next_start(self) -> float:
        if not self._waiting or len(self._running) >= self._slots:
            return math.inf
        return max(next(iter(self._waiting.values())).ready, self._caught_up)

    def _end(self, request: Request, state: str, at: float, error: str | None = None) -> None:
        request.state, request.finished, request.error = state, at, error
        self.billed -= request.cost - request.billed


def is_over(state: str) -> bool:
    return state in _OVER
