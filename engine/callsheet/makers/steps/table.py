"""The closed set of steps, and the maker that finds the one an order asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.caption import caption
from callsheet.makers.steps.concat import concat
from callsheet.makers.steps.engine import Engine
from callsheet.problems import did_you_mean

STEPS: Mapping[str, Callable[[Order, Engine, Diary], Awaitable[Made]]] = {
    "caption": caption,
    "concat": concat,
}


class StepMaker:
    """Makes steps on this machine with one media engine."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine or Engine()

    async def make(self, order: Order, diary: Diary) -> Made:
        """Make the order's file in its folder. Raises StepFailed, and leaves the folder empty then."""
        step = STEPS.get(order.made_by)
        if step is None:
            raise StepFailed(
                problem("unknown-step", f"there is no step `{order.made_by}`", did_you_mean(order.made_by, STEPS))
            )
        return await step(order, self._engine, diary)
