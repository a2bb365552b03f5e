"""`callsheet routes`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from callsheet.cli.catalog_text import as_json, found_route, matching, routes_text, shape_record, shape_text
from callsheet.cli.catalogue import catalogue_here, catalogue_of, project_here
from callsheet.cli.fields_page import fields_page
from callsheet.cli.options import Json
from callsheet.problems import Problem, UsageFault, visible

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ROUTE | sync ROUTE…]", help="Show this one in full, or fetch these.", show_default=False),
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="TEXT", help="Only those with this text in them.", show_default=False),
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print the table of canonical names as a Markdown page.")]


def routes(words: Words = None, search: Search = None, markdown: Markdown = False, json: Json = False) -> None:
    """List the routes, show one in full, or fetch models of the API into the project's `routes/`.

    `routes sync` alone fetches anew what was fetched before; with `--search TEXT` it fetches all that have TEXT in
    their id or name. Example: callsheet routes sync happyhorse/happyhorse-1.0/image-to-video
    """
    given = words or []
    if given[:1] == ["sync"]:
        _sync(given[1:], search, json)
        return
    if len(given) > 1:
        hint = f"show one at a time, or fetch them by `callsheet routes sync {' '.join(given)}`"
        raise UsageFault(Problem("bad-option", f"{len(given)} routes are named", hint=hint))
    catalog = catalogue_here()
    if given:
        shown = found_route(catalog, given[0])
        sys.stdout.write(as_json(shape_record(shown)) if json else visible(shape_text(shown)))
        return
    found = matching(catalog.routes(), search or "")
    if json:
        sys.stdout.write(as_json({"routes": [shape_record(one) for one in found]}))
    else:
        sys.stdout.write(visible(fields_page(found) if markdown else routes_text(found)))


def _sync(names: list[str], search: str | None, json: bool) -> None:
    from callsheet.cli.syncing import sync, synced_text

    if names and search is not None:
        raise UsageFault(Problem("bad-option", "`--search` is for fetching routes that are not named"))
    project = project_here()
    done = asyncio.run(sync(project, names, search, datetime.now(UTC).date().isoformat()))
    if json:
        records = [{"route": one.route, "file": one.file, "state": one.state, "changes": one.changes} for one in done]
        sys.stdout.write(as_json({"synced": records}))
        return
    catalog = catalogue_of(project)
    for one in done:
        sys.stdout.write(visible(synced_text(one, found_route(catalog, one.route))))
