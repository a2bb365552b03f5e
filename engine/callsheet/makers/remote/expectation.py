"""How long a render takes, as a distribution, and the pause between polls that follows from it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Self

_FEWEST = 5
_LEAST_SPREAD = 0.05
_STRAGGLERS = 0.03
_FAR_OUT = 3.0
_ROUNDS = 5
_READS_A_RENDER = 1050.0
_ROOT_2 = math.sqrt(2.0)
_ROOT_2_PI = math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A log-normal distribution of seconds, and a few stragglers beside it."""

    mu: float
    sigma: float

    @classmethod
    def learned(cls, ended: Sequence[float], going_on: Iterable[float], before: Self | None = None) -> Self | None:
        """From the logarithms of seconds: of renders that have ended, and of the age of those that go on; None where
        too few have ended. `before` is what was learned so far, to start from.

        Those that go on will end later than now: each round takes, for each of them, what is to be expected of it
        under the estimate so far (expectation maximisation). Those far older than expected are stragglers and do not
        count.
        """
        if len(ended) < _FEWEST:
            return None
        ages = list(going_on)
        mu, sigma = (before.mu, before.sigma) if before else (fmean(ended), max(pstdev(ended), _LEAST_SPREAD))
        known, squares = sum(ended), sum(log * log for log in ended)
        for _ in range(_ROUNDS):
            total, total_squares, count = known, squares, len(ended)
            for age in ages:
                beyond = (age - mu) / sigma
                if beyond < _FAR_OUT:
                    rise = _hazard(beyond) * sigma
                    total += mu + rise
                    total_squares += mu * mu + sigma * sigma + (age + mu) * rise
                    count += 1
            mean = total / count
            mu, sigma = mean, max(math.sqrt(max(total_squares / count - mean * mean, 0.0)), _LEAST_SPREAD)
        return cls(mu, sigma)

    @property
    def typical(self) -> float:
        """The median in seconds."""
        return math.exp(self.mu)

    def unfinished(self, seconds: float) -> float:
        """The share of renders that take longer than this."""
        if seconds <= 0:
            return 1.0
        usual = 0.5 * math.erfc((math.log(seconds) - self.mu) / (self.sigma * _ROOT_2))
        return (1 - _STRAGGLERS) * usual + _STRAGGLERS / (1 + (seconds / self.typical) ** 2)

    def pause(self, elapsed: float, shortest: float, longest: float) -> float:
        """Seconds to wait after `elapsed`: the pause whose expected delay has become worth one more read.

        A longer pause risks more delay (its length times the chance that the render ends within it); the price of a
        read is a fixed part of the route's typical duration, so that a short render is noticed as promptly, for its
        length, as a long one.
        """
        price = self.typical / _READS_A_RENDER
        left = self.unfinished(elapsed)
        low, high = shortest, longest
        while high - low > 0.02 * low:
            middle = (low + high) / 2
            if middle * (left - self.unfinished(elapsed + middle)) < price * left:
                low = middle
            else:
                high = middle
        return high


def _hazard(beyond: float) -> float:
    """Density over what is left, of a normal distribution at so many standard deviations."""
    return math.exp(-0.5 * beyond * beyond) / _ROOT_2_PI / (0.5 * math.erfc(beyond / _ROOT_2))
