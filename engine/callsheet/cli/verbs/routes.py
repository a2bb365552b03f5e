"""`callsheet routes`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from callsheet.catalog.load import load_catalog
from callsheet.cli.catalog_text import as_json, found_route, routes_text, shape_record, shape_text
from callsheet.cli.options import Json


def routes(
    route: Annotated[
        str | None, typer.Argument(metavar="[ROUTE]", help="Show this one in full.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """List the routes, or show one in full: its fields, their limits and canonical names.

    Example: callsheet routes happyhorse/happyhorse-1.0/image-to-video
    """
    catalog = load_catalog()
    if route is not None:
        shown = found_route(catalog, route)
        sys.stdout.write(as_json(shape_record(shown)) if json else shape_text(shown))
    elif json:
        sys.stdout.write(as_json({"routes": [shape_record(one) for one in catalog.routes()]}))
    else:
        sys.stdout.write(routes_text(catalog.routes()))
