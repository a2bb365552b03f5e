"""The tree of a pipeline file as a whole, and its problems in their order."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.document.item import Item
from callsheet.document.source import compose
from callsheet.problems import Problem, SourceText, Span


def read_root(source: SourceText) -> tuple[Item | None, list[Problem]]:
    """The tree of a pipeline's text, as far as there is one, and the problems of its form. It starts at line 1,
    column 1: where what the whole file lacks is reported."""
    root, problems = compose(source)
    if root is None:
        return None, problems
    span = Span(root.span.source, 1, 1, root.span.end_line, root.span.end_column)
    return Item(root.value, span, root.key_spans), problems


def unmasked(syntax: list[Problem], found: list[Problem]) -> list[Problem]:
    """All problems but those of a value whose very form is wrong: it can't be judged further."""
    places = {(one.span.path, one.span.line, one.span.column) for one in syntax if one.span is not None}
    return syntax + [
        one for one in found if one.span is None or (one.span.path, one.span.line, one.span.column) not in places
    ]


def in_order(problems: Iterable[Problem], source: SourceText) -> list[Problem]:
    """Each problem once: the file's own by line and column, then those of other files, then of the command line."""

    def place(problem: Problem) -> tuple[int, str, int, int]:
        if problem.span is None:
            return (2, "", 0, 0)
        rank = 0 if problem.span.source is source else 1
        return (rank, problem.span.path, problem.span.line, problem.span.column)

    once = {(place(problem), problem): problem for problem in problems}
    return sorted(once.values(), key=place)
