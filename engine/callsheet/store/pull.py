"""Pulling what is done from a shared store. Nothing it says is believed before it is verified."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from callsheet.media.info import Output
from callsheet.problems import DataFault, Problem
from callsheet.store.blobs import Blobs
from callsheet.store.entry import IN_FLIGHT, Entry, Work
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal
from callsheet.store.record import LONGEST, KeyRecord, blob_name, read_record, record_name
from callsheet.store.shared import Claim, Moved, Shared, Tell, side_by_side

_MENDS = "`callsheet cache push --replace`, where it was made, puts it right"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that is to be pulled. `outputs` are those that a lock names; without them the store's record is believed,
    and without `work` it is believed in that too. What `must` be there and is not is an error; a step's result is made
    anew."""

    key: str
    work: Work | None = None
    outputs: tuple[Output, ...] = ()
    must: bool = False


async def pull(
    shared: Shared,
    blobs: Blobs,
    journal: Journal,
    claim: Claim,
    wanted: Sequence[Wanted],
    *,
    believed: Callable[[Work], bool],
    tell: Tell,
) -> Moved:
    """Fetch what of these keys is not here: every byte is verified before it is taken in, and the journal learns that
    a key is done once all its bytes are here. What the store has damaged or not at all is a problem, and all else
    goes on. A key that nobody here knows is taken where `believed` says so of what made it."""
    one = _Pull(shared, blobs, journal, claim, believed, tell, GroupCommit(journal))
    first = {want.key: want for want in reversed(wanted)}
    await side_by_side(partial(one.fetch, first[key]) for key in {want.key: None for want in wanted})
    return one.moved


async def fetch_blobs(shared: Shared, blobs: Blobs, wanted: Mapping[str, int]) -> set[str]:
    """Fetch single blobs (digest -> bytes), verified; returns those that are in the store now."""
    fetched: set[str] = set()

    async def fetch(sha256: str, size: int) -> None:
        if await _fetch_blob(shared, blobs, sha256, size):
            fetched.add(sha256)

    await side_by_side(partial(fetch, sha256, size) for sha256, size in wanted.items())
    return fetched


async def _fetch_blob(shared: Shared, blobs: Blobs, sha256: str, size: int) -> bool | None:
    """True where it is in the store now, False where other bytes came, None where there were none."""
    pieces = await shared.get(blob_name(sha256))
    if pieces is None:
        return None
    try:
        with blobs.receive(sha256, size) as write:
            async for piece in pieces:
                write(piece)
    except DataFault:
        return False
    return True


@dataclass(slots=True)
class _Pull:
    shared: Shared
    blobs: Blobs
    journal: Journal
    claim: Claim
    believed: Callable[[Work], bool]
    tell: Tell
    commits: GroupCommit
    moved: Moved = field(default_factory=Moved)
    _taken: dict[str, bool] = field(default_factory=dict)
    _gates: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def fetch(self, want: Wanted) -> None:
        """One key. It is claimed the whole time, so that nobody deletes what is there already, or works on it."""
        if not self.claim.take(want.key):
            self.moved.busy += 1
            return
        try:
            await self._fetch(want, self.journal.look_up(want.key))
        finally:
            self.claim.release(want.key)

    async def _fetch(self, want: Wanted, entry: Entry | None) -> None:
        if entry is not None and entry.state in (*IN_FLIGHT, "unknown"):
            self.moved.busy += 1
            return
        done = entry.outputs if entry is not None and entry.state == "done" else ()
        whole = bool(done) and all(self.blobs.has(output.sha256) for output in done)
        ours = want.outputs in ((), done)
        if whole and ours:
            self.moved.present += len(done)
            self.moved.keys += 1
            return
        record = None if done and ours else await self._record(want)
        outputs = want.outputs or done or (record.outputs if record is not None else ())
        learned = _learned(want, outputs, entry, record)
        if learned is None or (want.work is None and entry is None and not self.believed(learned.work)):
            if want.must and record is None:
                self._miss(want, "the shared store has nothing for its key")
            return
        if not all([await self._once(output, want, learned.work) for output in outputs]):
            return
        if not whole:
            await self.commits.write(lambda: self._learn(learned))
        self.moved.keys += 1
        self.tell(self.moved)

    def _learn(self, one: KeyRecord) -> None:
        self.journal.learned(one.key, one.work, one.outputs, one.request_id, one.cost_usd)

    async def _record(self, want: Wanted) -> KeyRecord | None:
        """The store's record of a key; a damaged one is a problem, and counts as none."""
        pieces = await self.shared.get(record_name(want.key))
        if pieces is None:
            return None
        text = b""
        async for piece in pieces:
            text += piece
            if len(text) > LONGEST:
                break
        try:
            return read_record(want.key, text)
        except DataFault as error:
            severity: Literal["error", "warning"] = "warning" if want.outputs else "error"
            self._add(want, "record-damaged", error.problems[0].message, _MENDS, severity)
            return None

    async def _once(self, output: Output, want: Wanted, work: Work) -> bool:
        """Fetch bytes that several keys may have; whether they are in the store now."""
        async with self._gates.setdefault(output.sha256, asyncio.Lock()):
            if output.sha256 not in self._taken:
                self._taken[output.sha256] = await self._take(output, want, work)
        return self._taken[output.sha256]

    async def _take(self, output: Output, want: Wanted, work: Work) -> bool:
        if self.blobs.has(output.sha256):
            self.moved.present += 1
            return True
        want = Wanted(want.key, work, want.outputs, want.must)
        came = await _fetch_blob(self.shared, self.blobs, output.sha256, output.bytes)
        if came is None:
            self._miss(want, f"the shared store has no bytes for its {output.name}, `{output.sha256}`")
        elif not came:
            message = f"the shared store's bytes for its {output.name}, `{output.sha256}`, are damaged"
            self._add(want, "shared-blob-damaged", message, f"nothing was taken in; {_MENDS}")
        else:
            self.moved.files += 1
            self.moved.bytes += output.bytes
            self.tell(self.moved)
        return came is True

    def _miss(self, want: Wanted, message: str) -> None:
        if want.must:
            self._add(want, "not-shared", message, "push it from where it was made: `callsheet cache push`")
        else:
            hint = "the next run makes it anew here, free of charge"
            self._add(want, "not-shared", message, hint, "warning")

    def _add(
        self, want: Wanted, code: str, message: str, hint: str, severity: Literal["error", "warning"] = "error"
    ) -> None:
        instance = None if want.work is None else want.work.instance
        self.moved.problems.append(Problem(code, message, hint=hint, severity=severity, instance=instance))


def _learned(
    want: Wanted, outputs: tuple[Output, ...], entry: Entry | None, record: KeyRecord | None
) -> KeyRecord | None:
    """What the journal is to learn of a key, request and price only of the very render whose bytes these are; None
    where there is nothing to learn."""
    if not outputs:
        return None
    if entry is not None and entry.outputs == outputs:
        return KeyRecord.of(entry)
    if record is not None and record.outputs == outputs:
        instance = record.work.instance if want.work is None else want.work.instance
        work = Work(record.work.provider, record.work.made_by, instance)
        return KeyRecord(want.key, work, outputs, record.request_id, record.cost_usd)
    known = want.work or (None if entry is None else KeyRecord.of(entry).work)
    return None if known is None else KeyRecord(want.key, known, outputs)
