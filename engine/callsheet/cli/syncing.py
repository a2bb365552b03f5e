"""`routes sync`: models of the API as route files of the project."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from callsheet.catalog.decode import read_route
from callsheet.catalog.description import BadDescription
from callsheet.catalog.fields import CANONICAL_NAMES
from callsheet.catalog.files import is_route_id, read_json, route_file_name
from callsheet.catalog.load import Catalog
from callsheet.catalog.route import Route
from callsheet.catalog.sync import changes, route_text, synced_route
from callsheet.cli.access import the_token
from callsheet.cli.catalogue import ROUTES_FOLDER, catalogue_of
from callsheet.cli.project import Project
from callsheet.makers.remote.models import RemoteModels
from callsheet.problems import CallsheetError, DataFault, Problem, UsageFault

_BY_HAND = "write its route file by hand; the format is described in `schemas/README.md`"


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of one model: its file below the project's root, and what differs from the file there was before."""

    route: str
    file: str
    state: Literal["new", "changed", "unchanged"]
    changes: tuple[str, ...]


async def sync(project: Project, names: Sequence[str], search: str | None, today: str) -> list[Synced]:
    """Fetch the named models, or all whose id or name has `search` in it; none named: those fetched before.

    Raises a CallsheetError after everything that could be fetched is written.
    """
    catalog = catalogue_of(project)
    folder = project.root / ROUTES_FOLDER
    wanted = _wanted(names, catalog) if search is None else []
    if search is None and not wanted:
        wanted = _fetched_before(folder)
    done: list[Synced] = []
    faults: list[CallsheetError] = []
    async with AsyncExitStack() as stack:
        token = the_token("try `callsheet simulate` and set `RUNCOMFY_MODEL_API_BASE` to its address")
        models = await stack.enter_async_context(RemoteModels(project.settings.base, token))
        if search is not None:
            async for model in models.listed(search):
                if model.get("input_schema") is None and isinstance(model.get("model_id"), str):
                    wanted.append(str(model["model_id"]))
                else:
                    _collect(done, faults, model, catalog, folder, None, today)
        for name in wanted:
            try:
                model = await models.get(name)
            except DataFault as error:
                faults.append(error)
                continue
            _collect(done, faults, model, catalog, folder, name, today)
    if faults:
        raise type(faults[0])([problem for fault in faults for problem in fault.problems])
    return done


def synced_text(one: Synced, route: Route) -> str:
    """What is to be said of one synced route: what changed, and for a new one what was recognised."""
    lines = [f"{one.state:<10} {one.route}  ({one.file})"]
    lines += [f"{'':11}{change}" for change in one.changes]
    if one.state == "new":
        media = [
            f"`{field.name}` ({field.media}{'s' if field.many else ''})"
            for field in route.fields.values()
            if field.media
        ]
        canonical = [name for name in CANONICAL_NAMES if name in route.canonical]
        lines.append(f"{'':11}makes {route.makes}; seed: {f'`{route.seed_field}`' if route.seed_field else 'none'}")
        if media:
            lines.append(f"{'':11}media: {', '.join(media)}")
        lines.append(f"{'':11}canonical names: {', '.join(canonical) or 'none'}")
        lines.append(f"{'':11}map others in `{one.file.removesuffix('.json')}.fields.yaml`")
    return "\n".join(lines) + "\n"


def _wanted(names: Sequence[str], catalog: Catalog) -> list[str]:
    for name in names:
        if not is_route_id(name):
            hint = "an id looks like `happyhorse/happyhorse-1.0/image-to-video`"
            raise UsageFault(Problem("bad-route", f"`{name}` can't be the id of a model", hint=hint))
    return list(dict.fromkeys(catalog.canonical_id(name) for name in names))


def _fetched_before(folder: Path) -> list[str]:
    found = [str(read_json(path)["id"]) for path in sorted(folder.glob("*.json")) if b'"synced"' in path.read_bytes()]
    if not found:
        hint = "write `callsheet routes sync ROUTE`, or `--search TEXT` (an empty text means all)"
        raise UsageFault(Problem("nothing-to-sync", "no route is named, and none was fetched before", hint=hint))
    return found


def _collect(
    done: list[Synced],
    faults: list[CallsheetError],
    model: Mapping[str, object],
    catalog: Catalog,
    folder: Path,
    name: str | None,
    today: str,
) -> None:
    """Write one model's file; what can't be used is a fault and hinders no other."""
    told = name or str(model.get("model_id", "?"))
    try:
        route = synced_route(model, today)
        route["id"] = name or catalog.canonical_id(str(route["id"]))
        if not is_route_id(str(route["id"])):
            raise BadDescription("its id is none")
        read_route(route)
        synced = _kept(folder / route_file_name(str(route["id"])), route)
    except BadDescription as error:
        message = f"the API's description of `{told}` can't be used: {error}"
        faults.append(DataFault(Problem("model-unusable", message, hint=_BY_HAND)))
        return
    done.append(synced)


def _kept(path: Path, route: dict[str, object]) -> Synced:
    """Put the file there, unless it says the same already but for the day. Raises BadDescription where the file is
    another route's: ids may differ in a slash alone."""
    shown = f"{path.parent.name}/{path.name}"
    route_id = str(route["id"])
    if not path.is_file():
        _write(path, route_text(route))
        return Synced(route_id, shown, "new", ())
    try:
        old = read_json(path)
    except (ValueError, BadDescription):
        old = {}
    if old.get("id", route_id) != route_id:
        raise BadDescription(f"its file would be the one of `{old['id']}`")
    if _undated(old) == _undated(route):
        return Synced(route_id, shown, "unchanged", ())
    _write(path, route_text(route))
    return Synced(route_id, shown, "changed", tuple(changes(old, route)))


def _undated(route: Mapping[str, object]) -> dict[str, object]:
    price = route.get("price")
    undated = {key: value for key, value in route.items() if key != "synced"}
    return undated | ({"price": {**price, "as_of": ""}} if isinstance(price, Mapping) else {})


def _write(path: Path, text: str) -> None:
    """Replace the file at once or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise DataFault(Problem("routes-unwritable", f"`{path.parent}` can't be written: {error.strerror}")) from None
