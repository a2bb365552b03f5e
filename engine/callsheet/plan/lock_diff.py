"""Where one lock differs from another: what was locked from what a plan would lock now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from callsheet.document.lock import Lock, LockedInstance, LockedRoute
from callsheet.media.info import Output

_SHORT = 12
_Record = TypeVar("_Record")
Of: TypeAlias = Literal["lock", "asset", "intent", "route", "instance"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was. `of` and `about` name the record, `what` the thing in it; `before` and `now` are
    texts, None where there is none. A `what` of `record` means that the whole record is new or gone."""

    of: Of
    about: str
    what: str
    before: str | None
    now: str | None


def differences(before: Lock, now: Lock) -> Iterator[Difference]:
    """Each thing in which two locks differ, in the order of the file."""
    if before.provider != now.provider:
        yield Difference("lock", "provider", "provider", before.provider, now.provider)
    yield from _each("asset", _assets(before), _assets(now))
    yield from _each("intent", before.intents, now.intents)
    yield from _each("route", _routes(before), _routes(now))
    for name in sorted(before.instances.keys() | now.instances.keys()):
        old, new = before.instances.get(name), now.instances.get(name)
        if old != new:
            yield from _of_record("instance", name, old and _facts(old), new and _facts(new))


def plan_differences(before: Lock, now: Lock) -> list[Difference]:
    """Where what a plan would lock is not as it is locked. What is not known, then or now, differs from nothing, and
    what only the lock has is passed over."""
    return [
        one
        for one in differences(before, now)
        if one.now is not None and not (one.before is None and one.what in ("key", "outputs"))
    ]


def short(digest: str) -> str:
    """The beginning of a digest, for people."""
    return digest[:_SHORT] + "…"


def _each(of: Of, before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Difference]:
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old != new:
            if isinstance(old, dict) or isinstance(new, dict):
                yield from _of_record(of, name, old, new)
            else:
                what = "record" if old is None or new is None else "route" if of == "intent" else "bytes"
                yield Difference(of, name, what, _text(old), _text(new))


def _of_record(of: Of, name: str, old: object, new: object) -> Iterator[Difference]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        yield Difference(of, name, "record", _told(old), _told(new))
        return
    for what in old | new:
        if old.get(what) != new.get(what):
            yield Difference(of, name, what, _text(old.get(what)), _text(new.get(what)))


def _assets(lock: Lock) -> dict[str, str]:
    return {name: short(asset.sha256) for name, asset in lock.assets.items()}


def _routes(lock: Lock) -> dict[str, dict[str, str]]:
    return {name: _route(route) for name, route in lock.routes.items()}


def _route(route: LockedRoute) -> dict[str, str]:
    defaults = {f"default of `{name}`": repr(value) for name, value in sorted(route.defaults.items())}
    return {"schema": short(route.schema), **defaults}


def _facts(one: LockedInstance) -> dict[str, str | int | None]:
    return {
        one.kind: one.made_by,
        "intent": one.intent,
        "seed": one.seed,
        "key": one.key and short(one.key),
        "outputs": _digests(one.outputs),
    }


def _digests(outputs: tuple[Output, ...]) -> str | None:
    return " ".join(short(output.sha256) for output in outputs) or None


def _told(record: object) -> str | None:
    """A whole record, for people."""
    if not isinstance(record, dict):
        return None if record is None else str(record)
    return str(record.get("route") or record.get("step") or "pinned")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
