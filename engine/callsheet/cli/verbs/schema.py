"""`callsheet schema`."""

from __future__ import annotations

import json
import sys

from callsheet.document.schema import pipeline_schema


def schema() -> None:
    """Print the JSON Schema of the pipeline language, for editors.

    Example: callsheet schema > pipeline.schema.json
    """
    sys.stdout.write(json.dumps(pipeline_schema(), ensure_ascii=False, indent=2) + "\n")
