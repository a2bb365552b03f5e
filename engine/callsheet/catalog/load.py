"""The catalogue on disk: routes, steps and intents, each read when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TypeVar

from callsheet.catalog.decode import read_intents, read_route, read_step
from callsheet.catalog.files import ReadYaml, RouteFiles, is_route_id, read_json, told
from callsheet.catalog.pinned import NOTHING_PINNED, Pinned, pinned_intent, pinned_route
from callsheet.catalog.route import Intent, Route, Step
from callsheet.problems import did_you_mean, nearest
from callsheet.shipped import shipped

_Value = TypeVar("_Value")
_STEP_NAME = re.compile(r"[a-z][a-z0-9_]*")


class UnknownName(LookupError):
    """Nothing in the catalogue has this name. `kind` is `route`, `step` or `intent`; `hint` offers the nearest."""

    def __init__(self, kind: str, name: str, hint: str, message: str | None = None) -> None:
        super().__init__(message or f"there is no {kind} `{name}`")
        self.kind = kind
        self.name = name
        self.hint = hint


def load_catalog(
    folders: Sequence[Path] = (), schemas: Path | None = None, read_yaml: ReadYaml | None = None
) -> Catalog:
    """The catalogue of the route files in `folders`, first come first, and then of those that ship with callsheet.

    `read_yaml` is needed for `.fields.yaml` files beside route files; `.fields.json` ones need nothing.
    """
    return Catalog(folders, schemas or shipped("schemas"), read_yaml)


class Catalog:
    """Looks names up. A file is parsed once, and only if it is asked for; a broken one is a DataFault."""

    def __init__(self, folders: Sequence[Path], schemas: Path, read_yaml: ReadYaml | None = None) -> None:
        self._files = RouteFiles(folders, schemas / "routes", read_yaml)
        self._steps_folder = schemas / "steps"
        self._intents_file = schemas / "intents.json"
        self._routes: dict[Path, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._steps: dict[str, Step] = {}
        self._intents: dict[str, Intent] = {}
        self._auto: tuple[str, ...] = ()
        self.pinned = NOTHING_PINNED

    def pinned_by(self, pinned: Pinned) -> Catalog:
        """The same catalogue, with the defaults of routes and the routes of intents that a lock pins."""
        other = copy(self)
        other.pinned = pinned
        other._routes, other._by_name, other._intents = {}, {}, {}
        return other

    def route(self, name: str) -> Route:
        """The route with this id or alias; raises UnknownName."""
        found = self._by_name.get(name) or self._named_file(name) or self._alias(name)
        if found is None:
            raise UnknownName("route", name, self._route_hint(name))
        self._by_name[name] = found
        return found

    def routes(self) -> tuple[Route, ...]:
        """Every route, by id. Parses all of them."""
        found: dict[str, Route] = {}
        for path in self._files:
            route = self._read(path)
            found.setdefault(route.id, route)
        return tuple(found[route_id] for route_id in sorted(found))

    def own_descriptions(self, route_ids: Iterable[str]) -> list[Mapping[str, object]]:
        """The whole descriptions of those of the routes that don't ship, or that the project describes anew."""
        found = {path for name in route_ids if (path := self._files.find(name)) is not None}
        return [self._files.description(path) for path in sorted(found) if path.parent != self._files.shipped]

    def canonical_id(self, name: str) -> str:
        """The id of the route of which this is an alias; the name itself where it is none."""
        alias = None if self._files.find(name) else self._alias(name)
        return name if alias is None else alias.id

    def intent(self, name: str) -> Intent:
        """The intent of this name; raises UnknownName."""
        known = {intent.name: intent for intent in self.intents()}
        if name not in known:
            raise UnknownName("intent", name, did_you_mean(name, (*known, "auto")))
        return known[name]

    def intents(self) -> tuple[Intent, ...]:
        """Every intent, in the order of the table."""
        if not self._intents:
            intents, self._auto = _decoded(self._intents_file, read_intents)
            self._intents = {intent.name: pinned_intent(intent, self.pinned) for intent in intents}
        return tuple(self._intents.values())

    def auto_intents(self) -> tuple[Intent, ...]:
        """The intents that `intent: auto` chooses among, the preferred one first."""
        self.intents()
        return tuple(self._intents[name] for name in self._auto)

    def step(self, name: str) -> Step:
        """The step of this name; raises UnknownName."""
        if name not in self._steps:
            path = self._steps_folder / f"{name}.json"
            if not _STEP_NAME.fullmatch(name) or not path.is_file():
                raise UnknownName("step", name, did_you_mean(name, sorted(self._step_names())))
            self._steps[name] = _decoded(path, read_step)
        return self._steps[name]

    def steps(self) -> tuple[Step, ...]:
        """Every step, by name."""
        return tuple(self.step(name) for name in sorted(self._step_names()))

    def _step_names(self) -> list[str]:
        return [path.stem for path in self._steps_folder.glob("*.json")]

    def _named_file(self, name: str) -> Route | None:
        path = self._files.find(name)
        return route if path is not None and (route := self._read(path)).id == name else None

    def _alias(self, name: str) -> Route | None:
        routes = (self._read(path) for path in self._files.mentioning(name))
        return next((route for route in routes if name in route.aliases), None)

    def _route_hint(self, name: str) -> str:
        near = nearest(name, {path.stem.replace("--", "/") for path in self._files})
        hint = f"did you mean `{near}`?" if near else "`callsheet routes` lists what there is"
        if "/" not in name or not is_route_id(name):
            return hint
        return f"{hint}{' If' if near else '; if'} the API has it, `callsheet routes sync {name}` fetches it"

    def _read(self, path: Path) -> Route:
        if path not in self._routes:
            described = self._files.description(path)
            self._routes[path] = pinned_route(told(path, lambda: read_route(described)), self.pinned)
        return self._routes[path]


def _decoded(path: Path, decode: Callable[[Mapping[str, object]], _Value]) -> _Value:
    return told(path, lambda: decode(read_json(path)))
