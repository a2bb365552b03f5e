"""Many facts in one commit: writers that come at the same moment share one fsync, and none is told before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callsheet.store.journal import Journal


class GroupCommit:
    """Collects what the tasks of one event loop write to a journal and commits it together on the loop's next turn."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Callable[[], None], asyncio.Future[None]]] = []

    async def write(self, fact: Callable[[], None]) -> None:
        """Have `fact` (a call of the journal's methods) written; returns once it is durable, raises what it raised.

        A fact that raises leaves the others of its group alone. A task cancelled while it waits does not take its
        fact back.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        written = loop.create_future()
        self._waiting.append((fact, written))
        await written

    def note(self, fact: Callable[[], None]) -> None:
        """Have `fact` written with the next group, if it can be: for what is good to know and no matter of money."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        noted = loop.create_future()
        noted.cancel()
        self._waiting.append((fact, noted))

    def _commit(self) -> None:
        group, self._waiting = self._waiting, []
        outcomes = [_Outcome() for _ in group]
        commit = _Outcome()
        with commit, self._journal.group():
            for (fact, _), outcome in zip(group, outcomes, strict=True):
                with outcome:
                    fact()
        for (_, written), outcome in zip(group, outcomes, strict=True):
            error = commit.error or outcome.error
            if written.done():
                continue
            if error:
                written.set_exception(error)
            else:
                written.set_result(None)


class _Outcome:
    """Keeps the error that its block raised, for whoever waits for that block."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None
