"""Profiles: one tree of items laid over another before the model is read, so places stay those of the text."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.document.item import Item
from callsheet.document.keys import AXIS_FORMS


def with_profile(pipeline: Item, profile: Item, entries: Mapping[str, Item]) -> Item:
    """The pipeline with the `entries` of a profile laid over it; params, whose values alone a profile sets, are left
    to the reader."""
    over = {key: item for key, item in entries.items() if key != "params"}
    if "axes" in over and over["axes"].is_mapping:
        pipeline = _ready_for(pipeline, over["axes"])
    return overlay(pipeline, Item(over, profile.span, profile.key_spans))


def _ready_for(pipeline: Item, axes: Item) -> Item:
    """The pipeline less what an axis can't keep in the form that a profile gives it: takes that become seeds, or
    records that become rows of a file."""
    known = pipeline.mapping.get("axes")
    if known is None or not known.is_mapping:
        return pipeline
    kept = {name: _in_form(item, axes.mapping.get(name)) for name, item in known.mapping.items()}
    return _with(pipeline, "axes", Item(kept, known.span, known.key_spans))


def _in_form(axis: Item, over: Item | None) -> Item:
    if over is None or not (axis.is_mapping and over.is_mapping):
        return axis
    form = next((key for key in AXIS_FORMS if key in over.mapping and over.mapping[key].value is not None), None)
    if form is None or form in axis.mapping:
        return axis
    kept = {key: item for key, item in axis.mapping.items() if key in AXIS_FORMS[form].keys}
    return Item(kept, axis.span, {key: axis.key_spans[key] for key in kept})


def _with(under: Item, key: str, item: Item) -> Item:
    return Item({**under.mapping, key: item}, under.span, under.key_spans)


def overlay(under: Item, over: Item) -> Item:
    """Mappings merge, everything else replaces, null removes."""
    if not over.is_mapping:
        return over
    merges = under.is_mapping
    values = dict(under.mapping) if merges else {}
    spans = dict(under.key_spans) if merges else {}
    for key, item in over.mapping.items():
        if item.value is None:
            values.pop(key, None)
            spans.pop(key, None)
            continue
        known = values.get(key)
        values[key] = overlay(known if known is not None else Item(None, item.span), item)
        if known is None or not (known.is_mapping and item.is_mapping):
            spans[key] = over.key_spans[key]
    return Item(values, under.span if merges else over.span, spans)
