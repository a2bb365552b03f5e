"""One instance's input: rendered, media opened, spelled in native names, filled with defaults and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.catalog.check import check, match_audio
from callsheet.catalog.fields import fill
from callsheet.catalog.route import Fault, Field, Route
from callsheet.catalog.spell import spell, spell_size
from callsheet.document.item import Item
from callsheet.media.info import Artifact, LocalFile, MediaInfo
from callsheet.plan.job import MatchAudio
from callsheet.plan.recipe import Recipe
from callsheet.problems import CallsheetError, DataFault, Problem, Span

MediaReader = Callable[[Path], MediaInfo]
"""Reads the facts of a media file; a DataFault without a span where it can't."""

MATCH_AUDIO = "match-audio"


@dataclass(slots=True)
class Effective:
    """An instance's effective input, what of it came from schema defaults, and what is to be said about it."""

    values: dict[str, object] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def effective_input(
    recipe: Recipe, scope: Mapping[str, object], folder: Path, read_media: MediaReader, seed: int | None
) -> Effective:
    """The input that will be sent (a route) or worked with (a step), checked as far as it is known."""
    effective = Effective()
    native = _given(recipe, scope, folder, read_media, effective)
    shape = recipe.shape
    filled = fill(shape, native, recipe.defaults if isinstance(shape, Route) else {})
    values = dict(filled.values)
    effective.defaults = filled.defaulted
    effective.warnings += filled.notes
    waits = None
    if isinstance(shape, Route):
        waits = _settle_duration(recipe, shape, values, effective)
        if shape.seed_field is not None and seed is not None:
            values[shape.seed_field] = seed
    if not effective.problems:
        checked = {name: value for name, value in values.items() if name != waits}
        for fault in check(shape, checked, intent=recipe.intent, allow_cut=recipe.node.allow_cut):
            if fault.field is None or fault.field != waits:
                _note(recipe, fault, effective)
    effective.values = values
    return effective


def _given(
    recipe: Recipe, scope: Mapping[str, object], folder: Path, read_media: MediaReader, effective: Effective
) -> dict[str, object]:
    native: dict[str, object] = {}
    sizes: dict[str, object] = {}
    for name, template in recipe.templates.items():
        if name in recipe.constants:
            fixed = recipe.constants[name]
            native[recipe.fields[name].name] = fixed
            continue
        shaped = recipe.fields.get(name)
        try:
            value = template.render(scope)
            if value is None:
                continue
            if shaped is None:
                continue
            if shaped.media is not None:
                value = _open(value, shaped, template.item, folder, read_media)
        except CallsheetError as error:
            effective.problems += error.problems
            continue
        if name == "duration" and value == MATCH_AUDIO and isinstance(recipe.shape, Route):
            native[shaped.name] = MATCH_AUDIO
            continue
        if name in recipe.sized:
            sizes[name] = value
            continue
        spelled = spell(recipe.shape, name, shaped, value)
        if isinstance(spelled, Fault):
            effective.problems.append(_problem(recipe, spelled, template.item.span))
            continue
        native[shaped.name] = spelled
        if template.constant:
            recipe.constants[name] = spelled
    _spell_size(recipe, sizes, native, effective)
    return native


def _spell_size(recipe: Recipe, sizes: Mapping[str, object], native: dict[str, object], effective: Effective) -> None:
    """`resolution` and `aspect_ratio` together, on a route whose sizes are fixed, choose one size."""
    if not sizes:
        return
    field = recipe.fields["resolution"]
    spelled = spell_size(recipe.shape, field, sizes.get("resolution"), sizes.get("aspect_ratio"))
    if isinstance(spelled, Fault):
        effective.problems.append(_problem(recipe, spelled, None))
    else:
        native[field.name] = spelled


