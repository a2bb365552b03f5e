"""The length of a clip and the length of the voice that drives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from callsheet.catalog.route import Fault, Field, Route
from callsheet.catalog.wording import field_label, media_name, seconds, shape_name
from callsheet.media.info import LocalFile, RemoteFile

_TOLERANCE = 0.001
"""Seconds by which a voice may pass the end of its clip: less than one can hear."""


def match_audio(route: Route, length: float, allow_cut: bool) -> int | Fault:
    """The duration for a voice of `length` seconds: rounded up to a value the route allows.

    A voice longer than the longest clip is a Fault, or with `allow_cut` the longest clip.
    """
    native = route.canonical.get("duration")
    allowed = _allowed(route.fields[native]) if native is not None else None
    if native is None or allowed is None:
        hint = "give the length in the route's own fields"
        return Fault(
            "match-audio-without-duration", f"{shape_name(route)} has no `duration` to match", "duration", hint
        )
    for value in allowed:
        if value + _TOLERANCE >= length:
            return value
    if allow_cut:
        return allowed[-1]
    return Fault(
        "voice-too-long",
        f"the voice lasts {seconds(length)}, and {shape_name(route)} makes at most {allowed[-1]} s",
        native,
        f"split it with `split_audio`, or write `allow_cut: true` to let it be cut at {allowed[-1]} s",
    )


def voice_faults(route: Route, values: Mapping[str, object], allow_cut: bool) -> Iterator[Fault]:
    """A clip that cuts its voice off, or goes silent after it, on a route whose duration `follows` a voice."""
    native = route.canonical.get("duration")
    follows = route.fields[native].limits.get("follows") if native is not None else None
    voice = values.get(follows) if isinstance(follows, str) else None
    if (
        native is None
        or not isinstance(voice, LocalFile | RemoteFile)
        or voice.info is None
        or voice.info.seconds is None
    ):
        return
    clip, length = values.get(native), voice.info.seconds
    if isinstance(clip, bool) or not isinstance(clip, int | float):
        return
    label = field_label(route, native)
    lasts = f"{label} is {seconds(clip)}, and the voice `{media_name(voice)}` lasts {seconds(length)}"
    least = match_audio(route, length, allow_cut=False)
    if isinstance(least, Fault):
        if not allow_cut:
            yield least
    elif clip + _TOLERANCE < length and not allow_cut:
        hint = "write `duration: match-audio`, or `allow_cut: true` on the node"
        yield Fault("clip-shorter-than-voice", f"{lasts}: its end would be cut off", native, hint)
    elif clip > least:
        hint = "write `duration: match-audio`"
        yield Fault("clip-longer-than-voice", f"{lasts}: the rest would be silent", native, hint, "warning")


def _allowed(field: Field) -> list[int] | None:
    """Allowed durations in whole seconds, shortest first; None where the schema gives no end to them."""
    if field.enum:
        return sorted(value for value in field.enum if isinstance(value, int)) or None
    if field.maximum is None:
        return None
    return list(range(max(1, ceil(field.minimum or 1)), int(field.maximum) + 1)) or None
