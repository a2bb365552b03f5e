"""`callsheet cancel`."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from callsheet.cli.access import the_token
from callsheet.cli.open_work import claims_path, open_entries, refuse_unknown_names
from callsheet.cli.options import File, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, make, memories
from callsheet.cli.project import Settings
from callsheet.makers.remote.client import RemoteMaker
from callsheet.report.screen import inert
from callsheet.run.claim import Claims
from callsheet.store.entry import Entry

RETRYABLE = 75
AT_ONCE = 16
_SAID = {
    True: "is cancelled",
    False: "can't be cancelled any more: it runs or is over, and the next run takes it up",
    None: "may be cancelled or not: the API did not say; the next run asks for it",
}


def cancel(
    file: File,
    instance: Annotated[
        list[str] | None, typer.Argument(metavar="[INSTANCE]...", help="Only these.", show_default=False)
    ] = None,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
) -> None:
    """Cancel what is queued at the provider; what runs there can't be cancelled.

    Example: callsheet cancel pipeline.yaml 'hero[look=dawn]'
    """
    planned = make(Asked(file, param or (), params_file, profile))
    with memories(planned.project, write=False) as (journal, _):
        found = [
            entry
            for entry in open_entries(journal, planned.plan.by_id)
            if entry.provider == planned.plan.provider and entry.request_id and entry.state in ("submitted", "running")
        ]
        refuse_unknown_names(instance or (), found, "in flight")
        chosen = [entry for entry in found if not instance or entry.instance in instance]
        if not chosen:
            sys.stdout.write("nothing is in flight\n")
            return
        answers = asyncio.run(_cancel(planned.project.settings, chosen))
        with Claims(claims_path(planned.project)) as claims:
            for entry, answer in zip(chosen, answers, strict=True):
                # What a live run works on, it learns by itself and writes down.
                if answer and claims.take(entry.key):
                    now = journal.look_up(entry.key)
                    if now is not None and now.state in ("submitted", "running"):
                        journal.cancelled(entry.key)
                sys.stdout.write(f"{inert(entry.instance)}: request {inert(str(entry.request_id))} {_SAID[answer]}\n")
    raise typer.Exit(RETRYABLE if None in answers else 0)


async def _cancel(settings: Settings, entries: list[Entry]) -> list[bool | None]:
    slots = asyncio.Semaphore(AT_ONCE)
    async with RemoteMaker(settings.base, the_token(), download_hosts=settings.download_hosts) as maker:

        async def one(entry: Entry) -> bool | None:
            async with slots:
                return await maker.cancel(str(entry.request_id))

        return list(await asyncio.gather(*map(one, entries)))
