"""What is unwise in a step's input though its schema allows it: the `checks` of step files, before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from callsheet.catalog.glyphs import missing_glyphs
from callsheet.catalog.reading import reading_of, runs_backwards, visible_characters
from callsheet.catalog.route import Fault, Step
from callsheet.catalog.wording import listing, number, seconds, shape_name

LengthOf = Callable[[object], float | None]
"""The seconds that a media value lasts or will last; None where that is not known."""

_FRAME = 0.05
"""Seconds by which lengths that ought to be equal may differ: a frame."""


def fit_errors(step: Step, values: Mapping[str, object]) -> list[Fault]:
    """What of an effective input can't be made, whatever the lengths of its media."""
    checks = [check for check in step.checks if check.get("check") in _FATAL and _concerns(check, values)]
    return [fault for fault in _faults(step, checks, values, lambda _: None) if fault.severity == "error"]


def _concerns(check: Mapping[str, object], values: Mapping[str, object]) -> bool:
    """Captions can be wrong only where they are timed."""
    return check.get("check") != "captions" or values.get(str(check.get("lines"))) is not None


def fit_warnings(step: Step, values: Mapping[str, object], length_of: LengthOf) -> list[Fault]:
    """What of an effective input is unwise, in the order of the step's checks."""
    return [fault for fault in _faults(step, step.checks, values, length_of) if fault.severity == "warning"]


def _faults(
    step: Step, checks: Iterable[Mapping[str, object]], values: Mapping[str, object], length_of: LengthOf
) -> list[Fault]:
    found: list[Fault] = []
    for check in checks:
        run = _CHECKS.get(str(check.get("check")))
        if run is not None:
            found += run(step, check, values, length_of)
    return found


def _one_of(
    step: Step, check: Mapping[str, object], values: Mapping[str, object], length_of: LengthOf
) -> Iterator[Fault]:
    """Exactly one of a few fields must be given."""
    fields = check.get("fields")
    names = [str(name) for name in fields] if isinstance(fields, list) else []
    given = [name for name in names if values.get(name) is not None]
    if not given:
        yield Fault("input-required", f"{shape_name(step)} needs {listing(names)}", None, "give one of them in `input`")
    elif len(given) > 1:
        message = f"{shape_name(step)} takes {listing(names)}, and {listing(given, 'and')} are given"
        yield Fault("input-given-twice", message, given[1], f"keep one of them, `{given[0]}` for example")


def _slot(
    step: Step, check: Mapping[str, object], values: Mapping[str, object], length_of: LengthOf
) -> Iterator[Fault]:
    """A sound that is longer than the clip it is laid on, where nobody said that it may be cut."""
    sound, clip, longer = (str(check.get(name)) for name in ("sound", "clip", "longer"))
    lasts, room = length_of(values.get(sound)), length_of(values.get(clip))
    begins = values.get(str(check.get("start"))) or 0
    if values.get(longer) == "trim" or lasts is None or room is None or not isinstance(begins, int | float):
        return
    if begins + lasts > room + _FRAME:
        what = f"`{sound}` lasts {seconds(lasts)}" + (f" from {seconds(begins)} on" if begins else "")
        hint = f"make the clip longer, or write `{longer}: trim` to let its end be cut"
        message = f"{what} and `{clip}` {seconds(room)}: the step will fail"
        yield Fault("sound-longer-than-clip", message, sound, hint, "warning")


def _captions(
    step: Step, check: Mapping[str, object], values: Mapping[str, object], length_of: LengthOf
) -> Iterator[Fault]:
    """Text that can't be drawn, that nobody can read in its time, or that runs the wrong way; lines out of order."""
    text, lines, language = (values.get(str(check.get(name))) for name in ("text", "lines", "language"))
    room = length_of(values.get(str(check.get("clip"))))
    spoken = language if isinstance(language, str) else None
    if isinstance(text, str):
        yield from _caption(str(check.get("text")), text, room, spoken)
    if isinstance(lines, Sequence) and not isinstance(lines, str):
        yield from _lines(str(check.get("lines")), lines, room, spoken)


def _lines(field: str, lines: Sequence[object], room: float | None, language: str | None) -> Iterator[Fault]:
    before = 0.0
    for place, line in enumerate(lines):
        if not isinstance(line, Mapping):
            continue
        start, end, text = (line.get(name) for name in ("start", "end", "text"))
        if not isinstance(start, int | float) or not isinstance(end, int | float) or not isinstance(text, str):
            continue
        name = f"{field}[{place}]"
        if end <= start:
            yield Fault("lines-order", f"`{name}` ends at {number(end)} s and begins at {number(start)} s", field)
        elif start < before:
            message = f"`{name}` begins at {number(start)} s, before the line before it ends at {number(before)} s"
            yield Fault("lines-overlap", message, field, f"let it begin at {number(before)} s or later")
        else:
            if room is not None and end > room + _FRAME:
                message = f"`{name}` ends at {number(end)} s, after the clip, which lasts {seconds(room)}"
                yield Fault("line-after-clip", message, field, None, "warning")
            yield from _caption(name, text, end - start, language)
        before = max(before, end)


def _caption(name: str, text: str, lasts: float | None, language: str | None) -> Iterator[Fault]:
    field = name.partition("[")[0]
    lost = missing_glyphs(text)
    if lost:
        named = ", ".join(f"`{char}` (U+{ord(char):04X})" for char in lost[:8])
        more = f" and {len(lost) - 8} more" if len(lost) > 8 else ""
        message = f"`{name}` has characters that no font here can draw: {named}{more}"
        yield Fault("missing-glyphs", message, field, None, "warning")
    if runs_backwards(text):
        message = f"`{name}` is mostly right-to-left, but begins left-to-right, so it is laid out from left to right"
        yield Fault("wrong-direction", message, field, "begin it with U+200F, the right-to-left mark", "warning")
    reading, count = reading_of(text, language), visible_characters(text)
    most = reading.line_length * reading.lines
    if count > most:
        message = f"`{name}` has {count} characters, and {reading.lines} lines of {reading.line_length} hold {most}"
        yield Fault("caption-long", message, field, "shorten it, or split it into timed `lines`", "warning")
    if lasts is not None and lasts > 0 and count / lasts > reading.characters_per_second:
        needs = count / reading.characters_per_second
        message = f"`{name}` has {count} characters in {seconds(lasts)}; to be read at ease they need {needs:.1f} s"
        yield Fault("caption-fast", message, field, "shorten it, or show it longer", "warning")


_CHECKS: Mapping[str, Callable[[Step, Mapping[str, object], Mapping[str, object], LengthOf], Iterator[Fault]]] = {
    "one-of": _one_of,
    "slot": _slot,
    "captions": _captions,
}
_FATAL = frozenset({"one-of", "captions"})
"""Those among the checks that find errors, and not only what is unwise."""
