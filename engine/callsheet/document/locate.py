"""Where in a written value a name stands, so that an error can point at it."""

from __future__ import annotations

import re

from callsheet.problems import Span

_MARKED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def written(span: Span) -> str:
    """The source text of the span, quotes included."""
    lines = [span.source.line(number) for number in range(span.line, span.end_line + 1)]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def narrowed(span: Span, needle: str | None, *, in_templates: bool = True) -> Span:
    """The part of the span where `needle` stands as a word, the whole span where it isn't found.

    Where the value has `{{ … }}` or `{% … %}`, only these are searched, unless `in_templates` is false.
    """
    if not needle:
        return span
    text = written(span)
    word = re.compile(rf"(?<![\w.]){re.escape(needle)}(?!\w)" if needle[0].isalnum() else re.escape(needle))
    marked = [match.span() for match in _MARKED.finditer(text)] if in_templates else []
    for start, end in marked or [(0, len(text))]:
        found = word.search(text, start, end)
        if found:
            return _part(span, text, found.start(), found.end())
    return span


def _part(span: Span, text: str, start: int, end: int) -> Span:
    line, column = _place(span, text, start)
    end_line, end_column = _place(span, text, end)
    return Span(span.source, line, column, end_line, end_column)


def _place(span: Span, text: str, offset: int) -> tuple[int, int]:
    row = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return span.line + row, column + (span.column - 1 if row == 0 else 0)
