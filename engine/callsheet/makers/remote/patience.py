"""Trying again: exponential backoff with full jitter, `Retry-After` honoured, bounded by time without progress."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from callsheet.makers.remote.limits import Limits


@dataclass(frozen=True, slots=True)
class Timing:
    """How time passes: a monotonic clock in seconds, a way to wait, and the dice for the jitter."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: random.Random = field(default_factory=random.Random)


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
