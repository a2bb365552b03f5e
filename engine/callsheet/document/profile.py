"""Profiles: one tree of items laid over another before the model is read, so places stay those of the text."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.document.item import Item


def with_profile(pipeline: Item, profile: Item, entries: Mapping[str, Item]) -> Item:
    """The pipeline with the `entries` of a profile laid over it; params, whose values alone a profile sets, are left
    to the reader."""
    over = {key: item for key, item in entries.items() if key != "params"}
    return overlay(pipeline, Item(over, profile.span, profile.key_spans))


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