def _open(value: object, shaped: Field, item: Item, folder: Path, read_media: MediaReader) -> object:
    """Paths become LocalFiles; artifacts stay; lists are gone through, and lists in lists are spliced."""
    if isinstance(value, list | tuple):
        places = item.sequence if item.is_sequence and len(item.sequence) == len(value) else [item] * len(value)
        opened: list[object] = []
        for one, place in zip(value, places, strict=True):
            got = _open(one, shaped, place, folder, read_media)
            if isinstance(got, list):
                opened += got
            elif got is not None:
                opened.append(got)
        return opened
    if isinstance(value, Artifact):
        if value.kind != shaped.media:
            message = f"`{shaped.name}` takes {shaped.media}, and `{value.instance}` gives {value.kind}"
            raise _fault("wrong-media", message, item.span)
        return value
    if value is None or isinstance(value, LocalFile):
        return value
    if not isinstance(value, str):
        raise _fault("not-a-path", f"`{shaped.name}` takes a path, and {value!r} is none", item.span)
    if value.startswith(("https://", "http://", "data:", "file:")):
        hint = "download the file, keep it beside the pipeline and write its path"
        raise _fault("not-yet", "remote media is not supported yet", item.span, hint)
    return open_local(value, folder, read_media, item.span, shaped)


def open_local(shown: str, folder: Path, read_media: MediaReader, span: Span, shaped: Field | None = None) -> LocalFile:
    """The local file that the pipeline calls `shown`, with its facts."""
    path = folder / shown
    if not shown or "\0" in shown or not path.is_file():
        what = "is a folder" if shown and "\0" not in shown and path.is_dir() else "does not exist"
        raise _fault("no-such-file", f"the file `{shown}` {what}", span, _beside(path))
    try:
        info = read_media(path)
    except DataFault as error:
        first = error.problems[0]
        raise DataFault(Problem(first.code, f"`{shown}`: {first.message}", span, hint=first.hint)) from None
    if shaped is not None and info.kind != shaped.media:
        raise _fault(
            "wrong-media",
            f"`{shaped.name}` takes {shaped.media}, and `{shown}` is {info.kind} ({info.media_type})",
            span,
        )
    return LocalFile(path, shown, info)


def _beside(path: Path) -> str | None:
    """The hint for a missing file: names in the same folder that come near."""
    if not path.parent.is_dir():
        return f"there is no folder `{path.parent.name}`"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    same = [name for name in names if name.casefold() == path.name.casefold() or name.startswith(path.stem + ".")]
    listed = same or [name for name in names if not name.startswith(".")][:5]
    return "the folder has " + ", ".join(f"`{name}`" for name in listed) if listed else None


def _settle_duration(recipe: Recipe, route: Route, values: dict[str, object], effective: Effective) -> str | None:
    """Put a number in place of `match-audio`; returns the native field's name while it must wait for a voice."""
    native = recipe.fields["duration"].name if "duration" in recipe.fields else None
    if native is None or values.get(native) != MATCH_AUDIO:
        return None
    voice_field = next((shaped for shaped in route.fields.values() if shaped.media == "audio"), None)
    voices = values.get(voice_field.name) if voice_field is not None else None
    voice = voices[0] if isinstance(voices, list) and voices else voices
    if isinstance(voice, Artifact) and voice_field is not None:
        values[native] = MatchAudio(voice_field.name)
        return native
    if not isinstance(voice, LocalFile) or voice.info.seconds is None:
        fault = Fault(
            "match-audio-without-voice",
            "`duration: match-audio` needs a voice in `audio`",
            native,
            "give `audio`, or a number",
        )
        effective.problems.append(_problem(recipe, fault, None))
        del values[native]
        return native
    matched = match_audio(route, voice.info.seconds, recipe.node.allow_cut)
    if isinstance(matched, Fault):
        effective.problems.append(_problem(recipe, matched, None))
        del values[native]
        return native
    values[native] = matched
    return None


def _note(recipe: Recipe, fault: Fault, effective: Effective) -> None:
    if fault.severity == "error":
        effective.problems.append(_problem(recipe, fault, None))
    elif recipe.node.advice or fault.code != "advice":
        effective.warnings.append(fault.message)


def _problem(recipe: Recipe, fault: Fault, span: Span | None) -> Problem:
    return Problem(
        fault.code, fault.message, span or recipe.span_of(fault.field), hint=fault.hint, severity=fault.severity
    )


def _fault(code: str, message: str, span: Span, hint: str | None = None) -> DataFault:
    return DataFault(Problem(code, message, span, hint=hint))


def media_facts(file: LocalFile) -> Mapping[str, object]:
    """What `media(PATH)` shows of a file."""
    info = file.info
    return {"seconds": info.seconds, "width": info.width, "height": info.height, "kind": info.kind}
