"""Trying again: exponential backoff with full jitter, `Retry-After` honoured, bounded by time without progress."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from callsheet.makers.remote.limits import Limits


@dataclass(frozen=True, slots=True)
class Timing:
    """How time passes: a monotonic clock in seconds, a way to wait, the dice for the jitter, and the time of day in
    seconds since 1970 (only for a `Retry-After` date from a server that does not tell its own time)."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: random.Random = field(default_factory=random.Random)
    now: Callable[[], float] = time.time


class OutOfPatience(Exception):
    """Nothing came forward for too long, or the server asks to wait for longer than that."""


class Patience:
    """The patience for one thing that is tried again and again."""

    def __init__(self, limits: Limits, timing: Timing) -> None:
        self._limits = limits
        self._timing = timing
        self.progress()

    def progress(self) -> None:
        """Something came forward: the time starts anew and the next wait is a short one."""
        self._tries = 0
        self._until = self._timing.clock() + self._limits.patience

    async def wait(self, retry_after: float | None = None) -> None:
        """Wait before the next try; raises OutOfPatience where that would take too long."""
        ceiling = min(self._limits.retry_slowest, self._limits.retry_first * 2.0 ** min(self._tries, 20))
        self._tries += 1
        pause = (retry_after or 0.0) + self._timing.dice.uniform(0, ceiling)
        if self._timing.clock() + pause > self._until:
            raise OutOfPatience
        await self._timing.sleep(pause)


def retry_after(headers: Mapping[str, str], timing: Timing) -> float | None:
    """Seconds that a server asks to wait, said as a number or as an HTTP date; None where it does not say so."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    until = _http_date(text)
    if until is None:
        return None
    told = _http_date(headers.get("date", ""))
    return max(0.0, until - (timing.now() if told is None else told))


def _http_date(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
