"""A node as far as it is known before its instances: one recipe, or one for each route its instances come to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from callsheet.catalog.load import Catalog
from callsheet.document.item import Item
from callsheet.document.locate import narrowed
from callsheet.document.model import Document, Node
from callsheet.document.record import sort_of
from callsheet.document.shape import is_template
from callsheet.document.template import Template, compile_expression, compile_value
from callsheet.media.info import OutputKind
from callsheet.plan.recipe import Recipe, make_recipe, shape_of
from callsheet.problems import CallsheetError, DataFault, Problem, did_you_mean

ALWAYS_IN_SCOPE = frozenset({"params", "text", "nodes", "pipeline", "node", "media"})
Scope = Mapping[str, object]


@dataclass(slots=True)
class Draft:
    """`templates` are those of `input`'s entries, or `whole` is the one that gives all of `input`; `made_by` is the
    template of a `route` or `intent`, None where it is written out. `fixed` is the one recipe of a node that has
    neither. `laid_over` and `taken_away` change what `whole` gives. `fallbacks` are drafts of the node by other
    routes."""

    catalog: Catalog
    node: Node
    defaults: Mapping[str, object]
    templates: Mapping[str, Template]
    whole: Template | None
    made_by: Template | None
    when: Template | None
    publish: Template | None
    fixed: Recipe | None = None
    laid_over: Mapping[str, Template] = field(default_factory=dict)
    taken_away: Collection[str] = ()
    fallbacks: tuple[Draft, ...] = ()
    _recipes: dict[tuple[str, tuple[str, ...]], Recipe] = field(default_factory=dict)

    @property
    def uses_nodes(self) -> bool:
        """Whether its input may refer to other nodes."""
        given = self.templates.values() if self.whole is None else (self.whole, *self.laid_over.values())
        return any("nodes" in template.names for template in given)

    @property
    def refers_to(self) -> frozenset[str]:
        """The nodes that its instances may come after."""
        given = (*self.templates.values(), self.whole, self.publish, *self.laid_over.values())
        names = (one.node_names for one in given if one is not None)
        return frozenset(self.node.needs).union(*names, *(one.refers_to for one in self.fallbacks))

    def recipe(self, scope: Scope) -> tuple[Recipe, Mapping[str, object] | None]:
        """The recipe of one instance, and its input where a single template gives that. Raises a DataFault."""
        if self.fixed is not None:
            return self.fixed, None
        given = None if self.whole is None else self._given(self.whole, scope)
        name = self._name(scope)
        about = name, tuple(self.templates if given is None else given)
        if about not in self._recipes:
            self._recipes[about] = make_recipe(
                self.catalog, self.node, name, about[1], self.templates, self.defaults, deferred=True
            )
        return self._recipes[about], given

    def kinds(self, scopes: Iterable[Scope]) -> list[OutputKind]:
        """What instances with these scopes make, each kind once; those whose route is not known are left out."""
        if self.fixed is not None:
            return [self.fixed.shape.makes]
        if self.made_by is None:
            return self._kind(str(self.node.made_by.value))
        found: dict[OutputKind, None] = {}
        for scope in scopes:
            try:
                found |= dict.fromkeys(self._kind(self._name(scope)))
            except CallsheetError:
                continue
        return list(found)

    def _kind(self, name: str) -> list[OutputKind]:
        if self.node.maker == "intent" and name == "auto":
            return list(dict.fromkeys(self.catalog.route(one.route).makes for one in self.catalog.auto_intents()))
        shape = shape_of(self.catalog, self.node, name, tuple(self.templates))[0]
        return [shape.makes]

    def _name(self, scope: Scope) -> str:
        """The route or intent of an instance."""
        if self.made_by is None:
            return str(self.node.made_by.value)
        name = self.made_by.render(scope)
        if isinstance(name, str):
            return name
        message = f"`{self.node.maker}` must come out as text, and this is {sort_of(name)}"
        raise DataFault(Problem("wrong-type", message, self.node.made_by.span))

    def _given(self, whole: Template, scope: Scope) -> Mapping[str, object]:
        value = whole.render(scope)
        if value is None:
            value = {}
        if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
            given = {str(name): one for name, one in value.items() if name not in self.taken_away}
            given |= {name: template.render(scope) for name, template in self.laid_over.items()}
            return {name: one for name, one in given.items() if one is not None}
        message = f"`input` must come out as a group of fields, and this is {sort_of(value)}"
        hint = 'give the record a field that is a mapping, as in `input: "{{ model.input }}"`'
        raise DataFault(Problem("wrong-type", message, whole.item.span, hint=hint))


def prepare(document: Document, catalog: Catalog, node: Node, defaults: Mapping[str, object]) -> Draft:
    """The draft of a node; raises every fault that can be seen without expanding it."""
    problems: list[Problem] = []
    given = node.input
    entries = given.mapping if given is not None and given.is_mapping else {}
    templates = {
        name: template
        for name, item in entries.items()
        if (template := compiled(problems, item, compile_value)) is not None
    }
    whole = None if given is None or given.is_mapping else compiled(problems, given, compile_value)
    made_by = compiled(problems, node.made_by, compile_value) if is_template(node.made_by) else None
    when = compiled(problems, node.when, compile_expression)
    publish = compiled(problems, node.publish, compile_value)
    draft = Draft(catalog, node, defaults, templates, whole, made_by, when, publish)
    try:
        if not is_template(node.made_by):
            draft.fixed = _fixed(draft, tuple(entries))
    except CallsheetError as error:
        problems.extend(error.problems)
    for template in (*templates.values(), whole, made_by, when, publish):
        if template is not None:
            problems += scope_problems(document, node, template)
    problems += [*too_early(node.maker, made_by), *too_early("when", when)]
    if problems:
        raise DataFault(problems)
    return draft


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


def _fixed(draft: Draft, names: tuple[str, ...]) -> Recipe | None:
    """The one recipe of a node whose route and input's names are written out."""
    node, name = draft.node, str(draft.node.made_by.value)
    if draft.whole is None and not (node.input is not None and not node.input.is_mapping):
        return make_recipe(draft.catalog, node, name, names, draft.templates, draft.defaults)
    if not (node.maker == "intent" and name == "auto"):
        shape_of(draft.catalog, node, name, ())
    return None


def too_early(what: str, template: Template | None) -> Iterable[Problem]:
    """A fault where what is decided before anything is made uses what is made."""
    if template is not None and "nodes" in template.names:
        message = f"`{what}` is decided before anything is made, so it can't use `nodes`"
        yield Problem(f"nodes-in-{what}", message, template.item.span)


def compiled(problems: list[Problem], item: Item | None, reader: Callable[[Item], Template]) -> Template | None:
    """The template of an item, None where there is none; what is wrong with it is added to the problems."""
    if item is None:
        return None
    try:
        return reader(item)
    except CallsheetError as error:
        problems.extend(error.problems)
        return None
