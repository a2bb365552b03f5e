"""Pushing what is done to a shared store. What is there is not sent again, so that an interrupted push goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from callsheet.media.info import Output
from callsheet.problems import DataFault, Problem
from callsheet.store.blobs import Blobs
from callsheet.store.record import KeyRecord, blob_name, record_name
from callsheet.store.shared import Moved, Shared, Tell, side_by_side

_PIECE = 5 << 20


async def push(shared: Shared, blobs: Blobs, records: Sequence[KeyRecord], *, replace: bool, tell: Tell) -> Moved:
    """Upload what of these keys is not there yet: bytes first, verified as they are read, then each key's record.

    With `replace` what is there is sent again. What can't be sent for its own sake (bytes that are damaged or missing
    here) is a problem, and all else goes on.
    """
    one = _Push(shared, blobs, tell)
    if not replace:
        outputs = {blob_name(output.sha256): output for record in records for output in record.outputs}
        sizes = await shared.sizes("blobs", outputs)
        one.there = {outputs[name].sha256 for name, size in sizes.items() if size == outputs[name].bytes}
        one.recorded = {*await shared.sizes("keys", {record_name(record.key) for record in records})}
    await side_by_side(partial(one.send, record) for record in {record.key: record for record in records}.values())
    return one.moved


@dataclass(slots=True)
class _Push:
    shared: Shared
    blobs: Blobs
    tell: Tell
    moved: Moved = field(default_factory=Moved)
    there: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    _sent: dict[str, bool] = field(default_factory=dict)
    _gates: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def send(self, record: KeyRecord) -> None:
        whole = [await self._once(output, record) for output in record.outputs]
        if all(whole):
            name = record_name(record.key)
            if name not in self.recorded:
                await self.shared.put(name, record.text(), "application/json")
            self.moved.keys += 1
            self.tell(self.moved)

    async def _once(self, output: Output, record: KeyRecord) -> bool:
        """Send bytes that several keys may have; whether they are there now."""
        async with self._gates.setdefault(output.sha256, asyncio.Lock()):
            if output.sha256 not in self._sent:
                self._sent[output.sha256] = await self._send(output, record.work.instance)
        return self._sent[output.sha256]

    async def _send(self, output: Output, instance: str) -> bool:
        if output.sha256 in self.there:
            self.moved.present += 1
            return True
        try:
            await self.shared.put(blob_name(output.sha256), self.blobs.pieces(output.sha256, _PIECE), output.media_type)
        except DataFault as error:
            self.moved.problems += [
                Problem(
                    one.code, one.message, hint="`callsheet cache verify --restore` looks for it", instance=instance
                )
                for one in error.problems
            ]
            return False
        self.moved.files += 1
        self.moved.bytes += output.bytes
        self.tell(self.moved)
        return True
