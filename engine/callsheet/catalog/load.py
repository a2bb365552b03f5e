"""The catalogue on disk: routes, steps and intents, each read when it is first asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from callsheet.catalog.decode import BadDescription, read_intents, read_route, read_step
from callsheet.catalog.route import Intent, Route, Step
from callsheet.problems import DataFault, Problem, did_you_mean
from callsheet.shipped import shipped

_ROUTE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_Value = TypeVar("_Value")
_STEP_NAME = re.compile(r"[a-z][a-z0-9_]*")


class UnknownName(LookupError):
    """Nothing in the catalogue has this name. `kind` is `route`, `step` or `intent`; `hint` offers the nearest."""

    def __init__(self, kind: str, name: str, hint: str, message: str | None = None) -> None:
        super().__init__(message or f"there is no {kind} `{name}`")
        self.kind = kind
        self.name = name
        self.hint = hint


def route_file_name(route_id: str) -> str:
    """The name of the file that describes a route: its id with `--` for each slash."""
    return route_id.replace("/", "--") + ".json"


def load_catalog(folders: Sequence[Path] = (), schemas: Path | None = None) -> Catalog:
    """The catalogue of the route files in `folders`, first come first, and then of those that ship with callsheet."""
    return Catalog(folders, schemas or shipped("schemas"))


class Catalog:
    """Looks names up. A file is parsed once, and only if it is asked for; a broken one is a DataFault."""

    def __init__(self, folders: Sequence[Path], schemas: Path) -> None:
        self._folders = (*folders, schemas / "routes")
        self._steps_folder = schemas / "steps"
        self._intents_file = schemas / "intents.json"
        self._routes: dict[Path, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._steps: dict[str, Step] = {}
        self._intents: dict[str, Intent] = {}
        self._auto: tuple[str, ...] = ()

    def route(self, name: str) -> Route:
        """The route with this id or alias; raises UnknownName."""
        found = self._by_name.get(name) or self._named_file(name) or self._alias(name)
        if found is None:
            ids = sorted({path.stem.replace("--", "/") for path in self._route_files()})
            raise UnknownName("route", name, did_you_mean(name, ids))
        self._by_name[name] = found
        return found

    def routes(self) -> tuple[Route, ...]:
        """Every route, by id. Parses all of them."""
        found: dict[str, Route] = {}
        for path in self._route_files():
            route = self._read(path)
            found.setdefault(route.id, route)
        return tuple(found[route_id] for route_id in sorted(found))

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
            self._intents = {intent.name: intent for intent in intents}
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

    def _route_files(self) -> Iterator[Path]:
        for folder in self._folders:
            yield from sorted(folder.glob("*.json"))

    def _named_file(self, name: str) -> Route | None:
        if not _ROUTE_ID.fullmatch(name):
            return None
        for folder in self._folders:
            path = folder / route_file_name(name)
            if path.is_file() and (route := self._read(path)).id == name:
                return route
        return None

    def _alias(self, name: str) -> Route | None:
        return next((route for path in self._route_files() if name in (route := self._read(path)).aliases), None)

    def _read(self, path: Path) -> Route:
        if path not in self._routes:
            self._routes[path] = _decoded(path, read_route)
        return self._routes[path]


def _decoded(path: Path, decode: Callable[[Mapping[str, object]], _Value]) -> _Value:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise BadDescription("it holds no mapping")
        return decode(data)
    except OSError as error:
        raise _broken(path, f"it can't be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"it is no JSON ({error})") from None
    except BadDescription as error:
        raise _broken(path, str(error)) from None


def _broken(path: Path, why: str) -> DataFault:
    return DataFault(
        Problem(
            "bad-catalogue-file",
            f"the catalogue file `{path.parent.name}/{path.name}` can't be used: {why}",
            hint="its format is described in `schemas/README.md`",
        )
    )
