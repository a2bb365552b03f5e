"""A node that uses a pipeline: its templates, what it hands in, and the used pipeline as it stands in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from callsheet.catalog.route import Field
from callsheet.document.item import Item
from callsheet.document.model import Document, Node, Param
from callsheet.document.params import unfit
from callsheet.document.record import sort_of
from callsheet.document.template import Template, compile_expression, compile_value
from callsheet.media.info import MEDIA_KINDS, Artifact, LocalFile, RemoteFile
from callsheet.plan.axes import AxisValues
from callsheet.plan.bind import NodesScope
from callsheet.plan.caller import Caller
from callsheet.plan.draft import compiled, scope_problems, too_early
from callsheet.plan.open_media import MediaSource
from callsheet.plan.picks import Reliance
from callsheet.problems import CallsheetError, DataFault, Problem


@dataclass(frozen=True, slots=True)
class UseDraft:
    """A node with `use` before its instances: the templates of `with` and `when`, and the pipeline in its place."""

    node: Node
    used: Document
    handed: Mapping[str, Template]
    when: Template | None

    @property
    def refers_to(self) -> frozenset[str]:
        """The nodes that it comes after: those that what it hands in may come from, and those it needs."""
        return frozenset(self.node.needs).union(*(template.node_names for template in self.handed.values()))


def prepare_use(document: Document, node: Node) -> UseDraft:
    """The draft of a node that uses a pipeline; raises every fault that can be seen without expanding it."""
    problems: list[Problem] = []
    entries = node.handed.mapping if node.handed is not None else {}
    handed = {
        name: template
        for name, item in entries.items()
        if (template := compiled(problems, item, compile_value)) is not None
    }
    when = compiled(problems, node.when, compile_expression)
    for template in (*handed.values(), when):
        if template is not None:
            problems += scope_problems(document, node, template)
    problems += too_early("when", when)
    if problems:
        raise DataFault(problems)
    return UseDraft(node, _in_place(document, node), handed, when)


def _in_place(document: Document, node: Node) -> Document:
    """The pipeline that a node uses, with what is its user's: names, tags, root seed, and where files go by default."""
    used = document.used[node.local_name]
    nodes = {name: _qualified(node, inner) for name, inner in used.nodes.items()}
    return replace(used, path=document.path, seed=document.seed, seed_span=document.seed_span, nodes=nodes)


def _qualified(user: Node, inner: Node) -> Node:
    name = f"{user.name}.{inner.name}"
    was = f"{user.was or user.name}.{inner.was or inner.name}"
    tags = tuple(dict.fromkeys((*user.tags, *inner.tags)))
    return replace(inner, name=name, was=was if was != name else None, tags=tags)


def dependencies_first(drafts: Mapping[str, UseDraft]) -> list[str]:
    """The nodes that use pipelines, each after those of them that it refers to; a cycle is a DataFault."""
    order: list[str] = []

    def visit(name: str, chain: tuple[str, ...]) -> None:
        if name in chain:
            ring = [*chain[chain.index(name) :], name]
            message = "these need each other: " + " → ".join(reversed(ring))
            raise DataFault(Problem("cycle", message, drafts[name].node.span))
        if name not in order:
            draft = drafts[name]
            itself = () if name in draft.node.needs else (name,)
            for other in sorted((draft.refers_to & drafts.keys()).difference(itself)):
                visit(other, (*chain, name))
            order.append(name)

    for name in drafts:
        visit(name, ())
    return order


def handed_in(
    draft: UseDraft, scope: Mapping[str, object], nodes: NodesScope, media: MediaSource
) -> tuple[Mapping[str, Param], Mapping[str, Reliance]]:
    """The params of the used pipeline for one instance of its user, and the instances among them, each with the picks
    that it hangs on. Raises a DataFault with every value that is wrong."""
    params = dict(draft.used.params)
    problems: list[Problem] = []
    handed: dict[str, Reliance] = {}
    for name, template in draft.handed.items():
        nodes.forget()
        param = params[name]
        try:
            value = _fitting(draft.used, param, template.render({**scope, "nodes": nodes}), template.item, media)
        except CallsheetError as error:
            problems += error.problems
            continue
        if value is not None:
            params[name] = replace(param, value=value)
        if nodes.reliance is not None:
            for one in instances_in(value):
                handed.setdefault(one, Reliance()).add(nodes.reliance)
    if problems:
        raise DataFault(problems)
    return params, handed


def _fitting(used: Document, param: Param, value: object, item: Item, media: MediaSource) -> object:
    """A value as its param takes it: media are opened where their user stands. None leaves it at its default."""
    if value is None and param.name not in used.unset:
        return None
    if param.type in MEDIA_KINDS and isinstance(value, list | Artifact | LocalFile | RemoteFile):
        return media.open(value, Field(param.name, "text", media=param.type), item)
    fault = unfit(param, value)
    if fault is not None:
        got = f"`{value}`" if isinstance(value, str) and fault[0] != "wrong-type" else _told(value)
        message = f"param `{param.name}` of `{used.span.path}` {fault[1]}, not {got}"
        raise DataFault(Problem(fault[0], message, item.span, also=(param.span,)))
    if param.type in MEDIA_KINDS:
        return media.open(value, Field(param.name, "text", media=param.type), item)
    return value


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`" if isinstance(value, int | float) else sort_of(value)


def instances_in(value: object) -> Iterable[str]:
    """The instances that make what a value holds."""
    if isinstance(value, Artifact):
        yield value.instance
    elif isinstance(value, list | tuple):
        for one in value:
            yield from instances_in(one)


def caller_problems(document: Document, axes: Mapping[str, AxisValues], caller: Caller) -> Iterable[Problem]:
    """What of a used pipeline's axes can't be together with those that it is used over."""
    for name in (name for name in document.axes if name in caller.axes):
        message = f"axis `{name}` has the name of an axis that this pipeline is used over"
        hint = "rename one of them; what the pipeline needs of an axis outside is given by `with`"
        yield Problem("axis-in-both", message, document.axes[name].span, hint=hint)
    if caller.takes is None:
        return
    for node in document.nodes.values():
        for axis in (axis for axis in node.over if axis in axes and axes[axis].takes):
            message = f"node `{node.name}` would have two takes axes: `{caller.takes.name}` of its user, and `{axis}`"
            hint = "take one of them out of its `over`"
            yield Problem("two-takes", message, node.over_span or node.span, hint=hint)
