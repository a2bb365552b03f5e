"""Route files: where they lie, and what several of them say about one route, laid over each other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from callsheet.catalog.description import BadDescription
from callsheet.catalog.layers import over_shipped, with_sidecar
from callsheet.problems import DataFault, Problem

_ROUTE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_SIDECARS = (".fields.json", ".fields.yaml", ".fields.yml")
_Value = TypeVar("_Value")

ReadYaml = Callable[[Path], object]
"""Reads a YAML file as plain data; a CallsheetError where it can't."""


def is_route_id(text: str) -> bool:
    """Whether a text has the form of a route's id."""
    return _ROUTE_ID.fullmatch(text) is not None


def route_file_name(route_id: str) -> str:
    """The name of the file that describes a route: its id with `--` for each slash."""
    return route_id.replace("/", "--") + ".json"


class RouteFiles:
    """The route files of some folders, first come first, then of the one that ships. Each is parsed at most once."""

    def __init__(self, folders: Sequence[Path], shipped: Path, read_yaml: ReadYaml | None) -> None:
        self.shipped = shipped
        self._folders = (*folders, shipped)
        self._read_yaml = read_yaml
        self._descriptions: dict[Path, Mapping[str, object]] = {}

    def __iter__(self) -> Iterator[Path]:
        for folder in self._folders:
            yield from sorted(path for path in folder.glob("*.json") if not path.name.endswith(_SIDECARS))

    def find(self, name: str) -> Path | None:
        """The file that is named after a route's id."""
        paths = [folder / route_file_name(name) for folder in self._folders] if is_route_id(name) else []
        return next((path for path in paths if path.is_file()), None)

    def mentioning(self, name: str) -> Iterator[Path]:
        """The files of routes that have this name in them somewhere, in whatever is laid over or under them."""
        for path in self if is_route_id(name) else ():
            texts = (_bytes(one) for one in (path, self.shipped / path.name, *self._beside(path)))
            if any(name.encode() in text for text in texts):
                yield path

    def description(self, path: Path) -> Mapping[str, object]:
        """What is known of a route: its file, laid over what ships where it was synced, and its `.fields` file."""
        if path not in self._descriptions:
            described = told(path, lambda: read_json(path))
            same = self.shipped / path.name
            if "synced" in described and path != same and same.is_file():
                described = told(path, lambda: over_shipped(described, read_json(same)))
            for sidecar in self._beside(path)[:1]:
                described = self._with_sidecar(described, sidecar)
            self._descriptions[path] = described
        return self._descriptions[path]

    def _beside(self, path: Path) -> list[Path]:
        return [one for end in _SIDECARS if (one := path.with_name(path.stem + end)).is_file()]

    def _with_sidecar(self, described: Mapping[str, object], sidecar: Path) -> Mapping[str, object]:
        return told(sidecar, lambda: with_sidecar(described, self._sidecar(sidecar)))

    def _sidecar(self, path: Path) -> Mapping[str, object]:
        if path.suffix == ".json":
            return read_json(path)
        data = self._read_yaml(path) if self._read_yaml is not None else None
        if not isinstance(data, Mapping):
            raise BadDescription("it holds no mapping")
        return data


def read_json(path: Path) -> Mapping[str, object]:
    """The mapping in a JSON file; raises OSError, ValueError or BadDescription."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise BadDescription("it holds no mapping")
    return data


def told(path: Path, read: Callable[[], _Value]) -> _Value:
    """What reading a file of the catalogue gives; its faults name the file."""
    try:
        return read()
    except OSError as error:
        raise _broken(path, f"it can't be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"it is no JSON ({error})") from None
    except BadDescription as error:
        raise _broken(path, str(error)) from None


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _broken(path: Path, why: str) -> DataFault:
    return DataFault(
        Problem(
            "bad-catalogue-file",
            f"the catalogue file `{path.parent.name}/{path.name}` can't be used: {why}",
            hint="its format is described in `schemas/README.md`",
        )
    )
