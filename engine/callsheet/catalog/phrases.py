"""Phrases looked for in a text: English ones as whole words, Chinese ones wherever they stand."""

from __future__ import annotations

import re
from functools import lru_cache

from callsheet.catalog.text_limits import cjk_count

_NEGATED = r"(?<!\bno )(?<!\bnot )(?<!\bnever )(?<!\bwithout )(?<!\bavoid )(?<!n't )(?<!不要)(?<!没有)"


def found(phrases: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Which of the phrases stand in the text, in their order. Case doesn't matter, a hyphen is a space, `*` at the end
    of a word stands for any ending. What is negated (`no zoom`) counts as not there."""
    lowered = text.casefold()
    return tuple(
        phrase
        for phrase, stem, pattern in _compiled(phrases)
        if stem in lowered and pattern.search(lowered) is not None
    )


def begins_with(phrases: tuple[str, ...], text: str) -> str | None:
    """The first of the phrases that the text begins with."""
    lowered = text.lstrip().casefold()
    return next((phrase for phrase, _, pattern in _compiled(phrases) if pattern.match(lowered)), None)


@lru_cache(maxsize=1024)
def _compiled(phrases: tuple[str, ...]) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((phrase, _stem(phrase.casefold()), _pattern(phrase.casefold())) for phrase in phrases)


def _stem(phrase: str) -> str:
    """The longest word of a phrase: what must be in a text before it is worth a closer look."""
    return phrase if cjk_count(phrase) else max(re.split(r"[\s*-]+", phrase), key=len)


def _pattern(phrase: str) -> re.Pattern[str]:
    if cjk_count(phrase):
        return re.compile(_NEGATED + re.escape(phrase))
    words = [
        re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in re.split(r"[\s-]+", phrase)
    ]
    return re.compile(_NEGATED + r"(?<!\w)" + r"[\s-]+".join(words) + r"(?!\w)")
