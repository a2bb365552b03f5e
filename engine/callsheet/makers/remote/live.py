"""Results that this run has fetched, and where they still lie: an input too large for a request can be sent by that
address, as long as it gives the very file."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.makers.maker import MadeFile, MediaFile
from callsheet.makers.remote.limits import MIB, Limits
from callsheet.makers.remote.patience import Timing

StillGives = Callable[[str, int], Awaitable[bool]]
"""Asks the host of an address whether it still gives a file of so many bytes."""

_WORTH_IT = 4 * MIB


@dataclass(slots=True)
class LiveResults:
    """Addresses by the SHA-256 of what they gave; kept in memory alone, since they may be signed."""

    limits: Limits
    timing: Timing
    still_gives: StillGives
    _known: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def learn(self, file: MadeFile, address: str) -> None:
        """The address has just given this file. Small files are left out: they go out as bytes."""
        if file.path.stat().st_size > _WORTH_IT:
            digest = await asyncio.to_thread(_sha256, file.path)
            self._known[digest] = address, self.timing.clock()

    async def address(self, file: MediaFile) -> str | None:
        """Where the API can fetch the file from; None where no address is known to be good: none was learned in this
        run, it is an old one, or its host does not answer for it."""
        address, learned = self._known.get(file.info.sha256, ("", 0.0))
        if not address or self.timing.clock() - learned > self.limits.link_good:
            return None
        return address if await self.still_gives(address, file.info.bytes) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
