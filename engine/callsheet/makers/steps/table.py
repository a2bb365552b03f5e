"""The closed set of steps, and the maker that finds the one an order asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.caption import caption
from callsheet.makers.steps.concat import concat
from callsheet.makers.steps.contact_sheet import contact_sheet
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.export import export
from callsheet.makers.steps.first_frame import first_frame
from callsheet.makers.steps.frame_at import frame
from callsheet.makers.steps.last_frame import last_frame
from callsheet.makers.steps.loop import loop
from callsheet.makers.steps.loudness import loudness
from callsheet.makers.steps.mix_audio import mix_audio
from callsheet.makers.steps.overlay import overlay
from callsheet.makers.steps.poster import poster
from callsheet.makers.steps.probe import probe
from callsheet.makers.steps.reframe import reframe
from callsheet.makers.steps.replace_audio import replace_audio
from callsheet.makers.steps.side_by_side import side_by_side
from callsheet.makers.steps.speed import speed
from callsheet.makers.steps.split_audio import split_audio
from callsheet.makers.steps.still import still
from callsheet.makers.steps.trim import trim
from callsheet.problems import did_you_mean

STEPS: Mapping[str, Callable[[Order, Engine, Diary], Awaitable[Made]]] = {
    "caption": caption,
    "concat": concat,
    "contact_sheet": contact_sheet,
    "export": export,
    "first_frame": first_frame,
    "frame": frame,
    "last_frame": last_frame,
    "loop": loop,
    "loudness": loudness,
    "mix_audio": mix_audio,
    "overlay": overlay,
    "poster": poster,
    "probe": probe,
    "reframe": reframe,
    "replace_audio": replace_audio,
    "side_by_side": side_by_side,
    "speed": speed,
    "split_audio": split_audio,
    "still": still,
    "trim": trim,
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
