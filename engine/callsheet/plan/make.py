"""Document + catalogue -> Plan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callsheet.catalog.load import Catalog
from callsheet.document.model import Document
from callsheet.document.picks import Pick
from callsheet.media.info import MediaInfo
from callsheet.plan.aspects import with_aspect_warnings
from callsheet.plan.expand import Allowance
from callsheet.plan.instances import SIMULATOR
from callsheet.plan.job import Plan
from callsheet.plan.kit import Bench
from callsheet.plan.lengths import with_fit_warnings
from callsheet.plan.open_media import MediaReader, RemoteReader
from callsheet.plan.order import producers_first
from callsheet.plan.picks import Picking, changed_picks, stale_warnings
from callsheet.plan.pin_faults import pin_faults, pin_warnings
from callsheet.plan.pins import NO_PINS, Pins
from callsheet.plan.planning import Planning
from callsheet.plan.publish import clashes, folder_clashes

__all__ = ["SIMULATOR", "make_plan"]


def _nothing_pinned(_: str) -> MediaInfo | None:
    return None


def make_plan(
    document: Document,
    catalog: Catalog,
    *,
    provider: str,
    read_media: MediaReader,
    read_remote: RemoteReader = _nothing_pinned,
    max_instances: int | None = None,
    picks: Mapping[str, Pick] = MappingProxyType({}),
    set_aside: Mapping[str, str] = MappingProxyType({}),
    pins: Pins = NO_PINS,
) -> Plan:
    """Everything the pipeline asks for, in order; submits nothing, fetches nothing and writes nothing.

    `provider` is `runcomfy`, `simulator` or the name of another base; `picks` are those of its picks file, of which
    those in `set_aside` are known to be stale, for the reason given; `pins` is what the lock holds. Raises a DataFault
    with all problems found.
    """
    asked = catalog.pinned_by(pins.catalog) if pins.lock else catalog

    def planned(picking: Picking) -> Plan:
        allowance = Allowance(max_instances or document.max_instances)
        return _planned(document, Bench(asked, provider, read_media, read_remote, allowance, picking, pins))

    picking = Picking(document, picks, set_aside)
    plan = planned(picking)
    keys = {take: [one.key for one in plan.by_id[take].attempts] for take in plan.picks}
    changed = changed_picks(plan.picks, keys)
    return planned(picking.without(changed)) if changed else plan


def _planned(document: Document, bench: Bench) -> Plan:
    """The plan of the file itself; a DataFault with all that is wrong, here and in what it uses."""
    top = Planning(document, bench)
    if not top.prepare():
        top.problems.throw()
    jobs = top.jobs()
    top.check_outputs()
    top.problems.add(clashes(jobs))
    top.problems.add(folder_clashes(jobs))
    top.problems.add(pin_faults(bench.pins, jobs, {**top.shapes, **top.fallback_routes}))
    top.problems.throw()
    order = producers_first(jobs)
    by_id = {job.id: job for job in jobs}
    picking = bench.picking
    stale = stale_warnings(document, picking.stale, simulated=bench.provider == SIMULATOR)
    warnings = dict.fromkeys(warning for one in top.every() for warning in one.warnings())
    pinned = pin_warnings(bench.pins, jobs, {**top.shapes, **top.fallback_routes})
    plan = Plan(
        document,
        bench.provider,
        jobs,
        order,
        sum(one.expansion.excluded for one in top.every()),
        (*warnings, *pinned, *stale),
        by_id,
        top.shapes,
        {node.name: node for node in top.nodes()},
        picking.holding,
        tuple(picking.stale),
        top.fallback_routes,
    )
    return with_fit_warnings(with_aspect_warnings(plan))
