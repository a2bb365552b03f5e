"""What instances were asked with before, as the manifest beside the outputs tells it, and else the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from callsheet.document.lock import Lock
from callsheet.report.manifest import Manifest, read_manifest
from callsheet.run.former import Ended, Former

_ENDED: Mapping[str, Ended] = {"failed": "failed", "cancelled": "cancelled"}


def former_requests(folder: Path, lock: Lock | None) -> Callable[[str], Former | None]:
    """Tells what an instance was asked with when it was last made in the output folder, or last asked for where it
    never was; where the folder does not know it, what a lock has. The manifest is read when that is first asked."""
    known: dict[str, Former] | None = None

    def former(instance: str) -> Former | None:
        nonlocal known
        if known is None:
            known = _formers(read_manifest(folder))
        return known.get(instance) or _locked(lock, instance)

    return former


def _locked(lock: Lock | None, instance: str) -> Former | None:
    """What the lock has of an instance: its key and what its seed was, and not its input."""
    one = lock.instances.get(instance) if lock is not None else None
    if one is None or one.key is None:
        return None
    return Former(one.key, {one.kind: one.made_by, "seed": one.seed, "take": one.salt}, None, frozenset(), "made")


def _formers(manifest: Manifest | None) -> dict[str, Former]:
    """The newest entry of each instance that came to something; without one, the newest that was asked for."""
    if manifest is None:
        return {}
    found: dict[str, Former] = {}
    provider = manifest.get("provider")
    for entry in (*manifest["earlier"], *({"provider": provider, **one} for one in manifest["instances"])):
        one = _former(entry)
        name = str(entry.get("id"))
        if one is not None and (one.ended == "made" or name not in found or found[name].ended != "made"):
            found[name] = one
    return found


def _former(entry: Mapping[str, Any]) -> Former | None:
    """An entry as what was asked; None where nothing was."""
    key, values, defaults = entry.get("key"), entry.get("input"), entry.get("defaults")
    ended: Ended | None = "made" if entry.get("outputs") else _ENDED.get(str(entry.get("state")))
    if not isinstance(key, str) or ended is None:
        return None
    names = ("route", "provider") if "route" in entry else ("step", "step_version")
    return Former(
        key,
        {name: entry[name] for name in (*names, "seed", "take") if name in entry},
        values if isinstance(values, dict) else None,
        frozenset(defaults if isinstance(defaults, list) else ()),
        ended,
    )
