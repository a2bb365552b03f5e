"""The states that `state:` selects by: what a run would do now, and how the last one left each instance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from callsheet.cli.planning import Planned, decisions, memories
from callsheet.cli.recovery import requests_before
from callsheet.report.manifest import read_manifest
from callsheet.run.outcome import Action, Decision

_LEFT = ("failed", "cancelled", "blocked")
_IN_THE_JOURNAL = {"failed-before": "failed", "cancelled-before": "cancelled"}


def states_of(planned: Planned, folder: Path) -> Mapping[str, Collection[str]]:
    """The states of each instance of a plan without a selection; `folder` has the manifest of the last run."""
    with memories(planned.project, write=False) as (journal, blobs):
        decided = decisions(planned, journal, blobs, requests=lambda: requests_before(folder))
    manifest = read_manifest(folder) or {}
    about = (manifest.get("pipeline"), manifest.get("provider"))
    if about != (planned.plan.document.name, planned.plan.provider):
        manifest = {}
    last = {entry["id"]: entry for entry in manifest.get("instances", ())}
    made = {entry["id"]: entry for entry in manifest.get("earlier", ()) if entry.get("outputs")}
    made |= {name: entry for name, entry in last.items() if entry.get("outputs")}
    return {name: _states(decision, last.get(name, {}), made.get(name)) for name, decision in decided.items()}


def _states(decision: Decision, last: Mapping[str, Any], made: Mapping[str, Any] | None) -> Collection[str]:
    states = {decision.action.value}
    if decision.action is not Action.cached:
        states |= {state for state in _LEFT if last.get("state") == state}
        states |= {state for code, state in _IN_THE_JOURNAL.items() if decision.why.code == code}
    if made is not None and made.get("key") not in (decision.key, *decision.keys):
        states.add("modified")
    elif made is None and decision.action is not Action.cached and decision.why.code != "lost-from-store":
        states.add("new")
    return states
