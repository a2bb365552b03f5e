"""The one shape of work: an Order goes in, files come out, and what must be remembered is told to a Diary first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callsheet.media.info import MediaInfo, OutputKind


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Media handed to a maker: bytes on this disk (`path`), or a public address (`url`); exactly one of them."""

    info: MediaInfo
    path: Path | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One job ready to be made. `input` is the effective input: native fields, media as MediaFile (or lists of them).

    `made_by` is the canonical route id or the step's name. `request_id` is set where a request was submitted
    earlier: it is then attached to and nothing is submitted. `folder` is an empty folder of this order's own.
    """

    instance: str
    key: str
    made_by: str
    input: Mapping[str, object]
    folder: Path
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file in the order's folder."""

    kind: OutputKind
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an order: files in output order; cost in USD where the provider said it."""

    files: tuple[MadeFile, ...]
    cost_usd: float | None = None
    request_id: str | None = None


class Diary(Protocol):
    """What a maker tells while it works. The first two return only once the fact is on disk."""

    async def intent(self, digest: str) -> None:
        """A submit whose payload has this SHA-256 is about to leave; not one byte of it has yet."""

    async def submitted(self, request_id: str) -> None:
        """The provider took it under this id."""

    async def refused(self) -> None:
        """The submit announced by `intent` certainly was not taken: it may be made again."""

    def state(self, state: str, queue_position: int | None = None) -> None:
        """`queued`, `running` or `downloading`."""

    def progress(self, done: float) -> None:
        """A part of the work, 0 to 1."""

    def trouble(self, text: str) -> None:
        """Something is in the way and is tried again; one line for people, without addresses."""


class Maker(Protocol):
    async def make(self, order: Order, diary: Diary) -> Made:
        """Make the order's files. Raises a CallsheetError; see makers/outcome for what it says about money."""
        ...
