"""The pipelines that a pipeline uses: found, read once each, and what they are given checked by name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from callsheet.document.findings import Stop
from callsheet.document.item import Item
from callsheet.document.model import Document, Node
from callsheet.document.pipeline import read_pipeline, speaks_our_version
from callsheet.document.reader import Reader
from callsheet.document.root import in_order, read_root, unmasked
from callsheet.document.shape import is_template
from callsheet.document.source import parse, read_source
from callsheet.problems import DataFault, Problem, did_you_mean
from callsheet.shipped import shipped

READY_MADE = "callsheet:"
"""What the name of a ready-made pipeline begins with."""

MOST_NESTED = 8
"""How deep pipelines may use pipelines that use pipelines."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pipeline file lies, and what it is called in messages."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A used pipeline, None where it can't be read; `height` counts the levels of pipelines from it downwards."""

    document: Document | None
    height: int


def ready_made() -> list[str]:
    """The names of the ready-made pipelines, without `callsheet:`."""
    return sorted(file.stem for file in shipped("pipelines").glob("*.yaml"))


def read_ready_made(name: str) -> Document:
    """A ready-made pipeline as its file states it, without a user. Raises a DataFault with all that is wrong."""
    place = _Place(shipped("pipelines") / f"{name}.yaml", f"{READY_MADE}{name}")
    reader = Reader()
    document = _pipeline(reader, place, parse(read_source(place.path, place.shown)))
    if reader.problems or document is None:
        raise DataFault(reader.problems)
    return document


def read_used(reader: Reader, document: Document) -> Mapping[str, Document]:
    """The pipelines that the nodes of a document use, each with those that it uses itself. What is wrong with them, and
    with the names in `with`, is told to the reader."""
    return _Reading().used_by(reader, document, (_Place(document.path, document.span.path),))[0]


class _Reading:
    """Reads each file once, however often it is used."""

    def __init__(self) -> None:
        self._read: dict[Path, _Read] = {}

    def used_by(
        self, reader: Reader, document: Document, chain: tuple[_Place, ...]
    ) -> tuple[Mapping[str, Document], int]:
        """The used pipelines by node, and how many levels of them there are below this one."""
        used: dict[str, Document] = {}
        height = 0
        for node in document.nodes.values():
            if node.maker != "use" or is_template(node.made_by):
                continue
            read = self._of(reader, document, node, chain)
            height = max(height, read.height)
            if read.document is not None:
                used[node.name] = read.document
                _check_names(reader, node, read.document)
        return used, height

    def _of(self, reader: Reader, document: Document, node: Node, chain: tuple[_Place, ...]) -> _Read:
        place = _place(reader, document, node)
        if place is None:
            return _Read(None, 0)
        at = place.path.resolve()
        span = node.made_by.span
        above = [one.path.resolve() for one in chain]
        if at in above:
            ring = [*chain[above.index(at) :], place]
            drawn = " → ".join(f"`{one.shown}`" for one in ring)
            message = f"`{place.shown}` uses itself" if len(ring) == 2 else f"these pipelines use each other: {drawn}"
            reader.error("use-cycle", message, span, "a pipeline can't be a part of itself")
            return _Read(None, 0)
        read = self._read.get(at)
        if read is None and len(chain) <= MOST_NESTED:
            read = self._read[at] = self._file(reader, node, place, chain)
        if read is None or len(chain) - 1 + read.height > MOST_NESTED:
            drawn = " → ".join(f"`{one.shown}`" for one in (*chain, place))
            reader.error("used-too-deep", f"pipelines are used more than {MOST_NESTED} deep: {drawn}", span)
            return _Read(None, 0)
        return read

    def _file(self, reader: Reader, node: Node, place: _Place, chain: tuple[_Place, ...]) -> _Read:
        """Read a file; its problems, and those of what it uses, also name the place that uses it."""
        try:
            source = read_source(place.path, place.shown)
        except DataFault as fault:
            for problem in fault.problems:
                reader.add(_from(problem, node))
            return _Read(None, 1)
        root, problems = read_root(source)
        inner = Reader()
        document, height = None, 0
        with suppress(Stop):
            document = None if root is None else _pipeline(inner, place, root)
            if document is not None:
                used, height = self.used_by(inner, document, (*chain, place))
                document = replace(document, used=used)
        found = in_order(unmasked(problems, inner.problems), source)
        for problem in found:
            reader.add(_from(problem, node))
        return _Read(None if found else document, height + 1)


def _pipeline(reader: Reader, place: _Place, root: Item) -> Document | None:
    """The pipeline of a used file; None where it is of a newer version."""
    if not speaks_our_version(reader, root):
        return None
    pipeline = read_pipeline(reader, place.path, root)
    unset = frozenset(name for name, one in pipeline.declared.items() if not one.has_value)
    return replace(pipeline.document, unset=unset)


def _from(problem: Problem, node: Node) -> Problem:
    """A problem of a used file, with the place that uses it."""
    if problem.span is None:
        return replace(problem, span=node.made_by.span)
    return replace(problem, also=(*problem.also, node.made_by.span))


def _place(reader: Reader, document: Document, node: Node) -> _Place | None:
    """Where the pipeline lies that a node uses; None where there is no ready-made one of that name."""
    written = node.made_by.written
    if not written.startswith(READY_MADE):
        shown = posixpath.normpath((PurePath(document.span.path).parent / written).as_posix())
        return _Place(document.folder / written, shown)
    name, known = written.removeprefix(READY_MADE), ready_made()
    if name in known:
        return _Place(shipped("pipelines") / f"{name}.yaml", written)
    message = f"there is no ready-made pipeline `{name}`"
    reader.error("unknown-pipeline", message, node.made_by.span, did_you_mean(name, known))
    return None


def _check_names(reader: Reader, node: Node, used: Document) -> None:
    """Whether `with` names params of the used pipeline, and all that must be given."""
    handed = node.handed or Item({}, node.made_by.span)
    for name, span in handed.key_spans.items():
        if name not in used.params:
            hint, right = reader.suggest(name, used.params)
            reader.error("unknown-param", f"`{used.span.path}` has no param `{name}`", span, hint, right)
    for name in sorted(used.unset - set(handed.mapping)):
        message = f"`{used.span.path}` needs a value for its param `{name}`"
        hint, declared = f"write `with: {{{name}: …}}`", used.params[name].span
        reader.error("missing-param", message, handed.span, hint, also=(declared,))
