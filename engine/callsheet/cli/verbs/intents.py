"""`callsheet intents`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from callsheet.catalog.intents import rank
from callsheet.cli.catalog_text import as_json, candidate_record, candidates_text, intent_record, intents_text
from callsheet.cli.catalogue import catalogue_here
from callsheet.cli.options import Json

Sentence = Annotated[
    str | None,
    typer.Argument(metavar="[SENTENCE]", help="Rank routes for what this asks for.", show_default=False),
]


def intents(sentence: Sentence = None, json: Json = False) -> None:
    """List the intents, the route that serves each, and why; or rank routes for a sentence, by its words alone.

    Example: callsheet intents "animate a portrait, keep the face stable"
    """
    catalog = catalogue_here()
    if sentence is not None:
        ranked = rank(catalog, sentence)
        record = {"sentence": sentence, "candidates": [candidate_record(one) for one in ranked]}
        sys.stdout.write(as_json(record) if json else candidates_text(ranked))
        return
    found = catalog.intents()
    auto = [one.name for one in catalog.auto_intents()]
    record = {"intents": [intent_record(one) for one in found], "auto": auto}
    sys.stdout.write(as_json(record) if json else intents_text(found, auto))
