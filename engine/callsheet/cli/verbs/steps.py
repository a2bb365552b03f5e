"""`callsheet steps`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from callsheet.catalog.load import load_catalog
from callsheet.cli.catalog_text import as_json, found_step, shape_record, shape_text
from callsheet.cli.options import Json


def steps(
    step: Annotated[
        str | None, typer.Argument(metavar="[STEP]", help="Show this one in full.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """List the local steps, or show one in full with its options.

    Example: callsheet steps concat
    """
    catalog = load_catalog()
    if step is not None:
        shown = found_step(catalog, step)
        sys.stdout.write(as_json(shape_record(shown)) if json else shape_text(shown))
    elif json:
        sys.stdout.write(as_json({"steps": [shape_record(one) for one in catalog.steps()]}))
    else:
        width = max(len(one.name) for one in catalog.steps()) + 2
        sys.stdout.write("".join(f"{one.name:<{width}}{one.title}\n" for one in catalog.steps()))
