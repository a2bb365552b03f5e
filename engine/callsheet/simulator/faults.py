"""What goes wrong on purpose, and when. The grammar of a fault specification:

    SPEC  = ITEM {"," ITEM}
    ITEM  = "latency=" SECONDS                     every answer comes that much later
          | "retry-after=" SECONDS                 what a 429 asks for (1 unless given)
          | POINT ":" EFFECT ["#" N] ["@" N {"+" N}] ["=" PROBABILITY]

`submit:502=0.05` strikes one submit in twenty, `submit:reset@2` the second submit, `status:500#3@1+2` the first and
second look at the third request, `render:failed#1` the first request. `#` counts submits from 1; `@` counts calls:
of submits, of the catalogue and of the balance over the whole server, of all else per request. Chance is drawn from
seed, input and call, never from the order in which requests happen to arrive.

`render:failed` costs nothing, as usual; `render:failed-billed` is charged for nevertheless.
`-after` does first what was asked (a submit is then billed) and fails then: `submit:502-after`, `submit:drop-after`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_ANSWERS = ("reset", "html", "garbage", "error-200", "redirect", "hang")
_AFTER = ("drop-after", "html-after", "garbage-after", "error-200-after", "redirect-after", "hang-after")
_EFFECTS: dict[str, tuple[str, ...]] = {
    "submit": (*_ANSWERS, *_AFTER),
    "status": (*_ANSWERS, "unknown-state"),
    "result": (*_ANSWERS, "unknown-state", "no-output"),
    "cancel": (*_ANSWERS, *_AFTER),
    "download": ("reset", "html", "redirect", "hang", "truncate", "stall"),
    "models": _ANSWERS,
    "balance": _ANSWERS,
    "render": ("failed", "failed-billed", "stuck"),
}
_WITHOUT_STATUS = frozenset({"render"})
_ITEM = re.compile(r"(?P<point>[a-z]+):(?P<effect>[a-z0-9-]+)(?:#(?P<request>\d+))?(?:@(?P<calls>\d+(?:\+\d+)*))?")


class FaultSpecError(ValueError):
    """The fault specification can't be read; the text says which item and what was expected."""


@dataclass(frozen=True, slots=True)
class Effect:
    """`name` is an HTTP status or a word of the grammar; `after`: do first what was asked."""

    name: str
    after: bool = False

    @property
    def status(self) -> int | None:
        return int(self.name) if self.name.isdigit() else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One item of a specification."""

    point: str
    effect: Effect
    request: int | None = None
    calls: frozenset[int] | None = None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Faults:
    """All rules; the first that strikes counts. `latency` and `retry_after` are seconds."""

    rules: tuple[Rule, ...] = ()
    latency: float = 0.0
    retry_after: float = 1.0

    def strike(self, seed: int, point: str, identity: str, request: int, call: int) -> Effect | None:
        """What befalls this call: the `call`-th at `point` about the `request`-th submit, whose input is `identity`."""
        for index, rule in enumerate(self.rules):
            if rule.point != point or (rule.request is not None and rule.request != request):
                continue
            if rule.calls is not None and call not in rule.calls:
                continue
            if rule.probability >= 1.0 or _chance(seed, index, rule, identity, call) < rule.probability:
                return rule.effect
        return None


def _chance(seed: int, index: int, rule: Rule, identity: str, call: int) -> float:
    text = f"{seed}|{index}|{rule.point}|{rule.effect.name}|{identity}|{call}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) / 2**56


def parse_faults(spec: str) -> Faults:
    """Read a specification; an empty one means no faults. Raises FaultSpecError."""
    rules: list[Rule] = []
    numbers = {"latency": 0.0, "retry-after": 1.0}
    for item in (part.strip() for part in spec.split(",")):
        if not item:
            continue
        head, equals, value = item.partition("=")
        if head in numbers:
            numbers[head] = _seconds(item, value)
        else:
            rules.append(_rule(item, head, value if equals else None))
    return Faults(tuple(rules), numbers["latency"], numbers["retry-after"])


def _rule(item: str, head: str, value: str | None) -> Rule:
    match = _ITEM.fullmatch(head)
    if match is None:
        raise FaultSpecError(f"`{item}` is no fault: expected `point:effect`, like `submit:502=0.05` or `status:500@1`")
    point, name = match["point"], match["effect"]
    if point not in _EFFECTS:
        raise FaultSpecError(f"`{point}` in `{item}` is no point where faults strike: expected {_either(_EFFECTS)}")
    effect = _effect(point, name)
    if effect is None:
        status = "" if point in _WITHOUT_STATUS else " or an HTTP status from 400 to 599"
        raise FaultSpecError(
            f"`{name}` in `{item}` is no fault of `{point}`: expected {_either(_EFFECTS[point])}{status}"
        )
    if value is None and match["request"] is None and match["calls"] is None:
        raise FaultSpecError(
            f"`{item}` says not when to strike: add `=0.05` for a chance, `#2` for a request or `@1` for a call"
        )
    return Rule(
        point=point,
        effect=effect,
        request=int(match["request"]) if match["request"] else None,
        calls=frozenset(map(int, match["calls"].split("+"))) if match["calls"] else None,
        probability=1.0 if value is None else _probability(item, value),
    )


def _effect(point: str, name: str) -> Effect | None:
    if name in _EFFECTS[point]:
        if name == "drop-after":
            return Effect("reset", after=True)
        return Effect(name.removesuffix("-after"), after=name.endswith("-after"))
    status = name.removesuffix("-after") if point in ("submit", "cancel") else name
    if point not in _WITHOUT_STATUS and status.isdigit() and 400 <= int(status) <= 599:
        return Effect(status, after=name != status)
    return None


def _either(words: dict[str, tuple[str, ...]] | tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _probability(item: str, value: str) -> float:
    number = _number(value)
    if number is None or number > 1.0:
        raise FaultSpecError(f"`{value}` in `{item}` is no chance: expected a number from 0 to 1")
    return number


def _seconds(item: str, value: str) -> float:
    number = _number(value)
    if number is None:
        raise FaultSpecError(f"`{value}` in `{item}` is no time: expected seconds, like `0.2`")
    return number


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", value) else None
