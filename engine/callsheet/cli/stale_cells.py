"""What a manifest has that a plan would make otherwise, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.cli.planning import Asked, decisions, make, memories


def with_stale_marked(manifest: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The manifest with `stale` on each entry whose key is not the one that the pipeline, so asked, has for it now.

    Raises a CallsheetError where the pipeline can't be planned. Submits nothing and writes nothing.
    """
    planned = make(asked)
    with memories(planned.project, write=False) as (journal, blobs):
        keys = {name: decision.key for name, decision in decisions(planned, journal, blobs).items()}
    entries = [
        {**entry, "stale": True} if entry["outputs"] and _is_other(entry, keys) else entry
        for entry in manifest["instances"]
    ]
    return {**manifest, "instances": entries}


def _is_other(entry: Mapping[str, Any], keys: Mapping[str, str | None]) -> bool:
    return entry["id"] not in keys or keys[entry["id"]] not in (None, entry["key"])
