"""The tips for a route's prompts that can be checked by rule, as warnings that a node can silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callsheet.catalog.phrases import begins_with, found_in_groups
from callsheet.catalog.route import AdviceRule, Fault, Route
from callsheet.catalog.text_limits import names_a_reference
from callsheet.catalog.wording import field_label, listing, told
from callsheet.media.info import Artifact


def advice_faults(route: Route, values: Mapping[str, object]) -> Iterator[Fault]:
    """What is unwise about the texts of an effective input (native names)."""
    for rule in route.advice_rules:
        text = values.get(rule.native)
        if not isinstance(text, str) or (
            rule.given and any(values.get(name) != one for name, one in rule.given.items())
        ):
            continue
        what = _broken(route, rule, text, values)
        if what is not None:
            states = [f"`{name}` is {told(value)}" for name, value in rule.given.items()]
            said = ", and ".join([f"{field_label(route, rule.native)} {what}", *states])
            tip = rule.tip[:1].lower() + rule.tip[1:].rstrip(".")
            yield Fault("advice", f"{said}: {tip}", rule.native, "`advice: off` silences it", "warning")


def _broken(route: Route, rule: AdviceRule, text: str, values: Mapping[str, object]) -> str | None:
    """What the text does against the rule, or None."""
    if rule.rule == "begins_with":
        phrase = begins_with(rule.phrases[0], text)
        return None if phrase is None else f"begins with `{phrase.rstrip('*')}`"
    if rule.rule == "unnamed_references":
        count = _references(route, values)
        unnamed = count is not None and count >= rule.count and not names_a_reference(text)
        return f"names none of the {count} references" if unnamed else None
    groups = found_in_groups(rule.phrases, text)
    if rule.rule == "one_of":
        named = [group[0] for group in groups if group]
        return f"mentions {_shown(named)}" if len(named) > 1 else None
    return f"mentions {_shown(groups[0])}" if groups[0] else None


def _shown(phrases: Iterable[str]) -> str:
    return listing((phrase.rstrip("*") for phrase in phrases), "and")


def _references(route: Route, values: Mapping[str, object]) -> int | None:
    """How many media are given in all; None where that is not known before they are made."""
    count = 0
    for field in route.fields.values():
        value = values.get(field.name) if field.media is not None else None
        given = value if isinstance(value, list | tuple) else [] if value is None else [value]
        if any(isinstance(one, Artifact) and one.many for one in given):
            return None
        count += len(given)
    return count
