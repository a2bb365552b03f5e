"""A node made ready: all that is the same for each of its instances, worked out and checked once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from callsheet.catalog.fields import match
from callsheet.catalog.intents import choose, point_to_intents
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.route import Fault, Field, Intent, Route, Step
from callsheet.catalog.spell import is_sized
from callsheet.document.locate import narrowed
from callsheet.document.model import Document, Node
from callsheet.document.template import Template, compile_expression, compile_value
from callsheet.problems import CallsheetError, DataFault, Problem, Span, did_you_mean

ALWAYS_IN_SCOPE = frozenset({"params", "text", "nodes", "pipeline", "node", "media"})


@dataclass(slots=True)
class Recipe:
    """`templates` and `fields` go by the names as given; `constants` are native values that no instance changes;
    `sized` are `resolution` and `aspect_ratio` where both are given and choose one fixed size together."""

    node: Node
    shape: Route | Step
    intent: Intent | None
    intent_why: str | None
    templates: Mapping[str, Template]
    fields: Mapping[str, Field]
    defaults: Mapping[str, object]
    when: Template | None
    publish: Template | None
    input_span: Span
    key_spans: Mapping[str, Span]
    sized: frozenset[str] = frozenset()
    constants: dict[str, object] = field(default_factory=dict)

    def span_of(self, native: str | None) -> Span:
        """Where the author wrote the value of a native field; the node's name where nobody wrote it."""
        for given, shaped in self.fields.items():
            if shaped.name == native and given in self.templates:
                return self.templates[given].item.span
        return self.node.span


def prepare(document: Document, catalog: Catalog, node: Node, defaults: Mapping[str, object]) -> Recipe:
    """The recipe of a node; raises every fault that can be seen without expanding it."""
    problems: list[Problem] = []
    templates: dict[str, Template] = {}
    given = node.input
    entries = given.mapping if given is not None else {}
    for name, item in entries.items():
        try:
            templates[name] = compile_value(item)
        except CallsheetError as error:
            problems.extend(error.problems)
    when = _compiled(problems, node, "when")
    publish = _compiled(problems, node, "publish")
    key_spans = given.key_spans if given is not None else {}
    made = _shape(document, catalog, node, frozenset(entries), problems)
    fields: Mapping[str, Field] = {}
    if made is not None:
        matched = match(made[0], list(entries))
        fields = matched.fields
        faults = matched.faults if made[1] is None else point_to_intents(catalog, made[1], list(entries), matched.faults)
        problems += [_fault_problem(fault, key_spans, node) for fault in faults]
    for template in (*templates.values(), *(one for one in (when, publish) if one is not None)):
        problems += scope_problems(document, node, template)
    if when is not None and "nodes" in when.names:
        problems.append(
            Problem(
                "nodes-in-when", "`when` is decided before anything is made, so it can't use `nodes`", when.item.span
            )
        )
    if problems or made is None:
        raise DataFault(problems)
    shape, intent, why = made
    return Recipe(
        node, shape, intent, why, templates, fields, defaults, when, publish,
        given.span if given is not None else node.span, key_spans, _sized(shape, fields),
    )  # fmt: skip


def scope_problems(document: Document, node: Node, template: Template) -> Iterable[Problem]:
    """Names that a template uses and its node doesn't have: other axes, unknown nodes, misspelt names."""
    item = template.item
    for name in sorted(template.names - ALWAYS_IN_SCOPE - set(node.over)):
        if name in document.axes:
            over = ", ".join(axis for axis in document.axes if axis in (*node.over, name))
            message = f"`{name}` is an axis that node `{node.name}` is not made over"
            yield Problem("axis-not-in-over", message, narrowed(item.span, name), hint=f"write `over: [{over}]`")
        else:
            hint = did_you_mean(name, [*sorted(ALWAYS_IN_SCOPE), *node.over])
            yield Problem("unknown-name", f"there is no `{name}` here", narrowed(item.span, name), hint=hint)
    for name in sorted(template.node_names - set(document.nodes)):
        hint = did_you_mean(name, document.nodes)
        place = narrowed(item.span, f"nodes.{name}")
        yield Problem("unknown-node", f"there is no node `{name}`", place, hint=hint)
    if "text" in template.names and document.text is None:
        hint = "add `text: {files: …, axis: …}`"
        yield Problem(
            "no-text", "`text` is used, but the pipeline has no `text:` files", narrowed(item.span, "text"), hint=hint
        )


def _shape(
    document: Document, catalog: Catalog, node: Node, given: Collection[str], problems: list[Problem]
) -> tuple[Route | Step, Intent | None, str | None] | None:
    name = str(node.made_by.value)
    try:
        if node.maker == "route":
            return catalog.route(name), None, None
        if node.maker == "step":
            return catalog.step(name).given(given), None, None
        if name == "auto":
            intent, why = choose(catalog, sorted(given))
        else:
            intent = catalog.intent(name)
            why = intent.why
        return catalog.route(intent.route), intent, why
    except UnknownName as unknown:
        problems.append(Problem(f"unknown-{unknown.kind}", str(unknown), node.made_by.span, hint=unknown.hint))
        return None


def _sized(shape: Route | Step, fields: Mapping[str, Field]) -> frozenset[str]:
    both = frozenset({"resolution", "aspect_ratio"})
    return both if both <= set(fields) and is_sized(shape, fields["resolution"]) else frozenset()


def _compiled(problems: list[Problem], node: Node, which: str) -> Template | None:
    item = node.when if which == "when" else node.publish
    if item is None:
        return None
    try:
        return compile_expression(item) if which == "when" else compile_value(item)
    except CallsheetError as error:
        problems.extend(error.problems)
        return None


def _fault_problem(fault: Fault, key_spans: Mapping[str, Span], node: Node) -> Problem:
    span = key_spans.get(fault.field or "", node.span)
    return Problem(fault.code, fault.message, span, hint=fault.hint, severity=fault.severity)
