"""Nodes as a file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from callsheet.document.fallbacks import read_fallbacks, refuse_seed
from callsheet.document.item import Item
from callsheet.document.keys import MAKERS, NODE, NODE_SEED, NOT_WITH_USE
from callsheet.document.model import Axis, AxisTakes, Maker, Node, NodeSeed
from callsheet.document.names import SCOPE_NAMES
from callsheet.document.reader import Reader
from callsheet.document.shape import found, is_template, is_text
from callsheet.problems import Span, nearest


def read_nodes(reader: Reader, item: Item, known_axes: Mapping[str, Item], axes: Mapping[str, Axis]) -> dict[str, Node]:
    """The nodes of a file. `known_axes` are all that it names, `axes` those that could be read."""
    if not item.mapping:
        reader.error("missing-key", "`nodes` must have at least one node", item.span)
    nodes = {}
    for name, value in item.mapping.items():
        span = item.key_spans[name]
        reader.name(name, span, "a node", SCOPE_NAMES)
        node = _NodeReader(reader, name, known_axes, axes, item.mapping).read(value, span)
        if node is not None:
            nodes[name] = node
    return nodes


class _NodeReader:
    def __init__(
        self,
        reader: Reader,
        name: str,
        known_axes: Mapping[str, Item],
        axes: Mapping[str, Axis],
        nodes: Mapping[str, Item],
    ) -> None:
        self.reader = reader
        self.name = name
        self.known_axes = known_axes
        self.axes = axes
        self.nodes = nodes

    def read(self, item: Item, span: Span) -> Node | None:
        reader = self.reader
        entries = reader.table(item, NODE, f"node `{self.name}`")
        if not item.is_mapping:
            return None
        maker = self._maker(item, span)
        over = self._over(entries.get("over"))
        needs = reader.references(entries["needs"], self.nodes, "node") if "needs" in entries else ()
        seed = self._seed(entries.get("seed"), over if "over" in entries or "over" not in item.mapping else None)
        refuse_seed(reader, entries.get("input"))
        tags = self._tags(entries.get("tags"))
        was = entries.get("was")
        if was is not None:
            reader.name(was.written, was.span, "a node")
        if maker is None or maker not in entries:
            return None
        made_by = entries[maker]
        if maker in ("step", "use") and is_template(made_by):
            hint = "`route`, `intent` and `input` can be" if maker == "step" else "the values of `with` can be"
            reader.error(f"templated-{maker}", f"`{maker}` can't be a template", made_by.span, hint)
        self._check_use(item, maker)
        advice, allow_cut, description = entries.get("advice"), entries.get("allow_cut"), entries.get("description")
        return Node(
            name=self.name,
            maker=maker,
            made_by=made_by,
            over=tuple(axis for axis, _ in over),
            over_span=entries["over"].span if "over" in entries else None,
            input=entries.get("input"),
            seed=seed,
            when=entries.get("when"),
            needs=tuple(node for node, _ in needs),
            needs_spans=tuple(place for _, place in needs),
            publish=entries.get("publish"),
            tags=tags,
            advice=advice is None or advice.value in ("on", True),
            allow_cut=allow_cut is not None and allow_cut.value is True,
            was=None if was is None else was.written,
            description=None if description is None else description.written,
            span=span,
            handed=entries.get("with"),
            fallback=read_fallbacks(reader, f"node `{self.name}`", maker, entries.get("fallback")),
        )

    def _maker(self, item: Item, span: Span) -> Maker | None:
        """The one of `route`, `intent`, `step` and `use` that the node has."""
        present = [key for key in MAKERS if key in item.mapping]
        if not present:
            if not any(nearest(key, NODE.keys) in MAKERS for key in item.mapping if key not in NODE.keys):
                message = f"node `{self.name}` must have one of `route`, `intent`, `step` or `use`"
                self.reader.error("missing-key", message, span)
            return None
        present.sort(key=lambda key: (item.key_spans[key].line, item.key_spans[key].column))
        for extra in present[1:]:
            message = f"node `{self.name}` can't have both `{present[0]}` and `{extra}`"
            self.reader.error("two-makers", message, item.key_spans[extra], also=(item.key_spans[present[0]],))
        return cast(Maker, present[0])

    def _check_use(self, item: Item, maker: Maker) -> None:
        """What can't stand beside `use`, and what only can."""
        if maker != "use" and "with" in item.mapping:
            message = f"`with` gives values to a pipeline that is used, and node `{self.name}` uses none"
            self.reader.error("with-without-use", message, item.key_spans["with"], "inputs stand in `input`")
        for key, reason in NOT_WITH_USE.items() if maker == "use" else ():
            if key in item.mapping:
                message = f"`{key}` can't stand beside `use`"
                self.reader.error("not-with-use", message, item.key_spans[key], f"{reason} (node `{self.name}`)")

    def _over(self, item: Item | None) -> tuple[tuple[str, Span], ...]:
        if item is None:
            return ()
        over = self.reader.references(item, self.known_axes, "axis")
        first: tuple[str, Span] | None = None
        for name, span in over:
            axis = self.axes.get(name)
            if axis is None or not isinstance(axis.source, AxisTakes):
                continue
            if first is not None:
                message = f"a node can have one takes axis, not both `{first[0]}` and `{name}`"
                self.reader.error("two-takes", message, span, also=(first[1],))
            else:
                first = (name, span)
        return over

    def _seed(self, item: Item | None, over: tuple[tuple[str, Span], ...] | None) -> NodeSeed | None:
        """The node's seed; `over` is None where it could not be read."""
        if item is None:
            return None
        if not item.is_mapping:
            return NodeSeed(cast(int, item.value), (), item.span)
        entries = self.reader.table(item, NODE_SEED, "`seed`")
        vary = self.reader.references(entries["vary"], self.known_axes, "axis") if "vary" in entries else ()
        for name, span in vary:
            if over is not None and name not in dict(over):
                hint = f"add `{name}` to `over`, or take it out of `vary`"
                self.reader.error("not-over", f"node `{self.name}` is not over `{name}`", span, hint)
        pin = entries.get("pin")
        if not item.mapping:
            self.reader.error("missing-key", "`seed` must have `pin` or `vary`", item.span)
        return NodeSeed(None if pin is None else cast(int, pin.value), tuple(name for name, _ in vary), item.span)

    def _tags(self, item: Item | None) -> tuple[str, ...]:
        if item is None:
            return ()
        seen: dict[str, Span] = {}
        for one in item.sequence:
            if not is_text(one):
                self.reader.error("wrong-type", f"a tag must be text, not {found(one)}", one.span)
            elif self.reader.id_text(one.written, one.span, "a tag"):
                self.reader.once(one.written, one.span, seen, "duplicate-name")
        return tuple(seen)
