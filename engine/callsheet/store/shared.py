"""What pushing to a shared store and pulling from one have in common: the store as they see it, and what they did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from callsheet.problems import Problem

AT_ONCE = 8


class Shared(Protocol):
    """Objects by name, each there whole or not at all. Every method raises a CallsheetError where the store can't be
    used."""

    async def sizes(self, folder: str, names: Collection[str]) -> Mapping[str, int]:
        """The bytes of those objects of a folder that are there."""

    async def put(self, name: str, content: bytes | Iterator[bytes], media_type: str) -> None:
        """Put an object; what `content` raises, in whatever thread, breaks it off, with nothing put."""

    async def get(self, name: str) -> AsyncIterator[bytes] | None:
        """The bytes of an object; None where it is not there."""


class Claim(Protocol):
    """Keeps others away from a key."""

    def take(self, key: str) -> bool:
        """True if the key is ours now; False while a live process has it."""

    def release(self, key: str) -> None:
        """Let others have it again."""


@dataclass(slots=True)
class Moved:
    """What a push or pull came to so far: files and bytes that were moved, files that were there already, keys that
    are complete where they went, keys that are under way here and were left alone, and problems."""

    files: int = 0
    bytes: int = 0
    present: int = 0
    keys: int = 0
    busy: int = 0
    problems: list[Problem] = field(default_factory=list)


Tell: TypeAlias = Callable[[Moved], None]


async def side_by_side(jobs: Iterable[Callable[[], Awaitable[None]]]) -> None:
    """Do these, some at once. The first that raises ends them all."""
    waiting = iter(jobs)

    async def work() -> None:
        for job in waiting:
            await job()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
