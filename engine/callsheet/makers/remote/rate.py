"""How often a run asks: one allowance for all its reads, however many requests are under way."""

from __future__ import annotations

from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.patience import Timing


class Rate:
    """Lets `reads_per_second` reads through, and `reads_in_a_burst` at once after a pause; the others wait in line."""

    def __init__(self, limits: Limits, timing: Timing) -> None:
        self._apart = 1.0 / limits.reads_per_second
        self._burst = limits.reads_in_a_burst * self._apart
        self._timing = timing
        self._next = float("-inf")

    async def turn(self) -> None:
        """Wait for the next read's turn."""
        now = self._timing.clock()
        self._next = max(self._next, now - self._burst) + self._apart
        if self._next > now:
            await self._timing.sleep(self._next - now)
