"""Text for Markdown as GitHub shows it: nothing in it becomes markup, a mention, a link or a reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from callsheet.report.changes_text import abridged
from callsheet.report.screen import counted, inert
from callsheet.run.difference import Difference, Differs
from callsheet.run.reasons import clause, is_text
from callsheet.run.word_diff import Piece, word_diff

MOST_CHARACTERS = 65_000
"""A comment may have 65,536."""
_CONTEXT = 80
_LONGEST_TEXT = 2_500
_LONGEST_LINE = 300
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&]")
_CALLS = re.compile(r"@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?|ftp|www|mailto|xmpp)(?=[:.])", re.IGNORECASE)
_QUOTED = re.compile(r"`([^`]*)`")
_GAP = "\u200b"


def plain(text: str) -> str:
    """`text` on one line, to be read as it is. A blank of no width keeps names from calling people and numbers from
    becoming links."""
    text = _CALLS.sub(rf"\g<0>{_GAP}", _ADDRESS.sub(rf"\g<0>{_GAP}", inert(text)))
    return _MARKUP.sub(r"\\\g<0>", text).replace("$", "&#36;")


def code(text: str) -> str:
    """`text` as code, where nobody is called; it may hold backticks and bars."""
    text = inert(text)
    if text.strip() == text and text and not {"`", "|"}.intersection(text):
        return f"`{text}`"
    return f"<code>{plain(text)}</code>"


def prose(text: str) -> str:
    """A sentence of ours, with what stands in backticks as code."""
    parts = _QUOTED.split(text)
    return "".join(code(part) if place % 2 else plain(part) for place, part in enumerate(parts))


def change_cell(change: Difference) -> str:
    """One change for the cell of a table: texts by their words, old ones struck out and new ones bold."""
    if not is_text(change):
        return prose(clause(change))
    label = f"default of {code(str(change.field))}" if change.kind is Differs.default else code(str(change.field))
    return f"{label}: {words(abridged(word_diff(str(change.old), str(change.new)), _CONTEXT))}"


def words(pieces: Iterable[Piece]) -> str:
    """A word diff; marks stand between blanks, since elsewhere they may not count as marks. What goes on for too long
    ends in an ellipsis."""
    found: list[str] = []
    left = _LONGEST_TEXT
    for piece in pieces:
        text = piece.text.strip()
        if len(text) > left:
            return " ".join([*found, *filter(None, [_marked(Piece(piece.sort, text[:left]))]), "…"])
        left -= len(text)
        found += filter(None, [_marked(piece)])
    return " ".join(found)


def heads(names: Sequence[str], aligns: Sequence[str]) -> list[str]:
    """The head of a table; `aligns` are `---` or `---:`."""
    return [row(names), row(aligns)]


def row(cells: Sequence[str]) -> str:
    """A row of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def folding(summary: str) -> list[str]:
    """What begins lines that are shown when somebody asks for them."""
    return [f"<details><summary>{summary}</summary>", ""]


FOLDED = ["", "</details>"]
"""What ends them."""


def ending(lines: Sequence[str], left_out: int, command: str) -> list[str]:
    """The end of a comment: what else is to be said, how much was left out, and the command that shows all of it."""
    found = [cut(line) for line in lines]
    if left_out:
        found += [
            *([""] if found else []),
            f"**{counted(left_out, 'instance')} left out here**, since a comment has its limits.",
        ]
    return [*found, *([""] if found else []), f"All of it: {code(cut(command))}"]


def cut(text: str) -> str:
    """The beginning of a text that might be too long for a comment."""
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


def _marked(piece: Piece) -> str:
    text = plain(piece.text.strip())
    if not text or piece.sort == "same":
        return text
    return f"~~{text}~~" if piece.sort == "old" else f"**{text}**"
