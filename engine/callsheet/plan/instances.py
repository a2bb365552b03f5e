"""The jobs of one node: each instance's scope rendered, seeded, keyed, placed and priced."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.catalog.price import estimate
from callsheet.catalog.route import Route
from callsheet.document.model import Document
from callsheet.media.info import Artifact
from callsheet.plan.axes import AxisValues
from callsheet.plan.bind import NodesScope, Producer
from callsheet.plan.expand import Combination
from callsheet.plan.inputs import MediaReader, effective_input
from callsheet.plan.job import Job
from callsheet.plan.key import Subject, asked_of, digest_of
from callsheet.plan.publish import default_path, path_fault
from callsheet.plan.recipe import Recipe
from callsheet.plan.seeds import FIRST_TAKE, Seeding
from callsheet.problems import DataFault, Problem

SIMULATOR = "simulator"
EXTENSIONS = {"video": ".mp4", "image": ".png", "audio": ".wav", "data": ".json"}
"""What a default name ends with until the file is there and says itself what it is."""


class JobBuilder:
    """Makes the jobs of one node. `takes` are the values of its takes axis, None where it has none."""

    def __init__(
        self,
        document: Document,
        provider: str,
        read_media: MediaReader,
        recipe: Recipe,
        names: tuple[str, ...],
        producers: Mapping[str, Producer],
        takes: AxisValues | None,
    ) -> None:
        self.folder = document.folder
        self.stem = document.path.stem
        self.provider = provider
        self.read_media = read_media
        self.recipe = recipe
        self.names = names
        self.producers = producers
        self.takes = takes.name if takes else None
        self.first_take = takes.values[0].id if takes else FIRST_TAKE
        self.unseeded = isinstance(recipe.shape, Route) and recipe.shape.seed_field is None
        self.seeding = Seeding(document.seed, recipe.node, recipe.shape, self.takes, self.first_take)
        self.picked = self._picked_ids()
        self.uses_nodes = any("nodes" in template.names for template in recipe.templates.values())

    def job(self, ident: str, combination: Combination, scope: dict[str, object]) -> Job:
        """The job of one combination; `scope` has all names but `nodes`. Raises a DataFault with all its problems."""
        recipe, node, shape = self.recipe, self.recipe.node, self.recipe.shape
        values = dict(zip(self.names, combination, strict=True))
        ids = {name: value.id for name, value in values.items()}
        nodes = NodesScope(self.producers, node.name, ids)
        scope["nodes"] = nodes
        seed = self.seeding.seed(values)
        effective = effective_input(recipe, scope, self.folder, self.read_media, seed)
        if effective.problems:
            raise DataFault(effective.problems)
        kind = "route" if isinstance(shape, Route) else "step"
        made_by, version = (shape.id, None) if isinstance(shape, Route) else (shape.name, shape.version)
        take = ids.get(self.takes) if self.takes else None
        salt = take if self.unseeded and take != self.first_take else None
        subject = Subject(ident, node.span)
        asked = asked_of(effective.values, _not_made, subject)
        return Job(
            id=ident,
            node=node.name,
            axes=ids,
            kind="route" if kind == "route" else "step",
            made_by=made_by,
            version=version,
            intent=recipe.intent.name if recipe.intent else None,
            intent_why=recipe.intent_why,
            seed=seed,
            unseeded=self.unseeded,
            salt=salt,
            input=effective.values,
            defaults=effective.defaults,
            needs=self._needs(effective.values, nodes),
            key=None if asked is None else digest_of(kind, made_by, version, salt, asked, self.provider, subject),
            publish=self._publish(ident, ids, scope),
            extension=EXTENSIONS[shape.makes] if recipe.publish is None else None,
            makes=shape.makes,
            estimate=estimate(shape, effective.values, self.provider == SIMULATOR),
            warnings=tuple(effective.warnings),
            held=f"waits for a pick of `{nodes.awaited_picks[0]}`" if nodes.awaited_picks else None,
            span=node.span,
            tags=node.tags,
            allow_cut=node.allow_cut,
        )

    def _picked_ids(self) -> frozenset[str]:
        """The ids of the picked takes; asked for only where a `publish` path may leave the take out."""
        producer = self.producers[self.recipe.node.name]
        if self.recipe.publish is None or self.takes is None:
            return frozenset()
        return frozenset(producer.ids[position] for position in producer.picked(range(len(producer.ids))))

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
            return default_path(self.stem, self.recipe.node.name, ids.items(), EXTENSIONS[self.recipe.shape.makes])
        if self.takes and self.takes not in template.names and ident not in self.picked:
            return None
        path = template.render(scope)
        fault = path_fault(path) if isinstance(path, str) else "`publish` must be a path"
        if fault is not None:
            raise DataFault(Problem("bad-publish", fault, template.item.span, hint="paths are below the output folder"))
        return str(path)


def _not_made(_: str) -> None:
    """In a plan no instance is made yet."""
