"""What of the store may be deleted. When in doubt it stays: what was paid for is data, and no cache."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from callsheet.store.blobs import Blobs
from callsheet.store.entry import Entry

LITTER_SECONDS = 24 * 3600.0
"""What was on its way in for longer was left behind by a process that died."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`roots` are the keys and digests that locks, picks and published files name. `since` is the time (seconds since
    1970) from which on everything stays. Results of the providers in `free` did cost nothing; all other results go only
    where `paid` says so."""

    roots: Collection[str]
    now: float
    since: float
    free: Collection[str]
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Garbage:
    """What would go: blobs with their bytes, and those entries of the journal that are to be forgotten (they did cost
    nothing) or given up (what they did cost stays known); unfinished files. `held_back` are the files and bytes that
    only `paid` would free besides."""

    blobs: tuple[tuple[str, int], ...]
    forgotten: tuple[Entry, ...]
    given_up: tuple[Entry, ...]
    litter: tuple[tuple[Path, int], ...]
    held_back: tuple[int, int]

    @property
    def files(self) -> int:
        """How many files would go."""
        return len(self.blobs) + len(self.litter)

    @property
    def bytes(self) -> int:
        """How many bytes that would free."""
        return sum(size for _, size in (*self.blobs, *self.litter))


def find_garbage(blobs: Blobs, entries: Iterable[Entry], policy: Policy) -> Garbage:
    """What may go under a policy; deletes nothing.

    A blob goes when every entry that owns it goes. One that no entry owns may be all that is left of a paid result, and
    counts as paid for since it was written.
    """
    staying: set[str] = set()
    going: list[Entry] = []
    paid_alone: set[str] = set()
    for entry in entries:
        digests = {output.sha256 for output in entry.outputs}
        if _stays(entry, digests, policy):
            staying |= digests
        elif entry.provider in policy.free or policy.paid:
            going.append(entry)
        else:
            paid_alone |= digests
    gone: list[tuple[str, int]] = []
    held = [0, 0]
    doomed = {output.sha256 for entry in going for output in entry.outputs} - staying - paid_alone
    for sha256, facts in blobs.listed():
        if sha256 in doomed:
            gone.append((sha256, facts.st_size))
        elif sha256 not in staying and sha256 not in policy.roots and facts.st_mtime < policy.since:
            if policy.paid:
                gone.append((sha256, facts.st_size))
            else:
                held = [held[0] + 1, held[1] + facts.st_size]
    litter = [(path, one.st_size) for path, one in blobs.unfinished() if one.st_mtime < policy.now - LITTER_SECONDS]
    free = tuple(entry for entry in going if entry.provider in policy.free)
    paid = tuple(entry for entry in going if entry.provider not in policy.free)
    return Garbage(tuple(gone), free, paid, tuple(litter), (held[0], held[1]))


def _stays(entry: Entry, digests: set[str], policy: Policy) -> bool:
    return (
        entry.state != "done"
        or not digests
        or entry.updated_at >= policy.since
        or entry.key in policy.roots
        or not digests.isdisjoint(policy.roots)
    )
