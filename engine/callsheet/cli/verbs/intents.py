"""`callsheet intents`."""

from __future__ import annotations

import sys

from callsheet.catalog.load import load_catalog
from callsheet.cli.catalog_text import as_json, intent_record, intents_text
from callsheet.cli.options import Json


def intents(json: Json = False) -> None:
    """List the intents, the route that serves each, and why.

    Example: callsheet intents
    """
    found = load_catalog().intents()
    sys.stdout.write(as_json({"intents": [intent_record(one) for one in found]}) if json else intents_text(found))
