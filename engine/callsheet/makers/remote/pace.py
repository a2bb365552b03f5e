"""When to ask again: sparse while a render can't be over yet, dense around the time when renders of its route end."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from callsheet.makers.remote.expectation import Expectation
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.patience import Timing

History = Callable[[str], Sequence[float]]
"""Seconds that finished renders of a route took from submit to done, the newest first; empty where nothing is known."""

_REMEMBERED = 256
_BRIEFEST = 0.001
_NEWS = 1.2
_LOOKS = 16


@dataclass(slots=True)
class _Route:
    """What is known of a route: how long renders took, when those under way began, and what was made of it."""

    logs: deque[float]
    begun: dict[int, float] = field(default_factory=dict)
    ended: int = 0
    known: Expectation | None = None
    learned_from: int = -1
    learned_at: float = 0.0


class Paces:
    """Learns from the journal's history and from what this run sees, the renders that still go on included: while many
    are under way at once, those that end first are the short ones."""

    def __init__(self, limits: Limits, timing: Timing, history: History) -> None:
        self._limits = limits
        self._timing = timing
        self._history = history
        self._routes: dict[str, _Route] = {}
        self._watches = 0

    def watch(self, route: str, *, fresh: bool) -> Watch:
        """Watch a render of the route that was submitted just now (`fresh`), or nobody here knows when."""
        if route not in self._routes:
            past = [math.log(max(one, _BRIEFEST)) for one in self._history(route)[:_REMEMBERED]]
            self._routes[route] = _Route(deque(reversed(past), _REMEMBERED))
        self._watches += 1
        return Watch(self, self._routes[route], self._watches, self._timing.clock(), fresh)

    def pause(self, route: _Route, elapsed: float | None, polls: int) -> float:
        """Seconds until the next poll of a render that began `elapsed` seconds ago, after so many polls. Where too
        little is known the pauses grow from poll to poll."""
        known = None if elapsed is None else self._expectation(route)
        if known is None or elapsed is None:
            return min(self._limits.poll_first * self._limits.poll_growth ** min(polls, 50), self._limits.poll_slowest)
        return known.pause(elapsed, self._limits.poll_first, self._limits.poll_sparse)

    def seconds_since(self, begun: float) -> float:
        return self._timing.clock() - begun

    def _expectation(self, route: _Route) -> Expectation | None:
        """Learned anew when there is news: a fifth more renders have ended, or a while has passed without any."""
        now = self._timing.clock()
        count = len(route.logs) + route.ended
        stale = route.known is not None and route.begun and now - route.learned_at > route.known.typical / _LOOKS
        if route.learned_from < 0 or count > route.learned_from * _NEWS or stale:
            going_on = [math.log(max(now - begun, _BRIEFEST)) for begun in route.begun.values()]
            route.known = Expectation.learned(route.logs, going_on, route.known)
            route.learned_from, route.learned_at = count, now
        return route.known


@dataclass(slots=True)
class Watch:
    """One render that is polled; a context manager, for what is no longer watched must not count as going on."""

    _paces: Paces
    _route: _Route
    _number: int
    _begun: float
    _fresh: bool
    _polls: int = 0
    _paused: float = 0.0

    def __enter__(self) -> Watch:
        if self._fresh:
            self._route.begun[self._number] = self._begun
        return self

    def __exit__(self, *_: object) -> None:
        self._route.begun.pop(self._number, None)

    def pause(self) -> float:
        """Seconds to wait before the next poll."""
        elapsed = self._paces.seconds_since(self._begun) if self._fresh else None
        self._paused = self._paces.pause(self._route, elapsed, self._polls)
        self._polls += 1
        return self._paused

    def ended(self) -> None:
        """It was just found to be over: it ended, on average, half a pause ago."""
        if self._fresh:
            self._route.logs.append(math.log(max(self._paces.seconds_since(self._begun) - self._paused / 2, _BRIEFEST)))
            self._route.ended += 1
