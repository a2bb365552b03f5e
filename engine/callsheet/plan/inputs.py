"""One instance's input: rendered, media opened, spelled in native names, filled with defaults and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callsheet.catalog.check import check, match_audio
from callsheet.catalog.fields import fill
from callsheet.catalog.route import Fault, Route, Step
from callsheet.catalog.spell import spell, spell_size
from callsheet.document.item import Item
from callsheet.media.info import Artifact, LocalFile, RemoteFile
from callsheet.plan.job import MatchAudio
from callsheet.plan.labels import labelled
from callsheet.plan.open_media import MediaSource, shown_address
from callsheet.plan.recipe import Recipe
from callsheet.problems import CallsheetError, Problem, Span

MATCH_AUDIO = "match-audio"


@dataclass(slots=True)
class Effective:
    """An instance's effective input, what of it came from schema defaults, and what is to be said about it."""

    values: dict[str, object] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def effective_input(
    recipe: Recipe,
    scope: Mapping[str, object],
    given: Mapping[str, object] | None,
    media: MediaSource,
    seed: int | None,
) -> Effective:
    """The input that will be sent (a route) or worked with (a step), checked as far as it is known.

    `given` is the input where one template gave the whole of it; else the recipe's templates do, each for its name.
    """
    effective = Effective()
    native = _Reading(recipe, media, effective).read(scope, given)
    shape = recipe.shape
    filled = fill(shape, native, recipe.defaults if isinstance(shape, Route) else {})
    values = labelled(shape, dict(filled.values))
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


class _Reading:
    """Brings the values of one instance, one by one, into native names."""

    __slots__ = ("effective", "media", "native", "recipe", "sizes", "steps")

    def __init__(self, recipe: Recipe, media: MediaSource, effective: Effective) -> None:
        self.recipe = recipe
        self.media = media
        self.effective = effective
        self.steps = isinstance(recipe.shape, Step)
        self.native: dict[str, object] = {}
        self.sizes: dict[str, object] = {}

    def read(self, scope: Mapping[str, object], given: Mapping[str, object] | None) -> dict[str, object]:
        """All that is given, in native names; what is wrong is added to the effective input's problems."""
        recipe, native = self.recipe, self.native
        if given is not None:
            whole = recipe.node.input
            for name, value in given.items():
                if whole is not None:
                    self._take(name, value, whole)
        else:
            for name, template in recipe.templates.items():
                if name in recipe.constants:
                    native[recipe.fields[name].name] = recipe.constants[name]
                    continue
                try:
                    value = template.render(scope)
                except CallsheetError as error:
                    self.effective.problems += error.problems
                    continue
                if value is not None and self._take(name, value, template.item) and template.constant:
                    recipe.constants[name] = native[recipe.fields[name].name]
        self._spell_size()
        return native

    def _take(self, name: str, value: object, item: Item) -> bool:
        """Put one value under its native name; False where it isn't there, or not for good."""
        recipe = self.recipe
        shaped = recipe.fields.get(name)
        if shaped is None:
            self.effective.problems.append(recipe.refused[name])
            return False
        if shaped.media is not None:
            try:
                value = self.media.open(value, shaped, item, local_only=self.steps)
            except CallsheetError as error:
                self.effective.problems += error.problems
                return False
        elif name == "duration" and value == MATCH_AUDIO and not self.steps:
            self.native[shaped.name] = MATCH_AUDIO
            return False
        if name in recipe.sized:
            self.sizes[name] = value
            return False
        spelled = spell(recipe.shape, name, shaped, value)
        if isinstance(spelled, Fault):
            self.effective.problems.append(_problem(recipe, spelled, item.span))
            return False
        self.native[shaped.name] = spelled
        return shaped.media is None or not self._unpinned(shaped.name, value)

    def _unpinned(self, native: str, value: object) -> bool:
        """Whether media have yet to be fetched, which is told."""
        found = [one for one in (value if isinstance(value, list) else (value,)) if isinstance(one, RemoteFile)]
        unpinned = [shown_address(one.url) for one in found if one.info is None]
        self.effective.warnings += [
            f"`{native}`: `{address}` is unpinned: a run fetches and checks it before anything is spent"
            for address in unpinned
        ]
        return bool(unpinned)

    def _spell_size(self) -> None:
        """`resolution` and `aspect_ratio` together, on a route whose sizes are fixed, choose one size."""
        if not self.sizes:
            return
        recipe = self.recipe
        shaped = recipe.fields["resolution"]
        spelled = spell_size(recipe.shape, shaped, self.sizes.get("resolution"), self.sizes.get("aspect_ratio"))
        if isinstance(spelled, Fault):
            self.effective.problems.append(_problem(recipe, spelled, None))
        else:
            self.native[shaped.name] = spelled


def _settle_duration(recipe: Recipe, route: Route, values: dict[str, object], effective: Effective) -> str | None:
    """Put a number in place of `match-audio`; returns the native field's name while it must wait for a voice."""
    native = recipe.fields["duration"].name if "duration" in recipe.fields else None
    if native is None or values.get(native) != MATCH_AUDIO:
        return None
    voice_field = next((shaped for shaped in route.fields.values() if shaped.media == "audio"), None)
    voices = values.get(voice_field.name) if voice_field is not None else None
    voice = voices[0] if isinstance(voices, list) and voices else voices
    unknown = isinstance(voice, Artifact) or (isinstance(voice, RemoteFile) and voice.info is None)
    if unknown and voice_field is not None:
        values[native] = MatchAudio(voice_field.name)
        return native
    seconds = voice.info.seconds if isinstance(voice, LocalFile | RemoteFile) and voice.info is not None else None
    if seconds is None:
        fault = Fault(
            "match-audio-without-voice",
            "`duration: match-audio` needs a voice in `audio`",
            native,
            "give `audio`, or a number",
        )
        effective.problems.append(_problem(recipe, fault, None))
        del values[native]
        return native
    matched = match_audio(route, seconds, recipe.node.allow_cut)
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
