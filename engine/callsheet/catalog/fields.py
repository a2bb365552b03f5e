"""The names an author may use for a route's or step's fields, and what is sent for the fields that nobody gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callsheet.catalog.route import Fault, Field, Route, Step
from callsheet.catalog.spell import is_sized, spell, spell_size
from callsheet.catalog.wording import choices, listing, number, shape_name
from callsheet.problems import nearest

CANONICAL_NAMES = (
    "prompt", "negative_prompt", "image", "images", "video", "videos", "audio", "audios",
    "duration", "resolution", "aspect_ratio",
)  # fmt: skip
_SIZE_NAMES = frozenset({"resolution", "aspect_ratio"})


@dataclass(frozen=True, slots=True)
class Matched:
    """`fields` has the field of each given name that has one; a fault's `field` is the name as given."""

    fields: Mapping[str, Field]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """`values` in schema order; `defaulted` names the fields that hold the schema's default."""

    values: dict[str, object]
    defaulted: tuple[str, ...]
    notes: tuple[str, ...]


def match(shape: Route | Step, names: Sequence[str]) -> Matched:
    """The fields that the given names, canonical or native, stand for. Steps have native names only."""
    fields: dict[str, Field] = {}
    faults: list[Fault] = []
    taken: dict[str, list[str]] = {}
    for name in names:
        field = find_field(shape, name)
        if isinstance(shape, Route) and _is_seed(shape, name):
            faults.append(_seed_given(name))
        elif field is None:
            faults.append(_no_field(shape, name))
        else:
            fields[name] = field
            taken.setdefault(field.name, []).append(name)
    for native, given in taken.items():
        if len(given) > 1 and not (is_sized(shape, shape.fields[native]) and _SIZE_NAMES.issuperset(given)):
            message = f"{listing(given, 'and')} are one and the same field of {shape_name(shape)}"
            faults.append(Fault("input-given-twice", message, given[1], f"keep one of them, `{given[0]}` for example"))
    return Matched(fields, tuple(faults))


def find_field(shape: Route | Step, name: str) -> Field | None:
    """The field that a canonical or native name stands for."""
    if isinstance(shape, Route) and name in shape.canonical:
        return shape.fields[shape.canonical[name]]
    return shape.fields.get(name)


def fill(shape: Route | Step, given: Mapping[str, object], document_defaults: Mapping[str, object]) -> Filled:
    """The whole input: what was given (native names), then the document's defaults, then the schema's.

    A given None leaves the field to the schema's default. A document default that the route can't take is left out
    with a note, and one for a field that the route lacks means other routes. Schema defaults are sent explicitly,
    except those of media and required fields (they are samples) and of the seed.
    """
    notes: list[str] = []
    usual = _document_values(shape, given, document_defaults, notes) if document_defaults else {}
    seed_field = shape.seed_field if isinstance(shape, Route) else None
    values: dict[str, object] = {}
    defaulted: list[str] = []
    for native, field in shape.fields.items():
        value = given.get(native)
        if value is None and native not in given:
            value = usual.get(native)
        if value is not None:
            values[native] = value
        elif field.has_default and native != seed_field:
            values[native] = field.default
            defaulted.append(native)
    return Filled(values, tuple(defaulted), tuple(notes))


def _document_values(
    shape: Route | Step, given: Mapping[str, object], defaults: Mapping[str, object], notes: list[str]
) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in defaults.items():
        field = find_field(shape, name)
        if (
            field is None
            or field.name in given
            or value is None
            or (isinstance(shape, Route) and _is_seed(shape, name))
        ):
            continue
        if field.name in values or (name not in shape.fields and field.name in defaults):
            continue
        if name in _SIZE_NAMES and is_sized(shape, field):
            spelled = spell_size(shape, field, defaults.get("resolution"), defaults.get("aspect_ratio"))
        else:
            spelled = spell(shape, name, field, value)
        if isinstance(spelled, Fault):
            notes.append(f"`{name}: {value}` from `defaults` is left out: {spelled.message}")
        else:
            values[field.name] = spelled
    return values


def _is_seed(route: Route, name: str) -> bool:
    return name == "seed" or (route.seed_field is not None and name == route.seed_field)


def _seed_given(name: str) -> Fault:
    return Fault(
        "seed-in-input",
        f"the seed is not an input: `{name}` can't be given in `input`",
        name,
        "write `seed:` on the node, beside `input`",
    )


def _no_field(shape: Route | Step, name: str) -> Fault:
    known = list(shape.fields)
    if isinstance(shape, Route):
        if name in CANONICAL_NAMES:
            return _no_canonical(shape, name)
        known = [*(one for one in CANONICAL_NAMES if one in shape.canonical), *shape.fields]
        known = [one for one in dict.fromkeys(known) if one != shape.seed_field]
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"it takes {listing(known, 'and')}"
    return Fault("unknown-input", f"{shape_name(shape)} has no input `{name}`", name, hint)


def _no_canonical(route: Route, name: str) -> Fault:
    message = f"{shape_name(route)} takes no `{name}`"
    if name == "duration" and route.frame_count is not None:
        return Fault("input-not-taken", f"{message}: its length is a number of frames", name, _frame_hint(route))
    singular = name.removesuffix("s")
    other = route.alternatives.get(name) or route.alternatives.get(singular)
    unmapped = [
        field.name for field in route.fields.values() if _may_be(field, singular) and not _is_mapped(route, field)
    ]
    if other is None and unmapped:
        hint = f"its own name for it may be {listing(unmapped)}; a `.fields` file beside the route file can map it"
        return Fault("input-not-taken", message, name, hint)
    mapped = [one for one in CANONICAL_NAMES if one in route.canonical] or list(route.fields)
    return Fault("input-not-taken", message, name, f"`{other}` does" if other else f"it takes {listing(mapped, 'and')}")


def _may_be(field: Field, canonical: str) -> bool:
    """Whether a field looks like one that a canonical name could stand for."""
    return field.media == canonical or (field.media is None and canonical in field.name)


def _is_mapped(route: Route, field: Field) -> bool:
    return field.name in route.canonical.values()


def _frame_hint(route: Route) -> str:
    given = [(native, route.fields[native]) for native in (route.frame_count, route.frame_rate) if native is not None]
    return "set " + " and ".join(f"`{native}` ({_range(field)})" for native, field in given)


def _range(field: Field) -> str:
    if field.enum:
        return choices(field.enum)
    edges = [number(edge) for edge in (field.minimum, field.maximum) if edge is not None]
    return " to ".join(edges)
