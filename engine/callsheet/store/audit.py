"""Whether the store still has what the journal relies on: every blob is read, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from callsheet.problems import Problem
from callsheet.store.blobs import Blobs, BlobStats
from callsheet.store.entry import Entry


@dataclass(frozen=True, slots=True)
class Owner:
    """An output that has certain bytes: its instance and key, its name and size, the request it came from, and whether
    it was paid for."""

    instance: str
    key: str
    output: str
    bytes: int
    request_id: str | None = None
    paid: bool = False


Owners: TypeAlias = Mapping[str, Sequence[Owner]]
"""Digest -> the outputs that have its bytes."""


@dataclass(frozen=True, slots=True)
class BrokenBlob:
    """Bytes that are `damaged` or `missing`, and whose they are."""

    sha256: str
    what: Literal["damaged", "missing"]
    owners: Sequence[Owner] = ()

    @property
    def bytes(self) -> int | None:
        """How many they should be, where that is known."""
        return self.owners[0].bytes if self.owners else None


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: blobs that were read, those that are broken, files that don't belong, and how many blobs no
    entry of the journal owns."""

    read: BlobStats
    broken: tuple[BrokenBlob, ...]
    strangers: tuple[Path, ...]
    unowned: int


def audit(blobs: Blobs, owners: Owners, tell: Callable[[int, int], None]) -> Audit:
    """Read every blob, and look for those that have an owner. `tell` hears how many files and bytes were read."""
    there: set[str] = set()
    broken: list[BrokenBlob] = []
    files = size = 0
    for sha256, facts in blobs.listed():
        there.add(sha256)
        files, size = files + 1, size + facts.st_size
        if not blobs.verify(sha256):
            broken.append(BrokenBlob(sha256, "damaged", owners.get(sha256, ())))
        tell(files, size)
    broken += [BrokenBlob(sha256, "missing", some) for sha256, some in owners.items() if sha256 not in there]
    return Audit(BlobStats(files, size), tuple(broken), tuple(blobs.strangers()), len(there - owners.keys()))


def owners_of(entries: Iterable[Entry]) -> Owners:
    """Whose bytes the outputs of these entries are."""
    owners: dict[str, list[Owner]] = {}
    for entry in entries:
        for output in entry.outputs:
            owner = Owner(entry.instance, entry.key, output.name, output.bytes, entry.request_id, bool(entry.cost_usd))
            owners.setdefault(output.sha256, []).append(owner)
    return owners


def broken_problem(one: BrokenBlob, path: str) -> Problem:
    """What is told of broken bytes, which lie, or should lie, at `path`."""
    whose = "bytes that the journal knows nothing of"
    if one.owners:
        whose = f"the {one.owners[0].output} of `{one.owners[0].instance}`"
    more = f" (and {len(one.owners) - 1} more)" if len(one.owners) > 1 else ""
    said = "no longer has the digest that its name says" if one.what == "damaged" else "is not there"
    instance = one.owners[0].instance if one.owners else None
    message = f"{whose}{more} is {one.what} in the store: `{path}` {said}"
    return Problem(f"blob-{one.what}", message, hint=_way_out(one), instance=instance)


def _way_out(one: BrokenBlob) -> str:
    if not one.owners:
        return "nothing relies on it: `--restore` sets it aside"
    mend = "`--restore` brings it back from a published copy or the shared store"
    if any(owner.request_id for owner in one.owners):
        return f"{mend}; where neither has it, the next run asks its request for it again, free of charge"
    if any(owner.paid for owner in one.owners):
        return f"{mend}; where neither has it, only `--rerender` makes it again, and that is paid for"
    return f"{mend}; where neither has it, the next run makes it anew, free of charge"
