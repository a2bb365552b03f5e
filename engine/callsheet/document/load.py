"""A pipeline file becomes a Document: read, laid over by a profile, checked, and given its params."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from callsheet.document.findings import Stop
from callsheet.document.item import Item, Scalar
from callsheet.document.model import Document
from callsheet.document.params import Declared, set_from_items, set_from_options, settled
from callsheet.document.pipeline import Pipeline, profiles_of, read_pipeline, read_profiled, speaks_our_version
from callsheet.document.reader import Reader
from callsheet.document.root import in_order, read_root, unmasked
from callsheet.document.source import compose, read_source
from callsheet.document.use import read_used
from callsheet.problems import DataFault, Problem, Span, did_you_mean


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command line adds to the file."""

    profile: str | None
    params: Mapping[str, Scalar | Item]
    params_file: Path | None
    only: Mapping[str, Sequence[str]]


def load(
    path: Path,
    *,
    shown: str | None = None,
    profile: str | None = None,
    params: Mapping[str, Scalar | Item] = {},
    params_file: Path | None = None,
    only: Mapping[str, Sequence[str]] = {},
) -> Document:
    """The pipeline in the file `path`, shown in messages as `shown`, with the profile laid over and params set.

    `params` are those of `--param`: a text is read as the param's type. `params_file` holds a mapping of values; they
    come after the profile's and before those of `params`. `only` replaces the document's `only` axis by axis.
    Raises a DataFault with every problem there is, in the order of the text.
    """
    source = read_source(path, shown if shown is not None else str(path))
    root, problems = read_root(source)
    if root is None:
        raise DataFault(problems)
    reader = Reader()
    document = None
    with suppress(Stop):
        document = _read(reader, path, root, _Options(profile, params, params_file, only))
    problems = in_order(unmasked(problems, reader.problems), source)
    if problems or document is None:
        raise DataFault(problems)
    return document


def _read(reader: Reader, path: Path, root: Item, options: _Options) -> Document | None:
    """The file as the profile makes it; then each other profile for its own faults; then the options."""
    if not speaks_our_version(reader, root):
        return None
    profiles = profiles_of(root)
    chosen = _chosen(reader, profiles, options.profile)
    if chosen is None:
        pipeline = read_pipeline(reader, path, root)
    else:
        pipeline = read_profiled(reader, path, root, options.profile or "", chosen)
    for name, profile in profiles.items():
        if profile is not chosen:
            _check_other(reader, path, root, name, profile)
    declared = pipeline.declared
    if options.params_file is not None:
        declared = _with_file(reader, declared, options.params_file)
    declared = set_from_options(reader, declared, options.params)
    only = {**pipeline.document.only, **_only(reader, options.only, pipeline)}
    spans = {axis: span for axis, span in pipeline.document.only_spans.items() if axis not in options.only}
    document = replace(pipeline.document, params=settled(reader, declared), only=only, only_spans=spans)
    return replace(document, used=read_used(reader, document))


def _chosen(reader: Reader, profiles: Mapping[str, Item], name: str | None) -> Item | None:
    if name is not None and name not in profiles:
        hint = did_you_mean(name, profiles)
        reader.add(Problem("unknown-profile", f"`--profile {name}`: there is no profile `{name}`", hint=hint))
    return None if name is None else profiles.get(name)


def _check_other(reader: Reader, path: Path, root: Item, name: str, profile: Item) -> None:
    """The faults that stand in a profile that was not chosen; those of its effect elsewhere wait until it is."""
    other = Reader()
    with suppress(Stop):
        read_profiled(other, path, root, name, profile)
    for problem in other.problems:
        if problem.span is not None and _inside(problem.span, profile.span):
            reader.add(problem)


def _with_file(reader: Reader, declared: Mapping[str, Declared], path: Path) -> Mapping[str, Declared]:
    """The params with the values of a params file laid over."""
    try:
        values, problems = compose(read_source(path, str(path)))
    except DataFault as fault:
        values, problems = None, list(fault.problems)
    for problem in problems:
        reader.add(problem)
    if values is None:
        return declared
    if not values.is_mapping:
        reader.error("wrong-type", "a params file must hold a mapping from params to values", values.span)
        return declared
    return set_from_items(reader, declared, values)


def _only(reader: Reader, only: Mapping[str, Sequence[str]], pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    for axis, ids in only.items():
        if axis not in pipeline.axis_names:
            hint = did_you_mean(axis, pipeline.axis_names)
            message = f"`--only {axis}={','.join(ids)}`: there is no axis `{axis}`"
            reader.add(Problem("unknown-axis", message, hint=hint))
    return {axis: tuple(ids) for axis, ids in only.items()}


def _inside(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return inner.source is outer.source and start <= (inner.line, inner.column) <= end
