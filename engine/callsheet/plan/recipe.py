"""A node made ready for one route or step: all that is the same for each of its instances, worked out once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from callsheet.catalog.fields import match
from callsheet.catalog.intents import choose, point_to_intents
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.route import Field, Intent, Route, Step
from callsheet.catalog.spell import is_sized
from callsheet.document.model import Node
from callsheet.document.template import Template
from callsheet.problems import DataFault, Problem, Span


@dataclass(slots=True)
class Recipe:
    """`templates` and `fields` go by the names as given; `constants` are native values that no instance changes;
    `sized` are `resolution` and `aspect_ratio` where both are given and choose one fixed size together; `refused` are
    given names that the route can't take, which is a fault only where an instance has a value for them."""

    node: Node
    shape: Route | Step
    intent: Intent | None
    intent_why: str | None
    templates: Mapping[str, Template]
    fields: Mapping[str, Field]
    defaults: Mapping[str, object]
    input_span: Span
    refused: Mapping[str, Problem]
    sized: frozenset[str] = frozenset()
    constants: dict[str, object] = field(default_factory=dict)

    def span_of(self, native: str | None) -> Span:
        """Where the author wrote the value of a native field; the node's name where nobody wrote it."""
        for given, shaped in self.fields.items():
            if shaped.name == native:
                return self.templates[given].item.span if given in self.templates else self.input_span
        return self.node.span


def make_recipe(
    catalog: Catalog,
    node: Node,
    name: str,
    given: Collection[str],
    templates: Mapping[str, Template],
    defaults: Mapping[str, object],
    *,
    deferred: bool = False,
) -> Recipe:
    """The recipe of a node that the route, intent or step `name` makes from the inputs `given`.

    With `deferred`, a name that the route can't take waits for an instance with a value for it. Raises a DataFault.
    """
    shape, intent, why = shape_of(catalog, node, name, given)
    matched = match(shape, list(given))
    faults = matched.faults if intent is None else point_to_intents(catalog, intent, list(given), matched.faults)
    key_spans = node.input.key_spans if node.input is not None else {}
    input_span = node.input.span if node.input is not None else node.span
    refused: dict[str, Problem] = {}
    problems: list[Problem] = []
    for fault in faults:
        span = key_spans.get(fault.field or "", input_span if deferred else node.span)
        problem = Problem(fault.code, fault.message, span, hint=fault.hint, severity=fault.severity)
        if deferred and fault.field is not None and fault.field not in matched.fields:
            refused[fault.field] = problem
        else:
            problems.append(problem)
    if problems:
        raise DataFault(problems)
    return Recipe(
        node, shape, intent, why, templates, matched.fields, defaults, input_span, refused,
        _sized(shape, matched.fields),
    )  # fmt: skip


def shape_of(
    catalog: Catalog, node: Node, name: str, given: Collection[str]
) -> tuple[Route | Step, Intent | None, str | None]:
    """What the route, intent or step `name` of a node is, the intent and why it was chosen. Raises a DataFault."""
    try:
        if node.maker == "route":
            return catalog.route(name), None, None
        if node.maker == "step":
            return catalog.step(name).given(given), None, None
        if name == "auto":
            before = catalog.pinned.chosen.get(node.was or node.name, ())
            intent, why = choose(catalog, sorted(given), before)
        else:
            intent = catalog.intent(name)
            why = intent.why
        return catalog.route(intent.route), intent, why
    except UnknownName as unknown:
        problem = Problem(f"unknown-{unknown.kind}", str(unknown), node.made_by.span, hint=unknown.hint)
        raise DataFault(problem) from None


def _sized(shape: Route | Step, fields: Mapping[str, Field]) -> frozenset[str]:
    both = frozenset({"resolution", "aspect_ratio"})
    return both if both <= set(fields) and is_sized(shape, fields["resolution"]) else frozenset()
