"""Phrases looked for in a text: English ones as whole words, Chinese ones wherever they stand."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from callsheet.catalog.text_limits import cjk_count

_NEGATIONS = ("no ", "not ", "never ", "without ", "avoid ", "n't ", "不要", "没有")


class _Phrase(NamedTuple):
    """A phrase, what must be in a text (in lower case) before it is worth a closer look, and that closer look.
    `word` says that it may not begin within a word. The pattern begins with a letter, which makes it quick."""

    text: str
    stem: str
    pattern: re.Pattern[str]
    word: bool


def found(phrases: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Which of the phrases stand in the text, in their order. Case doesn't matter, a hyphen is a space, `*` at the end
    of a word stands for any ending. What is negated (`no zoom`) counts as not there."""
    return found_in_groups((phrases,), text)[0]


def found_in_groups(groups: tuple[tuple[str, ...], ...], text: str) -> list[tuple[str, ...]]:
    """As `found`, for each group of phrases."""
    lowered = text.casefold()
    return [
        tuple([one.text for one in group if one.stem in lowered and _stands(one, lowered)])
        for group in _compiled(groups)
    ]


def begins_with(phrases: tuple[str, ...], text: str) -> str | None:
    """The first of the phrases that the text begins with."""
    lowered = text.lstrip().casefold()
    if not lowered.startswith(phrases):
        return None
    (group,) = _compiled((phrases,))
    return next((one.text for one in group if one.pattern.match(lowered)), None)


@lru_cache(maxsize=1024)
def _compiled(groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[_Phrase, ...], ...]:
    return tuple(tuple(_phrase(text) for text in group) for group in groups)


def _phrase(text: str) -> _Phrase:
    lowered = text.casefold()
    if cjk_count(lowered):
        return _Phrase(text, lowered, re.compile(re.escape(lowered)), word=False)
    words = [
        re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in re.split(r"[\s-]+", lowered)
    ]
    stem = max(re.split(r"[\s*-]+", lowered), key=len)
    return _Phrase(text, stem, re.compile(r"[\s-]+".join(words) + r"(?!\w)"), word=True)


def _stands(phrase: _Phrase, lowered: str) -> bool:
    """Whether the phrase stands anywhere in the text without a negation right before it."""
    for match in phrase.pattern.finditer(lowered):
        before = lowered[max(0, match.start() - 9) : match.start()]
        if phrase.word and before and (before[-1].isalnum() or before[-1] == "_") and not cjk_count(before[-1]):
            continue
        if not before.endswith(_NEGATIONS) or _inside_a_word(before):
            return True
    return False


def _inside_a_word(before: str) -> bool:
    """Whether what looks like a negation is the end of a longer word: `piano ` is no `no `."""
    ending = next(one for one in _NEGATIONS if before.endswith(one))
    rest = before.removesuffix(ending)
    return ending.isascii() and ending != "n't " and rest[-1:].isalnum()
