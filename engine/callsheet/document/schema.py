"""The JSON Schema of the language, for editors: made from the tables that the reader checks a file against."""

from __future__ import annotations

import json

from callsheet.document.keys import PIPELINE


def pipeline_schema() -> dict[str, object]:
    """The schema (draft 2020-12) of a pipeline file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Callsheet pipeline",
        "description": "A campaign for hosted generative models: what is made, over which axes, from which inputs.",
        **PIPELINE.schema(),
    }


def pipeline_schema_text() -> str:
    """The schema as the file `schemas/pipeline.schema.json` holds it."""
    return json.dumps(pipeline_schema(), indent=2, ensure_ascii=False) + "\n"
