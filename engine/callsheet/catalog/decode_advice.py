"""JSON data -> the tips of a route, and those of them that can be checked. The format is in `schemas/README.md`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from callsheet.catalog.description import BadDescription, integer_of, mapping_of, sequence_of, text_of
from callsheet.catalog.route import AdviceRule

_RULES = ("begins_with", "mentions", "one_of", "unnamed_references")


def read_advice(given: Sequence[object], fields: Collection[str]) -> tuple[tuple[str, ...], tuple[AdviceRule, ...]]:
    """The tips in order, and the rules among them; raises BadDescription."""
    tips: list[str] = []
    rules: list[AdviceRule] = []
    for one in given:
        if isinstance(one, Mapping):
            rules.append(_rule(one, fields))
            tips.append(rules[-1].tip)
        else:
            tips.append(str(one))
    return tuple(tips), tuple(rules)


def _rule(data: Mapping[str, object], fields: Collection[str]) -> AdviceRule:
    named = [rule for rule in _RULES if rule in data]
    if len(named) != 1:
        raise BadDescription(f"a tip that is checked must have one of {', '.join(f'`{rule}`' for rule in _RULES)}")
    (rule,) = named
    native, given = text_of(data, "field"), mapping_of(data, "given", {})
    for name in (native, *given):
        if name not in fields:
            raise BadDescription(f"`{name}` is no property of `input_schema`")
    phrases: tuple[tuple[str, ...], ...] = ()
    if rule == "one_of":
        phrases = tuple(_phrases(group, rule) for group in sequence_of(data, rule))
    elif rule != "unnamed_references":
        phrases = (_phrases(data[rule], rule),)
    count = integer_of(data, rule) if rule == "unnamed_references" else None
    return AdviceRule(text_of(data, "tip"), native, rule, phrases, given, count or 0)


def _phrases(value: object, rule: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise BadDescription(f"`{rule}` must be a list of phrases")
    return tuple(str(phrase) for phrase in value)
