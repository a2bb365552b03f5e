"""Document + catalogue -> Plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from callsheet.catalog.load import Catalog
from callsheet.catalog.price import estimate
from callsheet.catalog.route import Route
from callsheet.document.model import Document, Node
from callsheet.document.record import Record, TemplateFunction
from callsheet.document.template import compile_value
from callsheet.document.text import Messages, load_text
from callsheet.media.info import Artifact
from callsheet.plan.axes import AxisValues, resolve_axes
from callsheet.plan.bind import NodesScope, Producer
from callsheet.plan.expand import Combination, Expansion, expand, instance_id
from callsheet.plan.inputs import MediaReader, effective_input, media_facts, open_local
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import key_of
from callsheet.plan.order import producers_first
from callsheet.plan.publish import clashes, default_path, path_fault
from callsheet.plan.recipe import Recipe, prepare
from callsheet.plan.seeds import FIRST_TAKE, derive_seed, fold_seed
from callsheet.problems import CallsheetError, DataFault, Problem

SIMULATOR = "simulator"
FIRST_EXTENSION = {"video": ".mp4", "image": ".png", "audio": ".wav"}


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
        self.problems = _Problems()
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
        scope = {**self.scope, **records, "node": Record(None, {"name": node.name})}
        if self.messages is not None and self.document.text is not None:
            spoken = records.get(self.document.text.axis)
            language = None if spoken is None else spoken.id
            scope["text"] = self.messages.lookup(language, records, self.document.params)
        return scope

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
        builder = _JobBuilder(self, recipe, names, producers, axes)
        jobs: list[Job] = []
        for combination, ident in zip(expansion.combinations[node.name], producers[node.name].ids, strict=True):
            try:
                jobs.append(builder.job(ident, combination))
            except CallsheetError as error:
                self.problems.add(error.problems, ident if names else None)
        return jobs


class _JobBuilder:
    """Makes the jobs of one node."""

    def __init__(
        self,
        planning: _Planning,
        recipe: Recipe,
        names: tuple[str, ...],
        producers: Mapping[str, Producer],
        axes: Mapping[str, AxisValues],
    ) -> None:
        self.planning = planning
        self.recipe = recipe
        self.names = names
        self.producers = producers
        self.takes = producers[recipe.node.name].takes_axis
        self.first_take = axes[self.takes].values[0].id if self.takes else FIRST_TAKE
        self.picked = self._picked_ids()
        self.simulated = planning.provider == SIMULATOR
        self.uses_nodes = any("nodes" in template.names for template in recipe.templates.values())

    def _picked_ids(self) -> frozenset[str]:
        producer = self.producers[self.recipe.node.name]
        return frozenset(producer.ids[position] for position in producer.picked(range(len(producer.ids))))

    def job(self, ident: str, combination: Combination) -> Job:
        planning, recipe, node = self.planning, self.recipe, self.recipe.node
        shape = recipe.shape
        ids = {name: value.id for name, value in zip(self.names, combination, strict=True)}
        nodes = NodesScope(self.producers, node.name, ids)
        scope = planning._instance_scope(node, self.names, combination)
        scope["nodes"] = nodes
        seed = self._seed(combination)
        effective = effective_input(recipe, scope, planning.document.folder, planning.read_media, seed)
        if effective.problems:
            raise DataFault(effective.problems)
        is_route = isinstance(shape, Route)
        unseeded = isinstance(shape, Route) and shape.seed_field is None
        take = ids.get(self.takes) if self.takes else None
        held = f"waits for a pick of `{nodes.awaited_picks[0]}`" if nodes.awaited_picks else None
        job = Job(
            id=ident,
            node=node.name,
            axes=ids,
            kind="route" if is_route else "step",
            made_by=shape.id if isinstance(shape, Route) else shape.name,
            version=None if isinstance(shape, Route) else shape.version,
            intent=recipe.intent.name if recipe.intent else None,
            intent_why=recipe.intent_why,
            seed=seed if is_route and not unseeded else None,
            unseeded=unseeded,
            salt=take if unseeded and take != self.first_take else None,
            input=effective.values,
            defaults=effective.defaults,
            needs=self._needs(effective.values, nodes),
            key=None,
            publish=self._publish(ident, ids, scope),
            extension=FIRST_EXTENSION[shape.makes] if recipe.publish is None else None,
            makes=shape.makes,
            estimate=estimate(shape, effective.values, self.simulated),
            warnings=tuple(effective.warnings),
            held=held,
            span=node.span,
            tags=node.tags,
            allow_cut=node.allow_cut,
        )
        return replace(job, key=key_of(job, planning.provider, lambda _: None))

    def _seed(self, combination: Combination) -> int | None:
        shape, node, document = self.recipe.shape, self.recipe.node, self.planning.document
        if not isinstance(shape, Route) or shape.seed_field is None:
            return None
        by_axis = dict(zip(self.names, combination, strict=True))
        take = by_axis[self.takes] if self.takes else None
        given = node.seed
        vary = [(axis, by_axis[axis].id) for axis in given.vary if axis in by_axis] if given else []
        if take is not None and take.seed is not None:
            seed = take.seed
        else:
            pin = given.pin if given else None
            first = take is None or take.id == self.first_take
            if pin is not None and first and not vary:
                seed = pin
            else:
                root = pin if pin is not None else document.seed
                if root is None:
                    raise DataFault(
                        Problem(
                            "seed-required",
                            f"node `{node.name}` needs a seed, and the pipeline has none to derive it from",
                            node.span,
                            hint="add `seed: 1` (any whole number) at the top of the file",
                        )
                    )
                seed = derive_seed(root, node.was or node.name, take.id if take else FIRST_TAKE, vary)
        field = shape.fields[shape.seed_field]
        minimum, maximum = (None if edge is None else int(edge) for edge in (field.minimum, field.maximum))
        return fold_seed(seed, minimum, maximum, shape.seed_random)

    def _needs(self, values: Mapping[str, object], nodes: NodesScope) -> tuple[str, ...]:
        found: dict[str, None] = {}
        if self.uses_nodes:
            for value in values.values():
                for one in value if isinstance(value, list | tuple) else (value,):
                    if isinstance(one, Artifact):
                        found[one.instance] = None
        for name in self.recipe.node.needs:
            producer = self.producers[name]
            found |= {producer.ids[position]: None for position in nodes.positions(producer)}
        return tuple(found)

    def _publish(self, ident: str, ids: Mapping[str, str], scope: Mapping[str, object]) -> str | None:
        template = self.recipe.publish
        if template is None:
            stem = self.planning.document.path.stem
            return default_path(stem, self.recipe.node.name, ids.items(), FIRST_EXTENSION[self.recipe.shape.makes])
        if self.takes and self.takes not in template.names and ident not in self.picked:
            return None
        path = template.render(scope)
        fault = path_fault(path) if isinstance(path, str) else "`publish` must be a path"
        if fault is not None:
            raise DataFault(Problem("bad-publish", fault, template.item.span, hint="paths are below the output folder"))
        return str(path)


class _Problems:
    """Problems by what they say and where: one that many instances share is told once."""

    def __init__(self) -> None:
        self.found: dict[tuple[object, ...], tuple[Problem, list[str]]] = {}

    def add(self, problems: Sequence[Problem], instance: str | None = None) -> None:
        for problem in problems:
            place = problem.span and (problem.span.path, problem.span.line, problem.span.column)
            about = (problem.code, problem.message, place)
            _, instances = self.found.setdefault(about, (problem, []))
            if instance is not None:
                instances.append(instance)

    def throw(self) -> None:
        """Raise what was found, if anything was, in the order of the source."""
        if not self.found:
            return
        told = [self._tell(problem, instances) for problem, instances in self.found.values()]
        raise DataFault(sorted(told, key=self._place))

    def _tell(self, problem: Problem, instances: list[str]) -> Problem:
        if not instances:
            return problem
        more = f" and {len(instances) - 1} more" if len(instances) > 1 else ""
        return replace(problem, instance=instances[0] + more)

    def _place(self, problem: Problem) -> tuple[str, int, int]:
        span = problem.span
        return (span.path, span.line, span.column) if span else ("", 0, 0)
