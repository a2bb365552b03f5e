"""Templates: the nested data of an input with `{{ … }}` anywhere in it, compiled once and rendered per instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from callsheet.document.item import Item
from callsheet.document.locate import narrowed
from callsheet.document.record import Misuse, sort_of
from callsheet.document.template_sandbox import SANDBOX, compiled, render
from callsheet.document.template_syntax import MARKS, Names, read_expression, read_template
from callsheet.problems import CallsheetError, DataFault, Problem, Span

_Part: TypeAlias = Callable[[Mapping[str, object], list[Problem]], object]
"""Renders one part of a value for a scope; what is wrong is added to the problems."""


class Template:
    """A compiled value or expression.

    `constant` says that there is nothing to render. `names` are the top-level names it uses; `node_names`,
    `param_names` and `text_keys` the names written out after `nodes.`, `params.` and `text.`.
    """

    __slots__ = ("_part", "constant", "item", "names", "node_names", "param_names", "text_keys")

    def __init__(self, item: Item, part: _Part, constant: bool, names: Names) -> None:
        self.item = item
        self.constant = constant
        self.names = names.free
        self.node_names = names.nodes
        self.param_names = names.params
        self.text_keys = names.text
        self._part = part

    def render(self, scope: Mapping[str, object]) -> object:
        """The value for these names: scalars, media, lists and dicts (constant parts are shared: don't change them).

        An Absent in the scope is an error only where it is used. Raises DataFault with every problem of the value.
        """
        problems: list[Problem] = []
        value = self._part(scope, problems)
        if problems:
            raise DataFault(problems)
        return value

    def render_boolean(self, scope: Mapping[str, object]) -> bool:
        """The same for a condition, which must come out as true or false."""
        value = self.render(scope)
        if isinstance(value, bool):
            return value
        message = f"a condition must be true or false, and this is {sort_of(value)}"
        raise DataFault(Problem("not-boolean", message, self.item.span, hint="compare it, as in `language == 'en'`"))

    def span_of(self, name: str) -> Span:
        """Where the template uses the name, as far as that can be found in its text."""
        return narrowed(self.item.span, name)


def compile_value(item: Item) -> Template:
    """Compile a scalar, list or mapping with templates anywhere inside. Raises DataFault with all problems."""
    compiling = _Compiling()
    part = compiling.part(item)
    return compiling.template(item, part)


def compile_expression(item: Item) -> Template:
    """Compile a condition: a bare expression, one `{{ … }}`, or true or false. Raises DataFault."""
    if isinstance(item.value, bool):
        return Template(item, _constant(item.value), True, Names())
    if not isinstance(item.value, str):
        message = f"a condition is an expression, true or false, and this is {sort_of(item.value)}"
        raise DataFault(Problem("not-boolean", message, item.span))
    compiling = _Compiling()
    part = compiling.expression(item, item.value.strip())
    return compiling.template(item, part)


class _Compiling:
    """Compiles the parts of one value, and keeps their names and problems."""

    def __init__(self) -> None:
        self.names: list[Names] = []
        self.problems: list[Problem] = []

    def template(self, item: Item, part: _Part | None) -> Template:
        if self.problems:
            raise DataFault(self.problems)
        names = Names(*(frozenset().union(*sets) for sets in zip(*map(_sets, self.names), strict=True)))
        return Template(item, part or _constant(item.plain()), part is None, names)

    def part(self, item: Item) -> _Part | None:
        """What renders the item; None where it is constant."""
        if isinstance(item.value, str):
            return self.text(item, item.value) if any(mark in item.value for mark in MARKS) else None
        if item.is_mapping:
            parts = {key: (self.part(entry), entry) for key, entry in item.mapping.items()}
            if any(part for part, _ in parts.values()):
                return _mapping({key: part or _constant(entry.plain()) for key, (part, entry) in parts.items()})
        elif item.is_sequence:
            entries = [(self.part(entry), entry) for entry in item.sequence]
            if any(part for part, _ in entries):
                return _sequence([part or _constant(entry.plain()) for part, entry in entries])
        return None

    def text(self, item: Item, text: str) -> _Part | None:
        try:
            tree, names, whole = read_template(SANDBOX, text)
            return self.scalar(item, compiled(tree), names, whole)
        except Misuse as fault:
            self.problems.append(_problem(item, fault))
            return None

    def expression(self, item: Item, text: str) -> _Part | None:
        try:
            if text.startswith("{{") and text.endswith("}}"):
                text = text[2:-2]
            tree, names = read_expression(SANDBOX, text)
            return self.scalar(item, compiled(tree), names, True)
        except Misuse as fault:
            self.problems.append(_problem(item, fault))
            return None

    def scalar(self, item: Item, template: Callable[..., object], names: Names, whole: bool) -> _Part:
        self.names.append(names)

        def part(scope: Mapping[str, object], problems: list[Problem]) -> object:
            try:
                text, value = render(template, scope)
                return value if whole else text
            except Misuse as fault:
                problems.append(_problem(item, fault))
            except CallsheetError as error:
                problems.extend(fault if fault.span else replace(fault, span=item.span) for fault in error.problems)
            return None

        return part


def _problem(item: Item, fault: Misuse) -> Problem:
    return Problem(fault.code, fault.message, narrowed(item.span, fault.needle), fault.hint)


def _sets(names: Names) -> tuple[frozenset[str], ...]:
    return names.free, names.nodes, names.params, names.text


def _constant(value: object) -> _Part:
    return lambda scope, problems: value


def _mapping(parts: Mapping[str, _Part]) -> _Part:
    return lambda scope, problems: {key: part(scope, problems) for key, part in parts.items()}


def _sequence(parts: list[_Part]) -> _Part:
    return lambda scope, problems: [part(scope, problems) for part in parts]
