"""The catalogue on disk: routes, steps and intents, each read when it is first asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from callsheet.catalog.decode import read_intents, read_route, read_step
from callsheet.catalog.description import BadDescription
from callsheet.catalog.layers import over_shipped, with_sidecar
from callsheet.catalog.route import Intent, Route, Step
from callsheet.problems import DataFault, Problem, did_you_mean, nearest
from callsheet.shipped import shipped

_ROUTE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_Value = TypeVar("_Value")
_STEP_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SIDECARS = (".fields.json", ".fields.yaml", ".fields.yml")

ReadYaml = Callable[[Path], object]
"""Reads a YAML file as plain data; a CallsheetError where it can't."""


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


def is_route_id(text: str) -> bool:
    """Whether a text has the form of a route's id."""
    return _ROUTE_ID.fullmatch(text) is not None


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
        self._shipped = schemas / "routes"
        self._folders = (*folders, self._shipped)
        self._steps_folder = schemas / "steps"
        self._intents_file = schemas / "intents.json"
        self._read_yaml = read_yaml
        self._descriptions: dict[Path, Mapping[str, object]] = {}
        self._routes: dict[Path, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._steps: dict[str, Step] = {}
        self._intents: dict[str, Intent] = {}
        self._auto: tuple[str, ...] = ()

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
        for path in self._route_files():
            route = self._read(path)
            found.setdefault(route.id, route)
        return tuple(found[route_id] for route_id in sorted(found))

    def own_descriptions(self, route_ids: Iterable[str]) -> list[Mapping[str, object]]:
        """The whole descriptions of those of the routes that don't ship, or that the project describes anew."""
        paths = {name: self._path(name) for name in route_ids}
        return [self._description(path) for _, path in sorted(paths.items()) if path and path.parent != self._shipped]

    def canonical_id(self, name: str) -> str:
        """The id that ships for this id or alias; the name itself where none does."""
        path = self._shipped / route_file_name(name)
        if not is_route_id(name) or path.is_file():
            return name
        return next((self._read(one).id for one in self._aliased([self._shipped], name)), name)

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

    def _route_files(self, folders: Sequence[Path] | None = None) -> Iterator[Path]:
        for folder in folders or self._folders:
            yield from sorted(path for path in folder.glob("*.json") if not path.name.endswith(_SIDECARS))

    def _path(self, name: str) -> Path | None:
        """The file that is named after a route's id."""
        paths = [folder / route_file_name(name) for folder in self._folders] if is_route_id(name) else []
        return next((path for path in paths if path.is_file()), None)

    def _named_file(self, name: str) -> Route | None:
        path = self._path(name)
        return route if path is not None and (route := self._read(path)).id == name else None

    def _alias(self, name: str) -> Route | None:
        return next((self._read(path) for path in self._aliased(self._folders, name)), None)

    def _aliased(self, folders: Sequence[Path], name: str) -> Iterator[Path]:
        """The files of routes with this alias; a file without the name in it is not parsed."""
        if not is_route_id(name):
            return
        for path in self._route_files(folders):
            stem = path.with_suffix("")
            beside = [Path(f"{stem}{end}") for end in _SIDECARS]
            texts = [_bytes(path), *(_bytes(one) for one in beside if one.is_file())]
            if path.parent != self._shipped and (self._shipped / path.name).is_file():
                texts.append(_bytes(self._shipped / path.name))
            if any(name.encode() in text for text in texts) and name in self._read(path).aliases:
                yield path

    def _route_hint(self, name: str) -> str:
        ids = {path.stem.replace("--", "/") for path in self._route_files()}
        near = nearest(name, ids)
        hint = f"did you mean `{near}`?" if near else "`callsheet routes` lists what there is"
        if "/" not in name or not is_route_id(name):
            return hint
        return f"{hint}{' If' if near else '; if'} the API has it, `callsheet routes sync {name}` fetches it"

    def _read(self, path: Path) -> Route:
        if path not in self._routes:
            self._routes[path] = _told(path, lambda: read_route(self._description(path)))
        return self._routes[path]

    def _description(self, path: Path) -> Mapping[str, object]:
        """What is known of a route: its file, laid over what ships where it was synced, and its `.fields` file."""
        if path not in self._descriptions:
            described = _told(path, lambda: _json(path))
            same = self._shipped / path.name
            if "synced" in described and path != same and same.is_file():
                shipped_one = _told(same, lambda: _json(same))
                published = described
                described = _told(path, lambda: over_shipped(published, shipped_one))
            for end in _SIDECARS:
                beside = path.with_name(path.stem + end)
                if beside.is_file():
                    base = described
                    described = _told(beside, lambda: with_sidecar(base, self._sidecar(beside)))
                    break
            self._descriptions[path] = described
        return self._descriptions[path]

    def _sidecar(self, path: Path) -> Mapping[str, object]:
        if path.suffix == ".json":
            return _json(path)
        data = self._read_yaml(path) if self._read_yaml is not None else None
        if not isinstance(data, Mapping):
            raise BadDescription("it holds no mapping")
        return data


def _decoded(path: Path, decode: Callable[[Mapping[str, object]], _Value]) -> _Value:
    return _told(path, lambda: decode(_json(path)))


def _json(path: Path) -> Mapping[str, object]:
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise BadDescription("it holds no mapping")
    return data


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _told(path: Path, read: Callable[[], _Value]) -> _Value:
    """What reading a file of the catalogue gives; its faults name the file."""
    try:
        return read()
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
