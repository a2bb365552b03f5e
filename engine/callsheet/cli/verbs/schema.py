"""`callsheet schema`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from callsheet.catalog.load import load_catalog
from callsheet.cli.editor_schema import editor_schema_text
from callsheet.cli.project import find_project


def schema() -> None:
    """Print the JSON Schema of the pipeline language, for editors: with the fields of every route, intent and step.

    In a project that has a folder `routes/` its routes are part of it. Example: callsheet schema > pipeline.schema.json
    """
    project = find_project(Path("pipeline.yaml"), os.environ)
    sys.stdout.write(editor_schema_text(load_catalog([project.root / "routes"])))
