"""YAML's own faults in our words, and templates that were not quoted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from callsheet.document.names import LONGEST_SHOWN
from callsheet.document.scalars import quoted
from callsheet.problems import Fix, Problem, SourceText, Span

_REFUSED = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\r(?!\n)"
)
_MOST_CHARACTERS = 20
_LEAD = re.compile(r"[ ]*(?:- +)*(?:(?P<key>[^\s#'\"&*\[\]{}][^#'\"\n]*?):[ ]+)?(?=\{[{%])")
_KEY_AND_TEXT = re.compile(r"[ ]*(?:- +)*(?P<key>[^\s#'\"\[\]{}][^#'\"\n]*?):[ ]+(?P<text>[^\s'\"\[\]{}|>&*!#].*)")
_COMMENT = re.compile(r"[ \t]#.*")
_INDENT = "indent with spaces"
_ALIGN = "entries of one mapping or list start in the same column"

_WORDS: dict[str, tuple[str, str | None]] = {
    "mapping keys are not allowed in this context": ("a key can't start here", None),
    "block sequence entries are not allowed in this context": (
        "a list item can't start here",
        "put each `- item` on a line of its own, below its key",
    ),
    "did not find expected alphabetic or numeric character": (
        "a value can't start with `&` or `*` unless it is quoted",
        "quote the value",
    ),
    "found unknown escape character": (
        "double quotes hold an escape that YAML does not know",
        "write a backslash as `\\\\`, or use single quotes",
    ),
    "did not find expected hexdecimal number": ("this escape needs more hexadecimal digits", None),
    "found invalid Unicode character escape code": ("this escape names no character", None),
    "did not find expected comment or line break": (
        "text can't start on the line of `|` or `>`",
        "start the text on the next line, indented below the key",
    ),
    "found an indentation indicator equal to 0": ("the indentation after `|` or `>` is 1 to 9", None),
    "found a tab character where an indentation space is expected": ("a tab can't indent a line", _INDENT),
    "did not find expected '-' indicator": ("this line is not part of the list above it", _ALIGN),
    "did not find expected node content": ("expected a value here", None),
    "did not find expected <document start>": ("expected the end of the file here", _ALIGN),
    "found undefined tag handle": ("tags are not allowed", "quote the value if it starts with `!`"),
    "found unknown directive name": ("a line can't start with `%` unless it is quoted", "quote the value"),
    "found unexpected non-alphabetical character": (
        "a line can't start with `%` unless it is quoted",
        "quote the value",
    ),
}
_UNCLOSED = {
    "did not find expected ',' or ']'": ("`]`", "list"),
    "did not find expected ',' or '}'": ("`}`", "mapping"),
}
_OPEN_QUOTE = ("found unexpected end of stream", "found unexpected document indicator")


def span_at(source: SourceText, start: int, end: int) -> Span:
    """The span of the characters `start` up to `end` of the text, counted from 0."""
    text = source.text
    line, end_line = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    return Span(source, line, start - text.rfind("\n", 0, start), end_line, end - text.rfind("\n", 0, end))


def refused_characters(source: SourceText) -> list[Problem]:
    """Control characters and line separators that no editor shows, each at its place; the first 20 of them."""
    return [_refused(source, found) for found in islice(_REFUSED.finditer(source.text), _MOST_CHARACTERS)]


def _refused(source: SourceText, found: re.Match[str]) -> Problem:
    char = found.group()
    name = "carriage return" if char == "\r" else unicodedata.name(char, "").lower()
    about = f"U+{ord(char):04X} ({name})" if name else f"U+{ord(char):04X}"
    span = span_at(source, found.start(), found.end())
    return Problem("bad-character", f"the character {about} is not allowed", span, hint="remove it")


def syntax_problem(source: SourceText, fault: str, at: int, context: int | None) -> Problem:
    """The parser's `fault` at the character `at`, in our words; `context` is where what it was reading starts."""
    text = source.text
    if fault in _OPEN_QUOTE and context is not None:
        hint = "close it, or use the other kind of quotes around a text that holds this one"
        return Problem("syntax", "this quote is never closed", span_at(source, context, context + 1), hint=hint)
    if fault in _UNCLOSED:
        return _unclosed(source, fault, at, context)
    if fault == "could not find expected ':'" and context is not None:
        return Problem("syntax", "expected `key: value` here", _rest_of_line(source, context), hint=_ALIGN)
    if fault == "mapping values are not allowed in this context":
        return _second_colon(source, at)
    span = _point(source, at)
    if fault == "found character that cannot start any token":
        return _strange_start(text[at : at + 1], span)
    if fault == "did not find expected key":
        return _no_key(text, at, span)
    message, help_ = _WORDS.get(fault, ("this can't be read as YAML", None))
    return Problem("tag" if fault == "found undefined tag handle" else "syntax", message, span, hint=help_)


