"""What a simulated provider is like: how long it takes, how much fits in at once, what goes wrong."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from callsheet.shipped import shipped
from callsheet.simulator.faults import Faults


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal time: its median in seconds, and sigma of its logarithm (0: always the median)."""

    median: float
    sigma: float = 0.0

    def draw(self, random: Random) -> float:
        """Seconds for one request."""
        return self.median * math.exp(self.sigma * random.gauss(0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Settings:
    """How the provider behaves.

    `routes` is a folder of route files, None for those that ship; `more_routes` are the contents of further ones, which
    come before them, and `extra_models` is how many invented models are on offer besides. `seed` decides waiting times
    and faults. Times are divided by `speed`; 0 or infinity means no waiting at all. `slots` requests are in progress at
    once. With `media` off, tiny valid files stand for renders. `token` is the only one accepted, None accepts any.
    `clock` gives seconds that never go back; another one than the default makes time stand still between calls unless
    it moves.
    """

    routes: Path | None = None
    more_routes: tuple[Mapping[str, object], ...] = ()
    extra_models: int = 0
    seed: int = 1
    speed: float = 1.0
    slots: int = 8
    queue: Spread = Spread(4.0, 0.6)
    render: Spread = Spread(40.0, 0.45)
    media: bool = True
    faults: Faults = field(default_factory=Faults)
    token: str | None = field(default=None, repr=False)
    balance_usd: float = 100_000.0
    workers: int = max(1, min(4, os.cpu_count() or 1))
    clock: Callable[[], float] = time.monotonic

    def scaled(self, seconds: float) -> float:
        """Simulated seconds as seconds of the clock."""
        return 0.0 if self.speed in (0.0, math.inf) else seconds / self.speed

    @property
    def route_folder(self) -> Path:
        return self.routes if self.routes is not None else shipped("schemas") / "routes"
