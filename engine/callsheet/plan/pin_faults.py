"""What is to be said of a plan under a lock: pins that no longer fit, seeds that had to move, schemas that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from callsheet.catalog.route import Route, Step
from callsheet.document.lock import Origin
from callsheet.plan.job import Job
from callsheet.plan.key import canonical_json
from callsheet.plan.pins import Pins
from callsheet.problems import Problem

UPGRADE = "`callsheet lock FILE --upgrade` moves the pins of this route, and says what that renders again"


def schema_digest(route: Route) -> str:
    """The SHA-256 of a route's schema."""
    return hashlib.sha256(canonical_json(dict(route.schema))).hexdigest()


def pin_faults(pins: Pins, jobs: Sequence[Job], shapes: Mapping[str, Route | Step]) -> list[Problem]:
    """An error for each pinned default whose field the route no longer has."""
    if pins.lock is None:
        return []
    found: list[Problem] = []
    for route, job in _routes(jobs, shapes):
        locked = pins.lock.routes.get(route.id)
        for name in sorted(locked.defaults.keys() - route.fields.keys()) if locked else ():
            message = f"the lock pins `{name}` of `{route.id}`, which has no such field any more"
            found.append(Problem("pinned-field-gone", message, job.span, hint=UPGRADE))
    return found


def pin_warnings(pins: Pins, jobs: Sequence[Job], shapes: Mapping[str, Route | Step]) -> tuple[Problem, ...]:
    """A warning for each seed that is not the locked one any more, and for each route whose schema changed."""
    if pins.lock is None:
        return ()
    return (*_moved_seeds(pins, jobs), *_changed_schemas(pins, _routes(jobs, shapes)))


def _moved_seeds(pins: Pins, jobs: Iterable[Job]) -> Iterator[Problem]:
    moved: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        locked = pins.seed(job.id)
        if locked is not None and job.origin is not None and locked[1].undrawn != job.origin.undrawn:
            moved.setdefault((job.node, _difference(locked[1], job.origin)), []).append(job)
    for (_, difference), ones in moved.items():
        which = f"`{ones[0].id}`" + (f" and {len(ones) - 1:,} more" if len(ones) > 1 else "")
        yield Problem(
            "seed-moved", f"{which}: not the locked seed any more: {difference}", ones[0].span, severity="warning"
        )


def _difference(before: Origin, now: Origin) -> str:
    if before.pin is not None or now.pin is not None:
        return f"it was {_made(before)}, and is {_made(now)}"
    changes = [
        f"{what} was {_shown(old)}, and is {_shown(new)}"
        for what, old, new in (
            ("the seed it is derived from", before.root, now.root),
            ("the name it is derived from", before.name, now.name),
            ("what varies it", before.vary, now.vary),
            ("its take", before.take, now.take),
        )
        if old != new
    ]
    return "; ".join(changes)


def _made(origin: Origin) -> str:
    return f"derived from {origin.root}" if origin.pin is None else f"given as {origin.pin}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "`" + ",".join(f"{axis}={one}" for axis, one in value) + "`" if value else "nothing"
    return f"`{value}`" if isinstance(value, str) else str(value)


def _changed_schemas(pins: Pins, routes: Iterable[tuple[Route, Job]]) -> Iterator[Problem]:
    for route, job in routes:
        locked = pins.lock.routes.get(route.id) if pins.lock is not None else None
        if locked is not None and locked.schema != schema_digest(route):
            message = f"the schema of `{route.id}` is not the locked one any more; the pinned defaults are sent on"
            yield Problem("schema-changed", message, job.span, hint=UPGRADE, severity="warning")


def _routes(jobs: Iterable[Job], shapes: Mapping[str, Route | Step]) -> Iterator[tuple[Route, Job]]:
    """Each route of the plan with the first instance that it makes; `shapes` go by instance or node, and those of
    fallbacks by route."""
    seen: set[str] = set()
    for job in (attempt for one in jobs for attempt in one.attempts):
        if job.kind == "route" and job.made_by not in seen:
            seen.add(job.made_by)
            shape = shapes[job.made_by] if job.rank else shapes.get(job.id) or shapes[job.node]
            if isinstance(shape, Route):
                yield shape, job
