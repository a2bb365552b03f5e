"""What a run decided before it began (Decision), where an instance can stand (State), what came of it (RunOutcome)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias

from callsheet.media.info import Output
from callsheet.run.difference import Difference

RunStatus: TypeAlias = Literal["succeeded", "failed", "held", "interrupted"]


class Action(StrEnum):
    """What a run would do to an instance, and so what its plan says."""

    render = "render"
    shared = "shared"
    cached = "cached"
    local = "local"
    attach = "attach"
    held = "held"
    unknown = "unknown"
    missing = "missing"
    skipped = "skipped"


class State(StrEnum):
    """Where an instance stands. The first five are passed through, in one of the others it ends."""

    waiting = "waiting"
    queued = "queued"
    running = "running"
    downloading = "downloading"
    working = "working"
    succeeded = "succeeded"
    cached = "cached"
    failed = "failed"
    unknown = "unknown"
    cancelled = "cancelled"
    held = "held"
    skipped = "skipped"
    blocked = "blocked"

    @property
    def over(self) -> bool:
        """True once nothing more happens to the instance in this run."""
        return self not in _UNDER_WAY


_UNDER_WAY = frozenset((State.waiting, State.queued, State.running, State.downloading, State.working))


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: `code` is stable and kebab-case, `text` is for people, `hint` says how to mend it. `changes` are what
    differs from what the instance was asked with before."""

    code: str
    text: str
    hint: str | None = None
    changes: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceError:
    """Why an instance has no result: a stable code, one sentence, and how to mend it where that is known."""

    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A route that failed or was refused before another was tried; `cost_usd` is what was charged nevertheless."""

    route: str
    key: str | None
    request_id: str | None
    cost_usd: float | None
    error: InstanceError
    in_this_run: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What would be done to one instance and why. `outputs` are known where the action is `cached`. `rank` says by
    which of the job's `attempts`, `before` what is known of those that failed, `keys` are those of all attempts where
    there are fallbacks."""

    instance: str
    action: Action
    why: Why
    key: str | None
    outputs: tuple[Output, ...] = ()
    rank: int = 0
    before: tuple[FailedAttempt, ...] = ()
    keys: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedOutput:
    """An output at its place for people: `path` is absolute, `shown` is relative to the working folder if below it."""

    name: str
    path: Path
    shown: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class InstanceOutcome:
    """What came of one instance. `shared_with` is the instance whose render it uses, `seconds` how long it took,
    `cost_usd` what the provider charged for it in this run or the run that made it, None where that is not known.
    `rank` says which of the job's `attempts` this is about, `before` what failed before it; `route` is that of the
    attempt where the instance has fallbacks."""

    id: str
    node: str
    axes: Mapping[str, str]
    state: State
    shared_with: str | None = None
    key: str | None = None
    seed: int | None = None
    request_id: str | None = None
    cost_usd: float | None = None
    outputs: tuple[PlacedOutput, ...] = ()
    error: InstanceError | None = None
    seconds: float | None = None
    rank: int = 0
    before: tuple[FailedAttempt, ...] = ()
    route: str | None = None


@dataclass(frozen=True, slots=True)
class RunTotals:
    """`submitted` counts requests that left; `cost_usd` and `seconds` are of this run alone."""

    submitted: int
    cached: int
    shared: int
    failed: int
    cost_usd: float
    seconds: float


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run that is over: one outcome per instance of the plan, in its order."""

    run: str
    status: RunStatus
    exit_code: int
    instances: tuple[InstanceOutcome, ...]
    totals: RunTotals
