"""Everything a route or step states about its input, checked before anything is spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jsonschema_rs

from callsheet.catalog.advice import advice_faults
from callsheet.catalog.fit import fit_errors
from callsheet.catalog.media_limits import media_faults
from callsheet.catalog.route import Fault, Field, Intent, Route, Step
from callsheet.catalog.spell import spell
from callsheet.catalog.text_limits import reference_faults, text_faults
from callsheet.catalog.voice import match_audio, voice_faults
from callsheet.catalog.wording import ONE_OF_KIND, field_label, media_name, shape_name, told
from callsheet.media.info import Artifact, LocalFile, RemoteFile

__all__ = ["check", "match_audio"]

_PLACE = "https://example.com/media"
"""Stands in for media while the rest of an input is held against the schema."""


def check(
    shape: Route | Step, values: Mapping[str, object], *, intent: Intent | None = None, allow_cut: bool = False
) -> list[Fault]:
    """What is wrong, or unwise, with an effective input (native names, media as Media values), in schema order.

    Facts of media that are not made or fetched yet are unknown and not checked: check again when they are known.
    """
    return _checker(shape).faults(values, intent, allow_cut)


class _Checker:
    """What is worked out once for a route or step."""

    def __init__(self, shape: Route | Step) -> None:
        self.shape = shape
        self.validator = jsonschema_rs.validator_for(_standard_schema(shape))
        self.required = tuple(field.name for field in shape.fields.values() if field.required)
        self.media = tuple(field for field in shape.fields.values() if field.media is not None)
        self.texts = tuple(field for field in shape.fields.values() if _has_text_limits(field))
        self.labels = {native: field_label(shape, native) for native in shape.fields}
        self.order = {native: place for place, native in enumerate(shape.fields)}

    def faults(self, values: Mapping[str, object], intent: Intent | None, allow_cut: bool) -> list[Fault]:
        found = list(self._missing(values, intent))
        found += [self._unknown(native) for native in values if native not in self.order]
        plain = self._plain(values)
        if not self.validator.is_valid(plain):
            found += self._schema_faults(values, plain)
        for field in self.media:
            if field.name in values:
                found += self._media_faults(field, values[field.name])
        for field in self.texts:
            text = values.get(field.name)
            if isinstance(text, str):
                found += self._text_faults(field, text, values)
        if isinstance(self.shape, Route):
            found += self._seed_faults(self.shape, values)
            found += voice_faults(self.shape, values, allow_cut)
            found += advice_faults(self.shape, values)
        elif self.shape.checks:
            found += fit_errors(self.shape, values)
        if len(found) > 1:
            found.sort(key=lambda fault: self.order.get(fault.field or "", len(self.order)))
        return found

    def _missing(self, values: Mapping[str, object], intent: Intent | None) -> Iterator[Fault]:
        for native in self.required:
            if _is_empty(values.get(native)):
                yield self._required(native, "")
        for native in intent.requires if intent is not None else ():
            if intent is not None and native not in self.required and _is_empty(values.get(native)):
                yield self._required(native, f" for the intent `{intent.name}`")

    def _required(self, native: str, purpose: str) -> Fault:
        label = self.labels.get(native, f"`{native}`")
        return Fault("input-required", f"{shape_name(self.shape)} needs {label}{purpose}", native, "give it in `input`")

    def _unknown(self, native: str) -> Fault:
        return Fault("unknown-input", f"{shape_name(self.shape)} has no input `{native}`", native)

    def _plain(self, values: Mapping[str, object]) -> dict[str, object]:
        plain = {native: value for native, value in values.items() if value is not None and native in self.order}
        for field in self.media:
            value = plain.get(field.name)
            if isinstance(value, LocalFile | RemoteFile | Artifact):
                plain[field.name] = _PLACE
            elif isinstance(value, list | tuple):
                if any(isinstance(one, Artifact) and one.many for one in value):
                    del plain[field.name]
                else:
                    plain[field.name] = [
                        _PLACE if isinstance(one, LocalFile | RemoteFile | Artifact) else one for one in value
                    ]
        return plain

    def _schema_faults(self, values: Mapping[str, object], plain: Mapping[str, object]) -> Iterator[Fault]:
        told_of: set[str] = set()
        for error in self.validator.iter_errors(plain):
            native = str(error.instance_path[0]) if error.instance_path else ""
            if native in told_of:
                continue
            told_of.add(native)
            if native:
                yield self._field_fault(self.shape.fields[native], values[native], error.message)
            else:
                yield Fault("input-invalid", f"the input of {shape_name(self.shape)} is wrong: {error.message}")

    def _field_fault(self, field: Field, value: object, message: str) -> Fault:
        native, label = field.name, self.labels[field.name]
        if field.media is not None and isinstance(value, list | tuple):
            return Fault("input-count", f"{label} takes {_wanted_count(field, len(value))}", native)
        if field.media is not None:
            return Fault("input-type", f"{label} takes {ONE_OF_KIND[field.media]}, not {told(value)}", native)
        spelled = spell(self.shape, native, field, value)
        return spelled if isinstance(spelled, Fault) else Fault("input-invalid", f"{label} is wrong: {message}", native)

    def _media_faults(self, field: Field, value: object) -> Iterator[Fault]:
        label = self.labels[field.name]
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Artifact) and one.kind != field.media and field.media is not None:
                what = f"`{one.instance}` makes {ONE_OF_KIND[one.kind]}"
                yield Fault("media-kind", f"{label} takes {ONE_OF_KIND[field.media]}, and {what}", field.name)
            elif isinstance(one, LocalFile | RemoteFile) and one.info is not None:
                yield from media_faults(label, field, media_name(one), one.info)

    def _text_faults(self, field: Field, text: str, values: Mapping[str, object]) -> Iterator[Fault]:
        label = self.labels[field.name]
        yield from text_faults(label, field, text)
        references = field.limits.get("numbered_references")
        if isinstance(references, Mapping):
            counts = {str(kind): _count(values.get(str(native))) for kind, native in references.items()}
            yield from reference_faults(label, field, text, counts)

    def _seed_faults(self, route: Route, values: Mapping[str, object]) -> Iterator[Fault]:
        seed = values.get(route.seed_field) if route.seed_field is not None else None
        if isinstance(seed, bool) or not isinstance(seed, int):
            return
        name, field = shape_name(route), route.seed_field
        least, most = route.seed_minimum, route.seed_maximum
        if seed in route.seed_random:
            yield Fault("seed-random", f"{name} reads the seed {seed} as a random one", field, "choose another seed")
        elif (least is not None and seed < least) or (most is not None and seed > most):
            yield Fault("seed-out-of-range", f"{name} takes seeds from {least} to {most}, not {seed}", field)


_checkers: dict[int, _Checker] = {}
"""By the identity of the route or step, which its checker keeps alive."""


def _checker(shape: Route | Step) -> _Checker:
    found = _checkers.get(id(shape))
    if found is None:
        found = _checkers[id(shape)] = _Checker(shape)
    return found


def _standard_schema(shape: Route | Step) -> dict[str, object]:
    """The input schema as standard JSON Schema, less what is checked here by facts: media, lengths, requiredness."""
    properties: dict[str, object] = {}
    published = shape.schema.get("properties")
    for native, schema in published.items() if isinstance(published, Mapping) else ():
        field = shape.fields[native]
        if field.media is not None and field.type in ("text", "array"):
            properties[native] = _media_schema(field)
        else:
            standard = _standard(schema)
            properties[native] = standard
            if isinstance(standard, dict):
                standard.pop("maxLength", None)
                if isinstance(shape, Route) and native == shape.seed_field:
                    standard.pop("minimum", None)
                    standard.pop("maximum", None)
    return {**shape.schema, "properties": properties, "required": []}


def _media_schema(field: Field) -> dict[str, object]:
    if field.type == "text":
        return {"type": "string"}
    counts = {"minItems": field.min_items, "maxItems": field.max_items}
    return {
        "type": "array",
        "items": {"type": "string"},
        **{name: count for name, count in counts.items() if count is not None},
    }


def _standard(schema: object) -> object:
    """`float` read as `number`, at any depth."""
    if isinstance(schema, Mapping):
        return {
            key: "number" if key == "type" and value == "float" else _standard(value) for key, value in schema.items()
        }
    return [_standard(one) for one in schema] if isinstance(schema, list) else schema


def _wanted_count(field: Field, given: int) -> str:
    """How many files a field takes, and how many are given."""
    count = field.max_items if field.max_items is not None and given > field.max_items else field.min_items or 1
    bound = "at most" if given > count else "at least"
    files = f"{field.media} file" if count == 1 or not field.many else f"{field.media} files"
    return (
        f"{bound} {count} {files}, and {given} are given"
        if field.many
        else f"exactly one {files}, and {given} are given"
    )


def _has_text_limits(field: Field) -> bool:
    return field.type == "text" and field.media is None and (bool(field.limits) or field.max_length is not None)


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple) and not value)


def _count(value: object) -> int | None:
    """How many files a list of media holds; None where that is not known before they are made."""
    if not isinstance(value, list | tuple):
        return 0 if value is None else 1
    return None if any(isinstance(one, Artifact) and one.many for one in value) else len(value)
