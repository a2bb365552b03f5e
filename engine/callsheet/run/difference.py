"""What differs between two things that were asked, one value for each of them: fields, bytes, producers, routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from callsheet.run.former import Former

Shown: TypeAlias = Mapping[str, Any]
"""A medium as `shown_input` shows it: an `asset`, a `url`, or what comes `from` an instance."""


class Differs(StrEnum):
    """What it is that differs."""

    field = "field"
    default = "default"
    asset = "asset"
    producer = "producer"
    route = "route"
    step = "step"
    step_version = "step-version"
    provider = "provider"
    seed = "seed"
    take = "take"
    publish = "publish"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: in the native `field`, where it is about one, from `old` to `new`, as JSON values. None
    means that it was not there, or is not there any more. A medium is a mapping with its name and `sha256`."""

    kind: Differs
    field: str | None
    old: object
    new: object


UNRECORDED = Difference(Differs.unknown, None, None, None)
"""The keys differ, and nothing that was kept of what was asked says why."""

_FACTS = (
    ("route", Differs.route),
    ("step", Differs.step),
    ("step_version", Differs.step_version),
    ("provider", Differs.provider),
    ("seed", Differs.seed),
    ("take", Differs.take),
)
_SOURCES = (("asset", Differs.asset), ("url", Differs.asset), ("from", Differs.producer))


def differences(old: Former, new: Former) -> tuple[Difference, ...]:
    """All that differs, the route first, then the fields in the order of the new input. Bytes that are not known on
    both sides are taken as unchanged while their name is."""
    found = [
        Difference(kind, None, old.facts.get(name), new.facts.get(name))
        for name, kind in _FACTS
        if _both_known(name, old, new) and old.facts.get(name) != new.facts.get(name)
    ]
    if old.input is not None and new.input is not None:
        for name in dict.fromkeys((*new.input, *old.input)):
            found += _of_field(name, old, new)
    if not found and old.key is not None and new.key is not None and old.key != new.key:
        found.append(UNRECORDED)
    return tuple(found)


def _both_known(name: str, old: Former, new: Former) -> bool:
    """A route in place of a step is known on both sides, though each has one of them alone."""
    if name in ("route", "step"):
        return bool(old.facts.keys() & {"route", "step"}) and bool(new.facts.keys() & {"route", "step"})
    return name in old.facts and name in new.facts


def _of_field(name: str, old: Former, new: Former) -> Iterator[Difference]:
    before = None if old.input is None else old.input.get(name)
    after = None if new.input is None else new.input.get(name)
    if before == after or (_is_seed(before, old) and _is_seed(after, new)):
        return
    media = [*_media(before), *_media(after)]
    if media:
        yield from _of_media(name, before, after)
        return
    by_default = name in (new.defaults if after is not None else old.defaults)
    was_default = name in (old.defaults if before is not None else new.defaults)
    yield Difference(Differs.default if by_default and was_default else Differs.field, name, before, after)


def _is_seed(value: object, asked: Former) -> bool:
    """Whether a value is the seed, which is told once and not as a field too."""
    return value is None or (type(value) is int and value == asked.facts.get("seed"))


def _of_media(name: str, before: object, after: object) -> Iterator[Difference]:
    old, new = _named(before), _named(after)
    if _digests(old.values()) == _digests(new.values()) and None not in _digests(new.values()):
        return
    if len(old) == len(new) == 1 and old.keys() != new.keys():
        ((_, one),), ((_, other),) = old.items(), new.items()
        yield Difference(_source(other)[1], name, one, other)
        return
    found = [
        Difference(_source(item)[1], name, old.get(about), item)
        for about, item in new.items()
        if about not in old or not _same(old[about], item)
    ]
    found += [Difference(_source(item)[1], name, item, None) for about, item in old.items() if about not in new]
    if not found and list(old) != list(new):
        found.append(Difference(Differs.field, name, [_name(one) for one in old.values()], [*map(_name, new.values())]))
    yield from found


def _media(value: object) -> list[Shown]:
    """The media in a value; none where it is no medium and no list with one."""
    items = value if isinstance(value, list) else [value]
    return [one for one in items if isinstance(one, Mapping) and any(name in one for name, _ in _SOURCES)]


def _named(value: object) -> dict[tuple[str, int], Shown]:
    """The media by name; one that is there twice is told apart by its turn."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Shown] = {}
    for one in _media(value):
        found[(_name(one), seen[_name(one)])] = one
        seen[_name(one)] += 1
    return found


def _source(one: Shown) -> tuple[str, Differs]:
    return next((name, kind) for name, kind in _SOURCES if name in one)


def _name(one: Shown) -> str:
    return str(one[_source(one)[0]])


def _same(one: Shown, other: Shown) -> bool:
    digests, others = _digests([one]), _digests([other])
    if None in digests or None in others:
        return one.get("output") == other.get("output") and one.get("many") == other.get("many")
    return digests == others


def _digests(media: Any) -> list[str | None]:
    """The digests of media in their order; None stands for what is not known."""
    found: list[str | None] = []
    for one in media:
        digest = one.get("sha256")
        found += (list(digest) or [None]) if isinstance(digest, Sequence) and not isinstance(digest, str) else [digest]
    return found