def _unclosed(source: SourceText, fault: str, at: int, context: int | None) -> Problem:
    bracket, kind = _UNCLOSED[fault]
    if context is None:
        return Problem("syntax", f"expected `,` or {bracket} here", _point(source, at))
    opening = span_at(source, context, context + 1)
    if not source.text[at:].strip():
        return Problem("syntax", f"this {kind} is never closed", opening, hint=f"close it with {bracket}")
    hint = f"the {kind} that starts at line {opening.line} is not closed"
    return Problem("syntax", f"expected `,` or {bracket} here", _point(source, at), hint=hint, also=(opening,))


def _point(source: SourceText, at: int) -> Span:
    return span_at(source, at, at if source.text[at : at + 1] in ("", "\n") else at + 1)


def _strange_start(char: str, span: Span) -> Problem:
    if char == "\t":
        return Problem("syntax", "a tab can't indent a line", span, hint=_INDENT)
    return Problem("syntax", f"a value can't start with `{char}` unless it is quoted", span, hint="quote the value")


def _no_key(text: str, at: int, span: Span) -> Problem:
    before = text[text.rfind("\n", 0, at) + 1 : at]
    if before.strip():
        quotes = "a quoted text ends at its next quote: use the other kind of quotes around it"
        hint = quotes if "'" in before or '"' in before else None
        return Problem("syntax", "expected the end of the line here", span, hint=hint)
    return Problem("syntax", "this line is not part of the mapping above it", span, hint=_ALIGN)


def _second_colon(source: SourceText, at: int) -> Problem:
    start = source.text.rfind("\n", 0, at) + 1
    found = _KEY_AND_TEXT.match(_line(source.text, start))
    if found is None or start + found.start("text") > at:
        hint = "check the indentation of this line and of the one above"
        return Problem("syntax", "a `key: value` can't stand here", _point(source, at), hint=hint)
    value = _COMMENT.sub("", found["text"]).rstrip()
    begin = start + found.start("text")
    span = span_at(source, begin, begin + len(value))
    shown = f": {found['key']}: {quoted(value)}" if len(value) <= LONGEST_SHOWN else ""
    hint = f"quote the value{shown}"
    return Problem("syntax", "a value that holds `: ` must be quoted", span, hint=hint, fix=Fix(span, quoted(value)))


def template_lead(text: str, at: int) -> tuple[int, str | None] | None:
    """Where an unquoted template starts as the value on the line of `at`, and its key; None where there is none."""
    start = text.rfind("\n", 0, at) + 1
    found = _LEAD.match(text, start)
    return (found.end(), found["key"]) if found else None


def template_end(text: str, start: int, flow: bool) -> int:
    """Where the value that begins with an unquoted template ends: with its line, or in `[...]`/`{...}` before a comma
    or bracket."""
    if flow:
        return _flow_end(text, start)
    end = _line_end(text, start)
    close = text.find("%}" if text.startswith("{%", start) else "}}", start, start + 2000)
    if close >= end:
        end = _line_end(text, close)
    comment = _COMMENT.search(text, max(start, close), end)
    stop = comment.start() if comment else end
    return start + len(text[start:stop].rstrip())


def _flow_end(text: str, start: int) -> int:
    at, end = start, _line_end(text, start)
    while at < end and text[at] not in ",]}":
        close = text.find("}}", at, end) if text.startswith("{{", at) else -1
        at = close + 2 if close >= 0 else at + 1
    return start + len(text[start:at].rstrip())


def unquoted_template(value: str, span: Span, key: str | None) -> Problem:
    """The commonest first mistake: a template that YAML reads as a mapping in a mapping."""
    message = f"a value that starts with `{value[:2]}` must be quoted"
    if "\n" in value or len(value) > LONGEST_SHOWN:
        return Problem("unquoted-template", message, span, hint="quote the template")
    shown = quoted(value) if key is None else f"{key}: {quoted(value)}"
    return Problem(
        "unquoted-template", message, span, hint=f"quote the template: {shown}", fix=Fix(span, quoted(value))
    )


def masked(text: str, regions: Iterable[tuple[int, int]]) -> str:
    """The text with each region's characters, but not its spaces and line ends, turned into `x`."""
    parts, done = [], 0
    for start, end in regions:
        parts += [text[done:start], re.sub(r"\S", "x", text[start:end])]
        done = end
    return "".join(parts) + text[done:]


def _rest_of_line(source: SourceText, start: int) -> Span:
    return span_at(source, start, start + max(1, len(_line(source.text, start).rstrip())))


def _line(text: str, start: int) -> str:
    return text[start : _line_end(text, start)]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
