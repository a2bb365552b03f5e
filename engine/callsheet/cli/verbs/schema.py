"""`callsheet schema`."""

from __future__ import annotations

import sys

from callsheet.cli.catalogue import catalogue_here
from callsheet.cli.editor_schema import editor_schema_text


def schema() -> None:
    """Print the JSON Schema of the pipeline language, for editors: with the fields of every route, intent and step.

    In a project that has a folder `routes/` its routes are part of it. Example: callsheet schema > pipeline.schema.json
    """
    sys.stdout.write(editor_schema_text(catalogue_here()))
