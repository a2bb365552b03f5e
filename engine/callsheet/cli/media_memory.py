"""The media of a project: facts of files, and what is pinned of addresses, remembered in `.callsheet/`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from callsheet.media.info import MediaInfo, RemoteFile
from callsheet.media.memory import FileFacts, Pins
from callsheet.plan.job import Job, Plan
from callsheet.plan.open_media import shown_address
from callsheet.problems import DataFault, Problem


class MediaMemory:
    """Reads facts of files, each once, and knows those of addresses. `folder` is the project's `.callsheet/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = FileFacts(folder / "media.json")
        self._pins = Pins(folder / "remote.json")

    def read(self, path: Path) -> MediaInfo:
        """The facts of a file, from memory where it is as it was; the media libraries are imported only if it isn't."""
        info = self._facts.known(path)
        if info is None:
            from callsheet.media.read import read_media

            info = read_media(path)
            self._facts.learn(path, info)
        return info

    def pinned(self, url: str) -> MediaInfo | None:
        """The facts of an address that was fetched before."""
        return self._pins.info(url)

    def save(self) -> None:
        """Write the facts of files that were read, where there is a `.callsheet/` already."""
        self._facts.save()

    def fetch(self, wanted: Mapping[str, Job]) -> None:
        """Fetch each address (its job is the first that names it) and pin what it gave for good. Raises every fault."""
        from callsheet.cli.remote_media import fetch_and_pin

        fetch_and_pin(wanted, self._folder, self._pins)


def unpinned(plan: Plan, selected: Collection[str] | None) -> dict[str, Job]:
    """Each address whose bytes are not known, with the first instance that names it."""
    found: dict[str, Job] = {}
    for job in plan.jobs:
        if selected is None or job.id in selected:
            for value in (value for one in job.attempts for value in one.input.values()):
                found |= {one.url: job for one in _remote(value) if one.info is None and one.url not in found}
    return found


def refusal(wanted: Mapping[str, Job]) -> DataFault:
    """What a run without a network says of addresses that it can't fetch."""
    return DataFault(
        Problem(
            "unpinned",
            f"`{shown_address(url)}` is unpinned, and without a network it can't be fetched",
            job.span,
            hint="run once without `--offline`, or keep the file beside the pipeline and write its path",
            instance=job.id,
        )
        for url, job in wanted.items()
    )


def _remote(value: object) -> Iterator[RemoteFile]:
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, RemoteFile):
            yield one
