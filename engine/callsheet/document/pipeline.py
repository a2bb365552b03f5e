"""The pipeline file as a whole: its sections, read in an order in which each knows the names it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from callsheet.document.axes import read_axes, read_entries, read_ids
from callsheet.document.item import Item
from callsheet.document.keys import MAX_INSTANCES, PIPELINE, PROFILE, TEXT_FILES
from callsheet.document.model import Document, TextFiles
from callsheet.document.names import REFERENCE_WORDS
from callsheet.document.nodes import read_nodes
from callsheet.document.params import Declared, read_params, set_from_items
from callsheet.document.profile import with_profile
from callsheet.document.reader import Reader

LANGUAGE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A document whose params stand as the file, with its profile, has them."""

    document: Document
    declared: Mapping[str, Declared]
    axis_names: tuple[str, ...]


def speaks_our_version(reader: Reader, root: Item) -> bool:
    """Whether the file is in a version of the language that can be read; of a newer one nothing else is said."""
    version = root.mapping.get("callsheet") if root.is_mapping else None
    if version is None or not isinstance(version.value, int) or version.value <= LANGUAGE_VERSION:
        return True
    hint = "update callsheet to read this file"
    message = f"version {version.written} of the language is newer than {LANGUAGE_VERSION}, the one that is read"
    reader.error("unknown-version", message, version.span, hint)
    return False


def profiles_of(root: Item) -> Mapping[str, Item]:
    """The profiles that a file has, right or wrong."""
    profiles = root.mapping.get("profiles") if root.is_mapping else None
    return profiles.mapping if profiles is not None and profiles.is_mapping else {}


def read_profiled(reader: Reader, path: Path, root: Item, name: str, profile: Item) -> Pipeline:
    """The pipeline with the profile `name` laid over it."""
    entries = reader.table(profile, PROFILE, f"profile `{name}`")
    pipeline = read_pipeline(reader, path, with_profile(root, profile, entries))
    if "params" not in entries:
        return pipeline
    declared = set_from_items(reader, pipeline.declared, entries["params"])
    return Pipeline(pipeline.document, declared, pipeline.axis_names)


def read_pipeline(reader: Reader, path: Path, root: Item) -> Pipeline:
    """The pipeline in the tree `root`. What is wrong with it is told to the reader and left out."""
    entries = reader.table(root, PIPELINE, "the pipeline")
    empty = Item({}, root.span)
    declared = read_params(reader, entries.get("params", empty))
    known_axes = entries.get("axes", empty).mapping
    axes = read_axes(reader, entries.get("axes", empty))
    only = entries.get("only", empty)
    defaults = entries.get("defaults", empty)
    outputs = entries.get("outputs", empty)
    _check_names(reader, entries.get("profiles", empty), outputs, defaults)
    description, seed, limit = entries.get("description"), entries.get("seed"), entries.get("max_instances")
    document = Document(
        path=path,
        folder=path.parent,
        name=entries["name"].written if "name" in entries else "",
        description=None if description is None else description.written,
        seed=None if seed is None else cast(int, seed.value),
        seed_span=None if seed is None else seed.span,
        params={name: one.param for name, one in declared.items()},
        axes=axes,
        exclude=read_entries(reader, entries["exclude"], "exclude", known_axes) if "exclude" in entries else (),
        include=read_entries(reader, entries["include"], "include", known_axes) if "include" in entries else (),
        only=read_ids(reader, only, known_axes),
        only_spans=only.key_spans,
        text=_text(reader, entries["text"], known_axes) if "text" in entries else None,
        defaults=defaults.mapping,
        default_spans=defaults.key_spans,
        max_instances=MAX_INSTANCES if limit is None else cast(int, limit.value),
        nodes=read_nodes(reader, entries["nodes"], known_axes, axes) if "nodes" in entries else {},
        outputs=outputs.mapping,
        span=root.span,
    )
    return Pipeline(document, declared, tuple(known_axes))


def _check_names(reader: Reader, profiles: Item, outputs: Item, defaults: Item) -> None:
    for name in profiles.mapping:
        reader.id_text(name, profiles.key_spans[name], "the name of a profile")
    for name in outputs.mapping:
        reader.name(name, outputs.key_spans[name], "an output", REFERENCE_WORDS)
    if "seed" in defaults.mapping:
        hint = "write `seed:` at the top of the file, or on a node"
        reader.error("seed-in-input", "`seed` can't be set in `defaults`", defaults.key_spans["seed"], hint)


def _text(reader: Reader, item: Item, known_axes: Mapping[str, Item]) -> TextFiles | None:
    entries = reader.table(item, TEXT_FILES, "`text`")
    axis, fallback = entries.get("axis"), entries.get("fallback")
    if axis is not None:
        reader.known(axis.written, known_axes, "axis", axis.span)
    if fallback is not None:
        reader.id_text(fallback.written, fallback.span, "a language")
    if axis is None or "files" not in entries:
        return None
    return TextFiles(entries["files"], axis.written, None if fallback is None else fallback.written, item.span)
