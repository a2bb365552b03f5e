"""What the simulator received, for tests and for the curious: every submit whole, every call in short; no token."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from callsheet.simulator.catalogue import Json
from callsheet.simulator.queue import Request

_CALLS_KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One submit. `body` has digests in place of `data:` URIs; `answer` is the HTTP status, or what befell it."""

    number: int
    path: str
    received: float
    label: str = ""
    body: Json | None = None
    request: Request | None = None
    answer: str = ""


class Ledger:
    """All submits and the latest calls. `stamp` makes a time of the clock into text."""

    def __init__(self, stamp: Callable[[float], str]) -> None:
        self._stamp = stamp
        self._entries: list[Entry] = []
        self._calls: deque[Json] = deque(maxlen=_CALLS_KEPT)

    def open(self, path: str, label: str, received: float) -> Entry:
        """A submit has come in: number it, from 1."""
        entry = Entry(len(self._entries) + 1, path, received, label)
        self._entries.append(entry)
        return entry

    def call(self, method: str, path: str, answer: str) -> None:
        self._calls.append({"method": method, "path": path, "answer": answer})

    @property
    def calls(self) -> list[Json]:
        """The latest calls in order: method, path, and the HTTP status or what befell it."""
        return list(self._calls)

    @property
    def submits(self) -> list[Json]:
        """Every submit in order, with the request it became and what that was billed."""
        return [self._told(entry) for entry in self._entries]

    def _told(self, entry: Entry) -> Json:
        request = entry.request
        return {
            "number": entry.number,
            "path": entry.path,
            "label": entry.label,
            "body": entry.body,
            "answer": entry.answer,
            "received_at": self._stamp(entry.received),
            "request_id": request.id if request else None,
            "state": request.state if request else None,
            "billed_usd": request.billed if request else 0.0,
            "started_at": self._stamp(request.started) if request and request.started is not None else None,
            "finished_at": self._stamp(request.finished) if request and request.finished is not None else None,
        }
