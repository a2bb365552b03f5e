"""Remote media fetched once, before anything is spent, and pinned by the digest of its bytes."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from callsheet.makers.remote.media import MediaFetcher
from callsheet.media.info import MediaInfo
from callsheet.media.memory import Pins
from callsheet.media.read import read_media
from callsheet.plan.job import Job
from callsheet.plan.open_media import shown_address
from callsheet.problems import CallsheetError, DataFault, Problem


def fetch_and_pin(wanted: Mapping[str, Job], memory: Path, pins: Pins) -> None:
    """Fetch each address (its job is the first that names it) into the folder `memory`, read what came, and pin it.

    What came is pinned even where others fail; raises a CallsheetError with every fault.
    """
    folder = memory / "scratch" / f"{os.getpid()}-media"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        answers = asyncio.run(_fetched(wanted, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {url: answer for url, answer in answers.items() if isinstance(answer, MediaInfo)}
    try:
        if found:
            pins.pin(found, datetime.now(UTC).isoformat(timespec="seconds"))
    except OSError as error:
        message = f"`{memory}` can't be written: {error.strerror}"
        raise DataFault(Problem("memory-unwritable", message)) from None
    for url, info in found.items():
        sys.stderr.write(f"fetched {shown_address(url)} ({info.bytes:,} bytes)\n")
    faults = [answer for answer in answers.values() if isinstance(answer, CallsheetError)]
    if faults:
        raise type(max(faults, key=lambda fault: fault.exit_code))(
            [problem for fault in faults for problem in fault.problems]
        )


async def _fetched(wanted: Mapping[str, Job], folder: Path) -> dict[str, MediaInfo | CallsheetError]:
    """What each address gives: the facts of its file, or the fault, placed at the instance that names it."""

    async def one(number: int, url: str, job: Job) -> MediaInfo | CallsheetError:
        path = folder / str(number)
        try:
            await fetcher.fetch(url, path)
        except CallsheetError as error:
            return type(error)([replace(fault, span=job.span, instance=job.id) for fault in error.problems])
        try:
            return await asyncio.to_thread(read_media, path)
        except DataFault as error:
            fault = error.problems[0]
            message = f"`{shown_address(url)}`: {fault.message}"
            return DataFault(replace(fault, message=message, span=job.span, instance=job.id))

    async with MediaFetcher() as fetcher:
        answers = await asyncio.gather(*(one(number, *asked) for number, asked in enumerate(wanted.items())))
    return dict(zip(wanted, answers, strict=True))
