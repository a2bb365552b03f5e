"""Transitions between clips: the end of one and the beginning of the next at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from callsheet.makers.maker import Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.order_input import choice, seconds
from callsheet.makers.steps.timeline import frame_count, sample_count

_EFFECTS = {"crossfade": "fade", "black": "fade", "white": "fade", "wipe": "wipeleft", "slide": "slideleft"}
_KINDS = ("cut", *_EFFECTS)
_COLOURS = ("black", "white")
_HALF_A_SECOND = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Transition:
    """What is seen between two clips, and for how many frames both run."""

    kind: str
    frames: int


def asked_transition(order: Order, clips: Sequence[Clip], lengths: Sequence[int], rate: Fraction) -> Transition | None:
    """The transition that `transition` and `seconds` ask for, None for cuts; a StepFailed where a clip is too short."""
    kind = choice(order, "transition", _KINDS)
    length = seconds(order, "seconds")
    if kind == "cut":
        if length is not None:
            message = f"`seconds` of `{order.made_by}` is the length of a transition, and `transition` is `cut`"
            raise StepFailed(problem("step-input", message, "say `transition: crossfade`"))
        return None
    if len(clips) == 1:
        return None
    frames = frame_count(_HALF_A_SECOND if length is None else length, rate)
    for place, (clip, own) in enumerate(zip(clips, lengths, strict=True)):
        sides = 1 if place in (0, len(clips) - 1) else 2
        if own < frames * sides:
            asked = f"{sides} transitions" if sides > 1 else "a transition"
            message = (
                f"{clip.label} lasts {float(clip.seconds):.2f} s, too short for {asked} of {float(frames / rate):g} s"
            )
            raise StepFailed(problem("clip-too-short", message, "lower `seconds`, or say `transition: cut`"))
    return Transition(kind, frames)


def crossed(transition: Transition, lengths: Sequence[int], rate: Fraction, *, heard: bool) -> list[str]:
    """Graph parts that lead `[v0]…` into `[video]` and, where there is sound, `[a0]…` into `[audio]`."""
    parts = [
        f"[v{place}]{_through_colour(transition, length, before=place > 0, after=place < len(lengths) - 1)}[p{place}]"
        for place, length in enumerate(lengths)
    ]
    samples = sample_count(transition.frames, rate)
    last = len(lengths) - 1
    begun = 0
    for place in range(1, len(lengths)):
        begun += lengths[place - 1] - transition.frames
        before, after = ("p0" if place == 1 else f"x{place - 1}"), ("video" if place == last else f"x{place}")
        times = f"duration={_micro(transition.frames / rate)}:offset={_micro(begun / rate)}"
        parts.append(f"[{before}][p{place}]xfade=transition={_EFFECTS[transition.kind]}:{times}[{after}]")
        if heard:
            before, after = ("a0" if place == 1 else f"y{place - 1}"), ("audio" if place == last else f"y{place}")
            parts.append(f"[{before}][a{place}]acrossfade=ns={samples}:c1=qsin:c2=qsin[{after}]")
    return parts


def _through_colour(transition: Transition, length: int, *, before: bool, after: bool) -> str:
    """Filters that make a clip the transition's colour in the half that belongs to its neighbour."""
    half = transition.frames // 2
    if transition.kind not in _COLOURS or not half:
        return "null"
    fades = [f"fade=t=in:start_frame={transition.frames - half}"] if before else []
    fades += [f"fade=t=out:start_frame={length - transition.frames}"] if after else []
    return ",".join(f"{fade}:nb_frames={half}:color={transition.kind}" for fade in fades)


def _micro(time: Fraction) -> str:
    return f"{round(time * 1_000_000)}us"
