"""Document + catalogue -> Plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callsheet.catalog.fields import CANONICAL_NAMES
from callsheet.catalog.load import Catalog
from callsheet.catalog.route import Route, Step
from callsheet.document.model import Document, Node
from callsheet.document.record import Misuse, Record, TemplateFunction
from callsheet.document.template import compile_value
from callsheet.document.text import Messages, load_text
from callsheet.media.info import MediaInfo, OutputKind
from callsheet.plan.aspects import with_aspect_warnings
from callsheet.plan.axes import AxisValues, resolve_axes
from callsheet.plan.bind import Producer
from callsheet.plan.draft import Draft, prepare
from callsheet.plan.expand import Combination, Expansion, expand, instance_id
from callsheet.plan.findings import Findings
from callsheet.plan.instances import SIMULATOR, JobBuilder
from callsheet.plan.job import Job, Plan
from callsheet.plan.lengths import with_fit_warnings
from callsheet.plan.open_media import MediaReader, MediaSource, RemoteReader, media_facts
from callsheet.plan.order import producers_first
from callsheet.plan.publish import clashes, folder_clashes
from callsheet.problems import CallsheetError, DataFault, Problem, did_you_mean

__all__ = ["SIMULATOR", "make_plan"]


def _nothing_pinned(_: str) -> MediaInfo | None:
    return None


def make_plan(
    document: Document,
    catalog: Catalog,
    *,
    provider: str,
    read_media: MediaReader,
    read_remote: RemoteReader = _nothing_pinned,
    max_instances: int | None = None,
) -> Plan:
    """Everything the pipeline asks for, in order; submits nothing, fetches nothing and writes nothing.

    `provider` is `runcomfy`, `simulator` or the name of another base. Raises a DataFault with all problems found.
    """
    media = MediaSource(document.folder, read_media, read_remote)
    return _Planning(document, catalog, provider, media).plan(max_instances or document.max_instances)


class _Planning:
    def __init__(self, document: Document, catalog: Catalog, provider: str, media: MediaSource) -> None:
        self.document = document
        self.catalog = catalog
        self.provider = provider
        self.media = media
        self.problems = Findings()
        self.messages: Messages | None = None
        self._node_records: dict[str, Record] = {}
        self.scope: dict[str, object] = {
            "params": Record(None, {name: param.value for name, param in document.params.items()}),
            "pipeline": Record(None, {"name": document.name}),
            "media": TemplateFunction("media", self._media),
        }

    def plan(self, max_instances: int) -> Plan:
        """Goes on past what is wrong for as long as what follows can be judged without it."""
        document, found = self.document, self.problems
        axes: Mapping[str, AxisValues] = {}
        with found.caught():
            axes = resolve_axes(document, self.scope)
            self.messages = self._load_messages(axes)
        defaults = self._defaults()
        grounded = not found.found
        drafts: dict[str, Draft] = {}
        for node in document.nodes.values():
            with found.caught():
                drafts[node.name] = prepare(document, self.catalog, node, defaults)
        if not grounded:
            found.throw()
        expansion = Expansion()
        with found.caught():
            expansion = expand(document, axes, lambda *what: self._when(drafts, *what), max_instances)
        if len(expansion.combinations) < len(document.nodes):
            found.throw()
        return self._planned(axes, drafts, expansion)

    def _planned(self, axes: Mapping[str, AxisValues], drafts: Mapping[str, Draft], expansion: Expansion) -> Plan:
        document, found = self.document, self.problems
        producers = {name: self._producer(name, drafts.get(name), expansion, axes) for name in document.nodes}
        shapes: dict[str, Route | Step] = {}
        jobs: list[Job] = []
        for name, draft in drafts.items():
            if producers[name].makes is not None:
                jobs += self._jobs(draft, expansion, producers, axes, shapes)
        found.add(clashes(jobs))
        found.add(folder_clashes(jobs))
        found.add(self._unused_defaults(shapes.values()))
        found.throw()
        order = producers_first(jobs)
        by_id = {job.id: job for job in jobs}
        plan = Plan(
            document,
            self.provider,
            jobs,
            order,
            expansion.excluded,
            (*document.warnings, *expansion.warnings),
            by_id,
            shapes,
        )
        return with_fit_warnings(with_aspect_warnings(plan))

    def _media(self, path: object) -> Record:
        try:
            return Record(None, media_facts(self.media.local(str(path), self.document.span)))
        except DataFault as fault:
            first = fault.problems[0]
            raise Misuse(first.code, first.message, first.hint) from None

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

    def _unused_defaults(self, shapes: Iterable[Route | Step]) -> list[Problem]:
        """A problem for each name in `defaults` that is no canonical one and that no route of the pipeline has."""
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

    def _when(self, drafts: Mapping[str, Draft], node: Node, names: Sequence[str], combination: Combination) -> bool:
        template = drafts[node.name].when if node.name in drafts else None
        if template is None:
            return True
        try:
            return template.render_boolean(self._instance_scope(node, names, combination))
        except CallsheetError as error:
            self.problems.add(error.problems, instance_id(node.name, names, combination) if names else None)
            return True

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

    def _producer(
        self, name: str, draft: Draft | None, expansion: Expansion, axes: Mapping[str, AxisValues]
    ) -> Producer:
        names = expansion.axes[name]
        takes = next((axis for axis in names if axes[axis].takes), None)
        combinations = expansion.combinations[name]
        return Producer(
            name,
            names,
            combinations,
            [instance_id(name, names, combination) for combination in combinations],
            None if draft is None else self._makes(draft, names, combinations),
            takes,
            [] if takes is None else [value.id for value in axes[takes].values],
            takes is not None and axes[takes].unpicked == "hold",
        )

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

    def _jobs(
        self,
        draft: Draft,
        expansion: Expansion,
        producers: Mapping[str, Producer],
        axes: Mapping[str, AxisValues],
        shapes: dict[str, Route | Step],
    ) -> list[Job]:
        """The jobs of one node; the route or step of each is put into `shapes`."""
        node = draft.node
        names = expansion.axes[node.name]
        producer = producers[node.name]
        builder = JobBuilder(
            self.document, self.provider, self.media, draft, names, producers, axes.get(producer.takes_axis or "")
        )
        jobs: list[Job] = []
        for combination, ident in zip(expansion.combinations[node.name], producer.ids, strict=True):
            try:
                jobs.append(builder.job(ident, combination, self._instance_scope(node, names, combination)))
            except CallsheetError as error:
                self.problems.add(error.problems, ident if names else None)
        if draft.fixed is not None:
            shapes[node.name] = draft.fixed.shape
        else:
            shapes |= builder.shapes
        return jobs
