"""Reading a submitted input: check it, take its media in, and say what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from callsheet.simulator.brief import identity, told
from callsheet.simulator.catalogue import Json, Model
from callsheet.simulator.check import check, check_media, detail
from callsheet.simulator.intake import BODY_LIMIT, IntakeError, Medium, places, take


@dataclass(frozen=True, slots=True)
class Reading:
    """`media` by field and place in its list, `body` as the ledger tells it, `identity` of model and input,
    `faults` for the `detail` of a 422."""

    media: Mapping[tuple[str, int | None], Medium]
    body: Json
    identity: str
    faults: list[Json]


def read(model: Model, given: Json, folder: Path, host: str, made: Callable[[str, str], Path | None]) -> Reading:
    """Read an input. What was handed in is kept in `folder`; `made` finds files that were rendered here."""
    faults = check(model, given)
    media: dict[tuple[str, int | None], Medium] = {}
    for name, index, value in places(model, given):
        if not isinstance(value, str):
            continue
        sample = model.properties[name].get("default") if name in model.properties else None
        try:
            media[name, index] = take(value, model.media[name], sample, folder, host, made)
        except IntakeError as error:
            faults.append(detail((name,) if index is None else (name, index), "media", str(error)))
    if sum(medium.bytes or 0 for medium in media.values()) > BODY_LIMIT:
        faults.append(detail((), "media", "expected at most 64 MiB of media in all"))
    faults += check_media(model, media)
    body = told(given, media)
    return Reading(media, body, identity(model, body), faults)
