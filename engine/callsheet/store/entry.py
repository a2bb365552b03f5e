"""What the journal remembers of one key, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from callsheet.media.info import Output

State: TypeAlias = Literal[
    "reserved", "intent", "submitted", "running", "fetched", "done", "failed", "cancelled", "unknown"
]
IN_FLIGHT: tuple[State, ...] = ("intent", "submitted", "running", "fetched")
MAY_SUBMIT: tuple[State, ...] = ("reserved", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Work:
    """What a key stands for: who provides it, the route id or step name that makes it, the instance that asked."""

    provider: str
    made_by: str
    instance: str


class Entry(NamedTuple):
    """What happened to a key so far. (A named tuple: ten thousand are read at the start of a run.)

    `state`: `reserved` (nothing is out), `intent` (a submit was about to leave; found at start it is unknown),
    `submitted` and `running` (the request id is known), `fetched` (the bytes are in the store), `done`, `failed`,
    `cancelled`, `unknown` (a person settles it). `attempts` counts submits that left. Times are seconds since 1970.
    """

    key: str
    provider: str
    made_by: str
    instance: str
    state: State
    request_id: str | None
    payload_sha256: str | None
    attempts: int
    cost_usd: float | None
    error_code: str | None
    error: str | None
    intended_at: float | None
    submitted_at: float | None
    updated_at: float
    outputs: tuple[Output, ...] = ()

    @property
    def may_submit(self) -> bool:
        """Whether a submit may leave for this key without a person's consent."""
        return self.state in MAY_SUBMIT


@dataclass(frozen=True, slots=True)
class Past:
    """One finished render of a route: seconds from submit to done, and its cost in USD where the provider said it."""

    seconds: float
    cost_usd: float | None
