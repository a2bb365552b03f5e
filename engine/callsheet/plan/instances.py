"""The jobs of one node: each instance's scope rendered, seeded, keyed, placed and priced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from callsheet.catalog.price import estimate
from callsheet.catalog.route import Route, Step
from callsheet.document.model import Document
from callsheet.media.info import Artifact, OutputKind
from callsheet.plan.axes import AxisValues
from callsheet.plan.bind import NodesScope, Producer
from callsheet.plan.caller import NOBODY, Caller
from callsheet.plan.draft import Draft
from callsheet.plan.expand import Combination
from callsheet.plan.inputs import effective_input
from callsheet.plan.job import Job
from callsheet.plan.key import Subject, asked_of, digest_of
from callsheet.plan.open_media import MediaSource
from callsheet.plan.picks import Choice, Reliance
from callsheet.plan.pins import NO_PINS, Pins
from callsheet.plan.publish import default_path, path_fault
from callsheet.plan.seeds import FIRST_TAKE, Seed, Seeding
from callsheet.problems import DataFault, Problem

SIMULATOR = "simulator"
NOTHING_RELIED_ON = Reliance()
EXTENSIONS = {"video": ".mp4", "image": ".png", "audio": ".wav", "data": ".json"}
"""What a default name ends with until the file is there and says itself what it is."""


class JobBuilder:
    """Makes the jobs of one node. `takes` are the values of its takes axis, None where it has none; both it and what
    else tells instances apart may be the caller's. `before` gives the id before each of every ordered axis."""

    def __init__(
        self,
        document: Document,
        provider: str,
        media: MediaSource,
        draft: Draft,
        names: tuple[str, ...],
        producers: Mapping[str, Producer],
        takes: AxisValues | None,
        before: Mapping[str, Mapping[str, str | None]],
        caller: Caller = NOBODY,
        pins: Pins = NO_PINS,
    ) -> None:
        self.caller = caller
        self.outside = dict(zip(caller.axes, caller.combination, strict=True))
        self.root = document.seed
        self.stem = document.path.stem
        self.provider = provider
        self.media = media
        self.draft = draft
        self.node = draft.node
        self.names = names
        self.producers = producers
        self.takes = takes.name if takes else None
        self.pins = pins
        self.first_take = pins.first_take(draft.node, takes) if takes else FIRST_TAKE
        self.before = before
        producer = producers[draft.node.local_name]
        self.ofs = dict(zip(producer.ids, producer.ofs, strict=True)) if producer.ofs else {}
        self.published = self._published(producer)
        self.uses_nodes = draft.uses_nodes or caller is not NOBODY
        self.shapes: dict[str, Route | Step] = {}
        self._seedings: dict[int, Seeding] = {}

    def job(self, ident: str, combination: Combination, scope: dict[str, object], node_seed: Seed | None = None) -> Job:
        """The job of one combination; `scope` has all names but `nodes`. A seed that the instance has already is
        taken over. Raises a DataFault with all its problems."""
        node = self.node
        inner = dict(zip(self.names, combination, strict=True))
        values = {**self.outside, **inner}
        ids = {name: value.id for name, value in values.items()}
        own = {name: value.id for name, value in inner.items()}
        nodes = NodesScope(self.producers, node.local_name, own, self.before)
        scope["nodes"] = nodes
        recipe, given = self.draft.recipe(scope)
        shape = self.shapes[ident] = recipe.shape
        seeding = self._seeding(shape)
        seed = seeding.seed(values, ident) if node_seed is None else seeding.lent(node_seed)
        effective = effective_input(recipe, scope, given, self.media, seed.value if seed else None)
        if effective.problems:
            raise DataFault(effective.problems)
        is_route = isinstance(shape, Route)
        made_by, version = (shape.id, None) if isinstance(shape, Route) else (shape.name, shape.version)
        unseeded = isinstance(shape, Route) and shape.seed_field is None
        take = ids.get(self.takes) if self.takes else None
        salt = take if unseeded and take != self.first_take else None
        subject = Subject(ident, node.span)
        asked = asked_of(effective.values, _not_made, subject)
        needs = self._needs(effective.values, nodes)
        reliance = self._reliance(nodes, needs)
        if reliance.awaited:
            needs = tuple(dict.fromkeys((*needs, *(take for takes in reliance.awaited.values() for take in takes))))
        kind: Literal["route", "step"] = "route" if is_route else "step"
        return Job(
            id=ident,
            node=node.name,
            axes=ids,
            kind=kind,
            made_by=made_by,
            version=version,
            intent=recipe.intent.name if recipe.intent else None,
            intent_why=recipe.intent_why,
            seed=seed.value if seed else None,
            origin=seed.origin if seed else None,
            unseeded=unseeded,
            salt=salt,
            input=effective.values,
            defaults=effective.defaults,
            needs=needs,
            key=None if asked is None else digest_of(kind, made_by, version, salt, asked, self.provider, subject),
            publish=self._publish(ident, ids, scope, shape.makes),
            extension=EXTENSIONS[shape.makes] if self.draft.publish is None else None,
            makes=shape.makes,
            estimate=estimate(shape, effective.values, self.provider == SIMULATOR),
            warnings=tuple(effective.warnings),
            span=node.span,
            tags=node.tags,
            allow_cut=node.allow_cut,
            of=self.ofs.get(ident),
            take=take if ident in self.ofs else None,
            awaits=tuple(reliance.awaited),
            picks=self._picks(ident, reliance),
            previous=tuple(need for need in needs if need in reliance.previous) if reliance.previous else (),
        )

    def _seeding(self, shape: Route | Step) -> Seeding:
        """The seeds for this route; each route is asked about many times."""
        found = self._seedings.get(id(shape))
        if found is None:
            found = self._seedings[id(shape)] = Seeding(
                self.root, self.node, shape, self.takes, self.first_take, self.pins
            )
        return found

    def _published(self, producer: Producer) -> Mapping[str, Choice | None]:
        """The takes that are published where the `publish` path leaves the take out, each with its pick. Empty where
        every take has a path of its own."""
        publish = self.draft.publish
        if publish is None or self.takes not in self.names or self.takes in publish.names:
            return {}
        return {producer.ids[position]: choice for position, choice in producer.decided().items()}

    def _reliance(self, nodes: NodesScope, needs: tuple[str, ...]) -> Reliance:
        """What the job hangs on, by its own references and by what was handed in."""
        for need in needs if self.caller.handed else ():
            if need in self.caller.handed:
                nodes.relies().add(self.caller.handed[need])
        return nodes.reliance or NOTHING_RELIED_ON

    def _picks(self, ident: str, reliance: Reliance) -> tuple[Choice, ...]:
        own = self.published.get(ident)
        if own is None and not reliance.picks:
            return ()
        return (*reliance.picks.values(), *([own] if own is not None else []))

    def _needs(self, values: Mapping[str, object], nodes: NodesScope) -> tuple[str, ...]:
        found: dict[str, None] = {}
        if self.uses_nodes:
            for value in values.values():
                for one in value if isinstance(value, list | tuple) else (value,):
                    if isinstance(one, Artifact):
                        found[one.instance] = None
        for name in self.node.needs:
            producer = self.producers[name]
            for position in nodes.positions(producer):
                found |= dict.fromkeys(producer.instances(position))
        return tuple(found | dict.fromkeys(self.caller.needs))

    def _publish(
        self, ident: str, ids: Mapping[str, str], scope: Mapping[str, object], makes: OutputKind
    ) -> str | None:
        template = self.draft.publish
        if template is None:
            return default_path(self.stem, self.node.name, ids.items(), EXTENSIONS[makes])
        if self.takes in self.names and self.takes not in template.names and ident not in self.published:
            return None
        if not self.caller.picked:
            return None
        path = template.render(scope)
        fault = path_fault(path, makes) if isinstance(path, str) else "`publish` must be a path"
        if fault is not None:
            raise DataFault(Problem("bad-publish", fault, template.item.span, hint="paths are below the output folder"))
        return str(path)


def _not_made(_: str) -> None:
    """In a plan no instance is made yet."""
