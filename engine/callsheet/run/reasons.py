"""Why an instance would be made, told from what it was asked with before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callsheet.run.difference import Difference, Differs, differences
from callsheet.run.former import Former
from callsheet.run.outcome import Why
from callsheet.run.word_diff import one_change

MOST_TOLD = 3
_DIGITS = 8
_SHORT = 24  # bytes: a character of Chinese or Japanese says as much as a syllable
_CONTEXT = 12
_LONGEST = 60


def reasoned(why: Why, former: Former, now: Former) -> Why:
    """The reason `why` with all that differs from what was asked before. An instance that was never rendered as it is
    now, but was otherwise, has changed."""
    changes = differences(former, now)
    never = why.code == "never-rendered"
    if not changes:
        lost = never and former.ended == "made" and former.key is not None and former.key == now.key
        return Why("lost-from-store", "made before, and neither journal nor store has it any more") if lost else why
    if never:
        since = "changed" if former.ended == "made" else f"changed since it {_ENDED[former.ended]}"
        return Why("changed", f"{since}: {told(changes)}", changes=changes)
    text = f"{why.text}; changed: {told(changes)}" if why.code == "waits-for-producer" else why.text
    return replace(why, text=text, changes=changes)


_ENDED = {"failed": "failed", "cancelled": "was cancelled"}


def told(changes: Sequence[Difference]) -> str:
    """Changes on one line, the first few of them."""
    more = len(changes) - MOST_TOLD
    clauses = [clause(change) for change in changes[:MOST_TOLD]]
    return "; ".join(clauses) + (f"; and {more} more" if more > 0 else "")


def clause(change: Difference) -> str:
    """One change in a few words."""
    match change.kind:
        case Differs.unknown:
            return "it was asked for before with something else, and what that was is not recorded here"
        case Differs.asset | Differs.producer:
            return _of_media(change)
        case Differs.field:
            return f"`{change.field}` {_of_value(change.old, change.new)}"
        case Differs.default:
            return f"default of `{change.field}` {_of_value(change.old, change.new)}"
        case Differs.publish:
            return f"published as {_value(change.new)}, before as {_value(change.old)}"
        case _:
            return f"{change.kind.replace('-', ' ')} {_value(change.old)} → {_value(change.new)}"


def is_text(change: Difference) -> bool:
    """Whether a change is of a text long enough to be told by its words."""
    if change.kind not in (Differs.field, Differs.default):
        return False
    return isinstance(change.old, str) and isinstance(change.new, str) and _is_long(change.old, change.new)


def _is_long(*texts: str) -> bool:
    return max(len(text.encode("utf-8", "surrogatepass")) for text in texts) > _SHORT


def name_of(medium: Mapping[str, Any]) -> str:
    """What a medium is called: its path, its address, or the instance that makes it."""
    return str(medium.get("asset") or medium.get("url") or medium.get("from"))


def short_digest(medium: Mapping[str, Any]) -> str:
    """The first digits of a medium's digest; `?` where it is not known, a count where there are several."""
    digest = medium.get("sha256")
    if isinstance(digest, list) and len(digest) != 1:
        return f"{len(digest)} files" if digest else "?"
    one = digest[0] if isinstance(digest, list) else digest
    return str(one)[:_DIGITS] if one else "?"


def _of_media(change: Difference) -> str:
    old = change.old if isinstance(change.old, Mapping) else None
    new = change.new if isinstance(change.new, Mapping) else None
    if old is None or new is None:
        verb, one = ("gains", new) if old is None else ("loses", old)
        return f"`{change.field}` {verb} `{name_of(one or {})}`"
    if name_of(old) != name_of(new):
        return f"`{change.field}` `{name_of(old)}` → `{name_of(new)}`"
    before, after = short_digest(old), short_digest(new)
    known = f" ({before} → {after})" if "?" not in (before, after) else ""
    if change.kind is Differs.producer:
        return f"`{name_of(new)}` made something else{known}" if known else f"`{name_of(new)}` changes"
    return f"bytes of `{name_of(new)}`{known}"


def _of_value(old: object, new: object) -> str:
    if old is None:
        return f"is new, {_value(new)}"
    if new is None:
        return f"is gone, it was {_value(old)}"
    if isinstance(old, str) and isinstance(new, str) and _is_long(old, new):
        before, gone, come, after = one_change(old, new)
        words = f"{f'[-{_cut(gone)}-]' if gone else ''}{f'{{+{_cut(come)}+}}' if come else ''}"
        return f"{_ending(before)}{words}{_beginning(after)}"
    return f"{_value(old)} → {_value(new)}"


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return f"`{_cut(value)}`"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cut(str(value)) if isinstance(value, int | float) else _cut(repr(value))


def _cut(text: str) -> str:
    """A long text by its beginning and end, which is where two of them differ."""
    half = _LONGEST // 2 - 1
    return text if len(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}"


def _ending(text: str) -> str:
    """The last words of a text."""
    return text if len(text) <= _CONTEXT else "…" + (text[-_CONTEXT:].partition(" ")[2] or text[-_CONTEXT:])


def _beginning(text: str) -> str:
    """The first words of a text."""
    return text if len(text) <= _CONTEXT else (text[:_CONTEXT].rpartition(" ")[0] or text[:_CONTEXT]) + "…"
