"""Document + catalogue -> Plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.catalog.load import Catalog
from callsheet.document.model import Document, Node
from callsheet.document.record import Record, TemplateFunction
from callsheet.document.template import compile_value
from callsheet.document.text import Messages, load_text
from callsheet.plan.axes import AxisValues, resolve_axes
from callsheet.plan.bind import Producer
from callsheet.plan.expand import Combination, Expansion, expand, instance_id
from callsheet.plan.findings import Findings
from callsheet.plan.inputs import MediaReader, media_facts, open_local
from callsheet.plan.instances import SIMULATOR, JobBuilder
from callsheet.plan.job import Job, Plan
from callsheet.plan.order import producers_first
from callsheet.plan.publish import clashes
from callsheet.plan.recipe import Recipe, prepare
from callsheet.problems import CallsheetError

__all__ = ["SIMULATOR", "make_plan"]


def make_plan(
    document: Document,
    catalog: Catalog,
    *,
    provider: str,
    read_media: MediaReader,
    max_instances: int | None = None,
) -> Plan:
    """Everything the pipeline asks for, in order; submits nothing and writes nothing.

    `provider` is `runcomfy`, `simulator` or the name of another base. Raises a DataFault with all problems found.
    """
    return _Planning(document, catalog, provider, read_media).plan(max_instances or document.max_instances)


class _Planning:
    def __init__(self, document: Document, catalog: Catalog, provider: str, read_media: MediaReader) -> None:
        self.document = document
        self.catalog = catalog
        self.provider = provider
        self.read_media = read_media
        self.problems = Findings()
        self._node_records: dict[str, Record] = {}
        self.scope: dict[str, object] = {
            "params": Record(None, {name: param.value for name, param in document.params.items()}),
            "pipeline": Record(None, {"name": document.name}),
            "media": TemplateFunction("media", self._media),
        }

    def plan(self, max_instances: int) -> Plan:
        document = self.document
        axes = resolve_axes(document, self.scope)
        self.messages = self._load_messages(axes)
        defaults = self._defaults()
        recipes: dict[str, Recipe] = {}
        for node in document.nodes.values():
            try:
                recipes[node.name] = prepare(document, self.catalog, node, defaults)
            except CallsheetError as error:
                self.problems.add(error.problems)
        self.problems.throw()
        expansion = expand(document, axes, lambda *what: self._when(recipes, *what), max_instances)
        producers = self._producers(recipes, expansion, axes)
        jobs: list[Job] = []
        for recipe in recipes.values():
            jobs += self._jobs(recipe, expansion, producers, axes)
        self.problems.add(clashes(jobs))
        self.problems.throw()
        return Plan(
            document,
            self.provider,
            jobs,
            producers_first(jobs),
            expansion.excluded,
            (*document.warnings, *expansion.warnings),
            {job.id: job for job in jobs},
            {name: recipe.shape for name, recipe in recipes.items()},
        )

    def _media(self, path: object) -> Record:
        local = open_local(str(path), self.document.folder, self.read_media, self.document.span)
        return Record(None, media_facts(local))

    def _load_messages(self, axes: Mapping[str, AxisValues]) -> Messages | None:
        if self.document.text is None or self.document.text.axis not in axes:
            return None
        return load_text(self.document, [value.id for value in axes[self.document.text.axis].values])

    def _defaults(self) -> Mapping[str, object]:
        values: dict[str, object] = {}
        for name, item in self.document.defaults.items():
            try:
                values[name] = compile_value(item).render(self.scope)
            except CallsheetError as error:
                self.problems.add(error.problems)
        return values

    def _when(self, recipes: Mapping[str, Recipe], node: Node, names: Sequence[str], combination: Combination) -> bool:
        template = recipes[node.name].when
        if template is None:
            return True
        return template.render_boolean(self._instance_scope(node, names, combination))

    def _instance_scope(self, node: Node, names: Sequence[str], combination: Combination) -> dict[str, object]:
        records = {name: value.record for name, value in zip(names, combination, strict=True)}
        scope = {**self.scope, **records, "node": self._node_record(node.name)}
        if self.messages is not None and self.document.text is not None:
            spoken = records.get(self.document.text.axis)
            language = None if spoken is None else spoken.id
            scope["text"] = self.messages.lookup(language, records, self.document.params)
        return scope

    def _node_record(self, name: str) -> Record:
        """`node` in templates, made once a node."""
        return self._node_records.setdefault(name, Record(None, {"name": name}))

    def _producers(
        self, recipes: Mapping[str, Recipe], expansion: Expansion, axes: Mapping[str, AxisValues]
    ) -> Mapping[str, Producer]:
        producers: dict[str, Producer] = {}
        for name, recipe in recipes.items():
            names = expansion.axes[name]
            takes = next((axis for axis in names if axes[axis].takes), None)
            combinations = expansion.combinations[name]
            producers[name] = Producer(
                name,
                names,
                combinations,
                [instance_id(name, names, combination) for combination in combinations],
                recipe.shape.makes,
                takes,
                [] if takes is None else [value.id for value in axes[takes].values],
                takes is not None and axes[takes].unpicked == "hold",
            )
        return producers

    def _jobs(
        self,
        recipe: Recipe,
        expansion: Expansion,
        producers: Mapping[str, Producer],
        axes: Mapping[str, AxisValues],
    ) -> list[Job]:
        node = recipe.node
        names = expansion.axes[node.name]
        builder = JobBuilder(
            self.document,
            self.provider,
            self.read_media,
            recipe,
            names,
            producers,
            axes.get(producers[node.name].takes_axis or ""),
        )
        jobs: list[Job] = []
        for combination, ident in zip(expansion.combinations[node.name], producers[node.name].ids, strict=True):
            try:
                jobs.append(builder.job(ident, combination, self._instance_scope(node, names, combination)))
            except CallsheetError as error:
                self.problems.add(error.problems, ident if names else None)
        return jobs
