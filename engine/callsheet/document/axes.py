"""Axes as a file writes them: lists, records, takes, seeds and data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from callsheet.document.item import Item
from callsheet.document.keys import AXIS, AXIS_FORMS, FROM, ORDER, ORDERED, PARAM_TYPES, SEEDS, TAKES
from callsheet.document.model import Axis, AxisFrom, AxisIds, AxisTakes, Entry, ParamType
from callsheet.document.names import SCOPE_NAMES, TEMPLATE_WORDS
from callsheet.document.reader import Reader
from callsheet.document.shape import choice, found, integer
from callsheet.problems import Span, nearest

_RESERVED = (*SCOPE_NAMES, *TEMPLATE_WORDS)
_TYPE = choice(*PARAM_TYPES)
_SEED = integer(1)


def read_axes(reader: Reader, item: Item) -> dict[str, Axis]:
    """The axes of a file in their order."""
    axes = {}
    for name, value in item.mapping.items():
        reader.name(name, item.key_spans[name], "an axis", _RESERVED)
        source = _source(reader, name, value)
        if source is not None:
            axes[name] = Axis(name, source, value.span)
    return axes


def _source(reader: Reader, name: str, item: Item) -> AxisIds | AxisTakes | AxisFrom | None:
    what = f"axis `{name}`"
    if item.is_sequence:
        return _list(reader, what, item)
    if not item.is_mapping:
        reader.expect(item, AXIS, what)
        return None
    forms = [key for key in AXIS_FORMS if key in item.mapping and not item.mapping[key].is_mapping]
    if not forms:
        ids = item.mapping.get("ordered")
        return _ordered(reader, what, item, ids) if ids and ids.is_sequence else _records(reader, what, item)
    if len(forms) > 1:
        span, first = item.key_spans[forms[1]], item.key_spans[forms[0]]
        reader.error("two-forms", f"{what} can't have both `{forms[0]}` and `{forms[1]}`", span, also=(first,))
        return None
    entries = reader.table(item, AXIS_FORMS[forms[0]], what)
    if forms[0] not in entries:
        return None
    if AXIS_FORMS[forms[0]] is TAKES:
        return _takes(reader, what, entries)
    return _seeds(reader, what, entries) if AXIS_FORMS[forms[0]] is SEEDS else _data(reader, entries)


def _list(reader: Reader, what: str, item: Item) -> AxisIds | None:
    if not item.sequence:
        reader.error("empty-axis", f"{what} must have at least one id", item.span)
        return None
    seen: dict[str, Span] = {}
    for one in item.sequence:
        text = reader.id(one)
        if text is not None:
            reader.once(text, one.span, seen)
    return AxisIds(tuple((one, None) for one in item.sequence))


def _records(reader: Reader, what: str, item: Item) -> AxisIds | None:
    if not item.mapping:
        reader.error("empty-axis", f"{what} must have at least one id", item.span)
        return None
    ordered = item.mapping.get("ordered")
    if ordered is not None and not ordered.is_mapping:
        if not reader.expect(ordered, ORDER, "`ordered`"):
            return None
        if len(item.mapping) == 1:
            reader.error("empty-axis", f"{what} must have at least one id", item.span, "write `ordered: [id, id]`")
            return None
    entries = []
    for text, record in item.mapping.items():
        if record is ordered and not ordered.is_mapping:
            continue
        span = item.key_spans[text]
        if record.is_mapping or record.value is None:
            reader.id_text(text, span)
        else:
            _no_record(reader, what, text, span, record)
        entries.append((Item(text, span), record if record.is_mapping else None))
    return AxisIds(tuple(entries), ordered is not None and ordered.value is True)


def _ordered(reader: Reader, what: str, item: Item, ids: Item) -> AxisIds | None:
    """`{ordered: [...]}`."""
    reader.table(item, ORDERED, what)
    listed = _list(reader, what, ids)
    return None if listed is None else AxisIds(listed.entries, True)


def _no_record(reader: Reader, what: str, text: str, span: Span, record: Item) -> None:
    """An entry that is neither a form's key nor a record: a misspelt key if it is near to one."""
    keys = sorted({key for table in AXIS_FORMS.values() for key in table.keys})
    near = nearest(text, keys)
    if near is not None:
        hint = f"did you mean `{near}`?"
        reader.error("unknown-key", f"`{text}` is not a key of an axis", span, hint, near)
        return
    message = f"the record of `{text}` in {what} must be a mapping, not {found(record)}"
    reader.error("wrong-type", message, record.span, f"write `{text}: {{field: value}}`, or a list of ids")


def _takes(reader: Reader, what: str, entries: Mapping[str, Item]) -> AxisTakes:
    takes = entries["takes"]
    if isinstance(takes.value, int):
        ids = tuple(str(take) for take in range(1, takes.value + 1))
        return AxisTakes(ids, False, None, _unpicked(entries))
    if not takes.sequence:
        reader.error("empty-axis", f"{what} must have at least one take", takes.span)
    seen: dict[str, Span] = {}
    for one in takes.sequence:
        text = reader.id(one, "a take")
        if text is not None:
            reader.once(text, one.span, seen)
    return AxisTakes(tuple(seen), True, None, _unpicked(entries))


def _seeds(reader: Reader, what: str, entries: Mapping[str, Item]) -> AxisTakes:
    seeds = entries["seeds"]
    if not seeds.sequence:
        reader.error("empty-axis", f"{what} must have at least one seed", seeds.span)
    seen: dict[str, Span] = {}
    for one in seeds.sequence:
        if reader.expect(one, _SEED, "a seed"):
            reader.once(one.written, one.span, seen)
    return AxisTakes(tuple(seen), False, tuple(int(text) for text in seen), _unpicked(entries))


def _unpicked(entries: Mapping[str, Item]) -> Literal["first", "hold"]:
    return cast(Literal["first", "hold"], entries["unpicked"].value) if "unpicked" in entries else "first"


def _data(reader: Reader, entries: Mapping[str, Item]) -> AxisFrom:
    types: dict[str, ParamType] = {}
    if "types" in entries:
        for column, kind in entries["types"].mapping.items():
            if reader.expect(kind, _TYPE, f"the type of `{column}`"):
                types[column] = cast(ParamType, kind.value)
    slug, ordered = entries.get("slug"), entries.get("ordered")
    return AxisFrom(
        entries[next(iter(FROM.keys))],
        entries.get("id"),
        entries.get("at"),
        entries.get("where"),
        types,
        slug is not None and slug.value is True,
        ordered is not None and ordered.value is True,
    )


def read_entries(reader: Reader, item: Item, key: str, axes: Mapping[str, object]) -> tuple[Entry, ...]:
    """The entries of `exclude` or `include`."""
    entries = []
    for one in item.sequence:
        if not one.is_mapping:
            reader.error("wrong-type", f"an entry of `{key}` must be a mapping, not {found(one)}", one.span)
        elif not one.mapping:
            reader.error("wrong-type", f"an entry of `{key}` must name at least one axis", one.span)
        else:
            entries.append(Entry(read_ids(reader, one, axes), one.span))
    return tuple(entries)


def read_ids(reader: Reader, item: Item, axes: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """A mapping from axes to one id or several."""
    values = {}
    for name, ids in item.mapping.items():
        if reader.known(name, axes, "axis", item.key_spans[name]):
            values[name] = reader.ids(ids, f"`{name}`")
    return values
