"""The JSON Schema of the language: made from the tables that the reader checks a file against."""

from __future__ import annotations

from callsheet.document.keys import PIPELINE


def pipeline_schema() -> dict[str, object]:
    """The schema of a pipeline file, with nothing in it of routes and steps. Draft 7 and later read it alike."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Callsheet pipeline",
        "description": "A campaign for hosted generative models: what is made, over which axes, from which inputs.",
        **PIPELINE.schema(),
    }
