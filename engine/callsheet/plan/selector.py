"""Selectors as they are written: `2+spot[look=dawn|noir]+1`, `@hero`, `tag:soc*`, joined by commas (and) and spaces
(or)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callsheet.problems import Problem, UsageFault, did_you_mean

METHODS = ("node", "tag", "state", "route", "intent", "step")
_TERM = re.compile(
    r"(?P<around>@)?(?:(?P<up>\d{0,9})(?P<upward>\+))?(?:(?P<method>[a-z]+):)?(?P<value>[^\[\]+@:]+)"
    r"(?:\[(?P<axes>[^\[\]]+)\])?(?:(?P<downward>\+)(?P<down>\d{0,9}))?"
)
_WORDS = re.compile(r"(?:[^\s\[]|\[[^\]]*\]?)+")
_COMMA = re.compile(r",(?![^\[]*\])")
_EXAMPLES = "write `hero`, `hero[look=dawn]`, `+spot`, `hero+1`, `@hero`, `tag:social` or `state:failed`"


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector. `value` may hold the wildcards `*` and `?`, as may the ids that `axes` give for an axis. `up` and
    `down` count the steps to go along, 0 for none and None for all; `around` is `@`."""

    text: str
    method: str
    value: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    up: int | None
    down: int | None
    around: bool

    @property
    def subject(self) -> str:
        """What it selects among, in words."""
        if self.method == "node":
            return f"node `{self.value}`"
        return f"`{self.method}:{self.value}`"


def read_selectors(expression: str) -> list[list[Selector]]:
    """Alternatives, each of selectors that must all hold. Raises a UsageFault."""
    if not expression.strip():
        raise fault("an empty selector selects nothing", "leave the option out to select everything")
    return [[_selector(part, word) for part in _COMMA.split(word)] for word in _WORDS.findall(expression)]


def fault(message: str, hint: str | None) -> UsageFault:
    """What is wrong with a selector."""
    return UsageFault(Problem("bad-selector", message, hint=hint))


def _selector(text: str, word: str) -> Selector:
    if not text:
        raise fault(f"in `{word}` a comma has nothing beside it", "`a,b` is what is both, `a b` what is either")
    match = _TERM.fullmatch(text)
    if match is None:
        raise fault(f"`{text}` is no selector", _EXAMPLES)
    method = match["method"] or "node"
    if method not in METHODS:
        raise fault(f"`{method}:` is no way to select", did_you_mean(method, METHODS))
    if match["around"] and (match["upward"] or match["downward"]):
        bare = text.strip("@+0123456789")
        raise fault(f"`{text}` has both `@` and `+`", f"`@{bare}` has everything before and after it already")
    return Selector(
        text,
        method,
        match["value"],
        tuple(_axis(text, part) for part in match["axes"].split(",")) if match["axes"] else (),
        _steps(match["upward"], match["up"]),
        _steps(match["downward"], match["down"]),
        bool(match["around"]),
    )


def _steps(plus: str | None, count: str | None) -> int | None:
    if not plus:
        return 0
    return int(count) if count else None


def _axis(text: str, part: str) -> tuple[str, tuple[str, ...]]:
    axis, equals, ids = part.partition("=")
    if not equals or not axis or not all(ids.split("|")):
        raise fault(f"`{part}` in `{text}` names no id of an axis", "write `[look=dawn]`, or `[look=dawn|noir]`")
    return axis, tuple(ids.split("|"))
