"""What is told of a submit that a person has to settle: the evidence, and the two commands that settle it."""

from __future__ import annotations

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path

from callsheet.store.entry import Entry


def evidence(entry: Entry) -> str:
    """What is known of an unsettled entry: when it left, to which route, with which payload, and what was answered."""
    said = entry.error or "the run ended while it was on the wire"
    if entry.request_id is not None:
        return f"request `{entry.request_id}` to `{entry.made_by}`{_when(entry)} is not settled: {said}"
    payload = f", payload {entry.payload_sha256[:12]}" if entry.payload_sha256 else ""
    return f"a submit to `{entry.made_by}`{_when(entry)}{payload} may have been taken: {said}"


def settling(pipeline: Path, instance: str, request_id: str | None) -> str:
    """How a person settles it, as a hint."""
    command = f"callsheet resolve {shlex.quote(_shown(pipeline))} {shlex.quote(instance)}"
    return (
        "look for it in your account at the provider; if it is there,"
        f" `{command} --attach {shlex.quote(request_id) if request_id else 'REQUEST_ID'}`"
        f" takes its result, if not, `{command} --resubmit` pays for it anew"
    )


def _when(entry: Entry) -> str:
    at = entry.submitted_at if entry.request_id is not None and entry.submitted_at else entry.intended_at
    return f" of {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""


def _shown(pipeline: Path) -> str:
    absolute = pipeline.absolute()
    here = Path.cwd()
    return os.path.relpath(absolute, here) if absolute.is_relative_to(here) else str(absolute)
