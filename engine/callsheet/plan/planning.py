"""One pipeline on its way to jobs: its axes, its instances, what they refer to, and the pipelines that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from callsheet.catalog.fields import CANONICAL_NAMES
from callsheet.catalog.route import Route, Step
from callsheet.document.model import Document, Node
from callsheet.document.record import Misuse, Record, TemplateFunction
from callsheet.document.template import compile_value
from callsheet.document.text import Messages
from callsheet.media.info import Artifact, LocalFile, OutputKind, RemoteFile
from callsheet.plan.axes import AxisValues, places_before
from callsheet.plan.bind import NodesScope, Producer
from callsheet.plan.caller import NOBODY, Caller
from callsheet.plan.draft import Draft
from callsheet.plan.expand import Combination, Expansion, expand, instance_id
from callsheet.plan.fallback import job_with_fallbacks
from callsheet.plan.findings import led_by
from callsheet.plan.instances import JobBuilder
from callsheet.plan.job import Job
from callsheet.plan.kit import Bench, Kit
from callsheet.plan.open_media import media_facts
from callsheet.plan.outputs import rendered_output
from callsheet.plan.picks import Reliance
from callsheet.plan.takes import add_takes
from callsheet.plan.use import UseDraft, caller_problems, dependencies_first, handed_in, instances_in
from callsheet.plan.used import UsedPipeline
from callsheet.problems import CallsheetError, DataFault, Problem, did_you_mean


class Planning:
    """One pipeline: the file that is planned, or one that it uses, for one instance of its user."""

    def __init__(self, document: Document, bench: Bench, caller: Caller = NOBODY) -> None:
        self.document = document
        self.bench = bench
        self.caller = caller
        self.media = bench.media(document.folder)
        self.problems = bench.problems.inside(caller.uses)
        self.messages: Messages | None = None
        self.axes: Mapping[str, AxisValues] = {}
        self.before: Mapping[str, Mapping[str, str | None]] = {}
        self.expansion = Expansion()
        self.kit = Kit({}, {}, {})
        self.defaults: Mapping[str, object] = {}
        self.producers: dict[str, Producer] = {}
        self.used: dict[str, UsedPipeline] = {}
        self.inside: dict[str, list[Planning]] = {}
        self.shapes: dict[str, Route | Step] = {}
        self._node_records: dict[str, Record] = {}
        self._outputs: dict[str, tuple[object, Reliance]] = {}
        self.fallback_routes: dict[str, Route] = {}
        self.scope: dict[str, object] = {
            "params": Record(None, {name: param.value for name, param in document.params.items()}),
            "pipeline": Record(None, {"name": document.name}),
            "media": TemplateFunction("media", self._media),
        }

    def prepare(self) -> bool:
        """Everything up to the instances and what refers to them. Goes on past what is wrong for as long as what
        follows can be judged without it; False where it can't."""
        document, found, name = self.document, self.problems, self.caller.name
        grounded = False
        with found.caught():
            self.axes = self.bench.axes(name, document, self.scope)
            self.before = places_before(self.axes)
            self.messages = self._load_messages(self.axes)
            found.add(clashing := list(caller_problems(document, self.axes, self.caller)))
            grounded = not clashing
        defaults = self._defaults()
        self.defaults = {**(defaults or {}), **self.caller.defaults}
        self.kit = self.bench.kit(name, document, self.defaults, found)
        if not grounded or defaults is None:
            return False
        with found.caught():
            self.expansion = expand(document, self.axes, self._when, self.bench.allowance)
        if len(self.expansion.combinations) < len(document.nodes):
            return False
        for local, node in document.nodes.items():
            self.producers[local] = self._producer(local, node)
        try:
            for local in dependencies_first(self.kit.uses):
                self._open(local)
        except CallsheetError as error:
            found.add(error.problems)
            return False
        return True

    def jobs(self) -> list[Job]:
        """The jobs of every node, in the order of the nodes; nothing is said of those who use what is wrong."""
        broken = {name for name, used in self.used.items() if used.broken}
        jobs: list[Job] = []
        for name in self.document.nodes:
            if name in self.inside:
                jobs += self._jobs_inside(self.inside[name])
            elif name in self.kit.drafts and self.producers[name].makes is not None:
                draft = self.kit.drafts[name]
                jobs += [] if draft.refers_to & broken else self._jobs(name, draft)
        self.problems.add(self._unused_defaults([*self.shapes.values(), *self.fallback_routes.values()]))
        return jobs

    def output(self, name: str) -> tuple[object, Reliance]:
        """What an output gives, and the picks that it hangs on. Raises a DataFault where it can't be given."""
        if name not in self._outputs:
            nodes = NodesScope(self.producers, "", {}, self.before)
            scope = self._scope({}) | {"nodes": nodes}
            value = rendered_output(name, self.kit.outputs[name], scope)
            for one in instances_in(value):
                if one in self.caller.handed:
                    nodes.relies().add(self.caller.handed[one])
            self._outputs[name] = value, nodes.relies()
        return self._outputs[name]

    def instances(self) -> Sequence[str]:
        """The ids of all instances, those of used pipelines included."""
        producers = self.producers.values()
        return [
            one for producer in producers for place in range(len(producer.ids)) for one in producer.instances(place)
        ]

    def every(self) -> Iterable[Planning]:
        """This pipeline and all that it uses."""
        yield self
        for inside in self.inside.values():
            for one in inside:
                yield from one.every()

    def warnings(self) -> Iterable[Problem]:
        """What is to be said of this pipeline as a whole."""
        return (led_by(one, self.caller.uses) for one in (*self.document.warnings, *self.expansion.warnings))

    def nodes(self) -> Iterable[Node]:
        """The nodes that have jobs, by their qualified names and over all axes of their ids, in their order."""
        for name, node in self.document.nodes.items():
            if name in self.kit.drafts:
                yield replace(node, over=(*self.caller.axes, *self.expansion.axes[node.name]))
            for one in self.inside.get(name, [])[:1]:
                yield from one.nodes()

    def _media(self, path: object) -> Record:
        if isinstance(path, Artifact | RemoteFile):
            raise Misuse("media-not-here", "`media(…)` tells of a file of the project, and this one is not there yet")
        try:
            file = path if isinstance(path, LocalFile) else self.media.local(str(path), self.document.span)
            return Record(None, media_facts(file))
        except DataFault as fault:
            first = fault.problems[0]
            raise Misuse(first.code, first.message, first.hint) from None

    def _load_messages(self, axes: Mapping[str, AxisValues]) -> Messages | None:
        if self.document.text is None or self.document.text.axis not in axes:
            return None
        languages = [value.id for value in axes[self.document.text.axis].values]
        return self.bench.messages(self.caller.name, self.document, languages)

    def _defaults(self) -> Mapping[str, object] | None:
        """The values of the file's `defaults`; None where one is wrong."""
        values: dict[str, object] = {}
        wrong = False
        for name, item in self.document.defaults.items():
            try:
                values[name] = compile_value(item).render(self.scope)
            except CallsheetError as error:
                wrong = True
                self.problems.add(error.problems)
        return None if wrong else values

    def _unused_defaults(self, shapes: Iterable[Route | Step]) -> list[Problem]:
        """A problem for each name in `defaults` that is no canonical one and that no route of the pipeline has."""
        if not self.document.defaults:
            return []
        routes = [shape for shape in shapes if isinstance(shape, Route)]
        known = [*CANONICAL_NAMES, *dict.fromkeys(name for route in routes for name in route.fields)]
        return [
            Problem(
                "unknown-default",
                f"no route of this pipeline has `{name}`, which `defaults` gives",
                self.document.default_spans.get(name),
                hint=did_you_mean(name, known),
            )
            for name in self.document.defaults
            if routes and name not in known
        ]

    def check_outputs(self) -> None:
        """The outputs of the file itself, which nobody asks for here; what was not made may be missing."""
        broken = {name for name, used in self.used.items() if used.broken}
        for name, template in self.kit.outputs.items():
            try:
                if not template.node_names & broken:
                    self.output(name)
            except CallsheetError as error:
                self.problems.add([problem for problem in error.problems if problem.code != "undefined"])

    def _when(self, node: Node, names: Sequence[str], combination: Combination) -> bool:
        local = node.local_name
        draft = self.kit.drafts.get(local) or self.kit.uses.get(local)
        if draft is None or draft.when is None:
            return True
        try:
            return draft.when.render_boolean(self._instance_scope(node, names, combination))
        except CallsheetError as error:
            self.problems.add(error.problems, instance_id(node.name, names, combination) if names else None)
            return True

    def _instance_scope(self, node: Node, names: Sequence[str], combination: Combination) -> dict[str, object]:
        records = {name: value.record for name, value in zip(names, combination, strict=True)}
        return self._scope(records) | {"node": self._node_record(node.local_name)}

    def _scope(self, records: Mapping[str, Record]) -> dict[str, object]:
        """What templates can name, but for `node` and `nodes`."""
        scope = {**self.scope, **records}
        if self.messages is not None and self.document.text is not None:
            spoken = records.get(self.document.text.axis)
            language = None if spoken is None else spoken.id
            scope["text"] = self.messages.lookup(language, records, self.document.params)
        return scope

    def _node_record(self, name: str) -> Record:
        """`node` in templates, made once a node."""
        return self._node_records.setdefault(name, Record(None, {"name": name}))

    def _producer(self, local: str, node: Node) -> Producer:
        names = self.expansion.axes[node.name]
        takes = next((axis for axis in names if self.axes[axis].takes), None)
        combinations = self.expansion.combinations[node.name]
        draft = self.kit.drafts.get(local)
        ids = [self._id(node, names, combination) for combination in combinations]
        makes = None if draft is None else self._makes(draft, names, combinations)
        producer = Producer(local, names, combinations, ids, makes, takes)
        if takes is not None:
            add_takes(producer, node, self.axes[takes], self.bench.picking, self._id)
        if node.maker != "use":
            return producer
        self.used[local] = UsedPipeline.of(producer, self.document.used[local], node.made_by.span)
        return self.used[local]

    def _id(self, node: Node, names: Sequence[str], combination: Combination) -> str:
        """The id of an instance, the caller's axes first."""
        return instance_id(node.name, (*self.caller.axes, *names), (*self.caller.combination, *combination))

    def _makes(self, draft: Draft, names: Sequence[str], combinations: Sequence[Combination]) -> OutputKind | None:
        """The one kind of file that a node makes; None, and a problem, where that is not one."""
        node = draft.node
        kinds = draft.kinds(self._instance_scope(node, names, combination) for combination in combinations)
        if len(kinds) > 1:
            message = f"node `{node.name}` would make {' and '.join(sorted(kinds))}, and a node makes one kind of file"
            hint = "make a node for each kind"
            self.problems.add([Problem("mixed-kinds", message, node.made_by.span, hint=hint)])
            return None
        return kinds[0] if kinds else "video"

    def _open(self, name: str) -> None:
        """Plan the pipeline that a node uses, for each of its instances, as far as its references go."""
        draft, used = self.kit.uses[name], self.used[name]
        if any(self.used[other].broken for other in draft.refers_to & self.used.keys() - {name}):
            return
        opened: list[Planning] = []
        self.inside[name] = used.inside = opened
        picked = used.decided()
        for position, combination in enumerate(used.combinations):
            try:
                inside = self._in_use(draft, used, combination, position in picked)
            except CallsheetError as error:
                self.problems.add(error.problems, used.ids[position] if used.axes or self.caller.axes else None)
                continue
            if inside.prepare():
                opened.append(inside)
        used.broken = len(opened) < len(used.ids)

    def _in_use(self, draft: UseDraft, used: UsedPipeline, combination: Combination, picked: bool) -> Planning:
        """The used pipeline with what one instance of its user hands in. Raises a DataFault."""
        caller = self.caller
        ids = {name: value.id for name, value in zip(used.axes, combination, strict=True)}
        nodes = NodesScope(self.producers, used.name, ids, self.before)
        params, handed = handed_in(draft, self._instance_scope(draft.node, used.axes, combination), nodes, self.media)
        needed = [
            one
            for name in draft.node.needs
            for place in nodes.positions(self.producers[name])
            for one in self.producers[name].instances(place)
        ]
        inner = Caller(
            name=draft.node.name,
            axes=(*caller.axes, *used.axes),
            combination=(*caller.combination, *combination),
            takes=self.axes[used.takes_axis] if used.takes_axis else caller.takes,
            picked=picked and caller.picked,
            defaults=self.defaults,
            needs=tuple(dict.fromkeys((*caller.needs, *needed))),
            handed={**caller.handed, **handed},
            uses=(*caller.uses, *used.use),
        )
        return Planning(replace(draft.used, params=params), self.bench, inner)

    def _jobs_inside(self, inside: Sequence[Planning]) -> list[Job]:
        """The jobs of a used pipeline, for all instances of its user: node after node, as those of one file are."""
        grouped: dict[str, list[Job]] = {node.name: [] for one in inside[:1] for node in one.nodes()}
        for one in inside:
            for job in one.jobs():
                grouped.setdefault(job.node, []).append(job)
            self.shapes |= one.shapes
            self.fallback_routes |= one.fallback_routes
        return [job for jobs in grouped.values() for job in jobs]

    def _jobs(self, name: str, draft: Draft) -> list[Job]:
        """The jobs of one node; the route or step of each is put into `shapes`."""
        node = draft.node
        names = self.expansion.axes[node.name]
        producer = self.producers[name]
        takes = self.axes[producer.takes_axis] if producer.takes_axis else self.caller.takes
        builders = [
            JobBuilder(
                self.document,
                self.bench.provider,
                self.media,
                one,
                names,
                self.producers,
                takes,
                self.before,
                self.caller,
                self.bench.pins,
            )
            for one in (draft, *draft.fallbacks)
        ]
        make_job = partial(job_with_fallbacks, builders) if draft.fallbacks else builders[0].job
        jobs: list[Job] = []
        for combination, ident in zip(self.expansion.combinations[node.name], producer.ids, strict=True):
            try:
                jobs.append(make_job(ident, combination, self._instance_scope(node, names, combination)))
            except CallsheetError as error:
                self.problems.add(error.problems, ident if "[" in ident else None)
        if draft.fixed is not None:
            self.shapes[node.name] = draft.fixed.shape
        else:
            self.shapes |= builders[0].shapes
        for builder in builders[1:]:
            self.fallback_routes |= {one.id: one for one in builder.shapes.values() if isinstance(one, Route)}
        return jobs
