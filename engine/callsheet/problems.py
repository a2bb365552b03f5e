"""What can be wrong, and where: the values every room reports faults with.

CallsheetError                 carries one or more problems and the exit code they end with
    UsageFault      64         the command line is wrong
    DataFault       65         the pipeline, an input, a lock or a render is wrong
    UpstreamFault   69         the API answered 5xx or can't be reached
    RetryableFault  75         try again: time-out, rate limit, budget, disk full, an unknown submit
    AccessFault     77         no token, a rejected token, an exhausted balance
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import ClassVar, Literal

_LONG_LINE = 400
_ADDRESS = re.compile(r"""(?<=[a-z])://[^\s"'`<>]+""")
_LONGEST_ADDRESS = 4_000
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class SourceText:
    """A text that was read and the name it is shown under; lines are split only when an excerpt is asked for."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its line end; empty where there is none."""
        return self.lines[number - 1].rstrip("\r") if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source text; lines and columns count from 1, the end column is the first one past the stretch."""

    source: SourceText = field(repr=False, compare=False)
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def path(self) -> str:
        return self.source.path

    def __str__(self) -> str:
        return f"{self.source.path}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The line with a caret under the stretch; wide characters count two cells, tabs become one space, other
        control characters `\ufffd`, and of a line over 400 characters only what is near the caret is shown. The query
        of an address, which may hold a signature, is starred out."""
        line = self.source.line(self.line)
        end = self.end_column if self.end_line == self.line else len(line) + 1
        start = min(self.column, len(line) + 1)
        first = max(0, start - 1 - _LONG_LINE // 4) if len(line) > _LONG_LINE else 0
        before = max(0, first - _LONGEST_ADDRESS)
        line = _ADDRESS.sub(_starred, line[before : first + _LONG_LINE])[first - before :]
        start, end = start - first, end - first
        line = visible(line.replace("\t", " "))
        before = _cells(line[: start - 1])
        width = max(1, _cells(line[start - 1 : max(start, end) - 1]))
        number = str(self.line)
        return f"{number} | {line}\n{' ' * len(number)} | {' ' * before}{'^' * width}"


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that would mend a problem: put `text` in place of what stands at `span`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or warning. `code` is stable and kebab-case; `message` is one sentence without a full stop."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    fix: Fix | None = None
    severity: Literal["error", "warning"] = "error"
    instance: str | None = None
    also: tuple[Span, ...] = ()

    def __str__(self) -> str:
        """`file:line:col: error: message [code]`, the excerpt, then the hint, as a terminal shows it."""
        place = f"{self.span}: " if self.span else ""
        about = f"{self.instance}: " if self.instance else ""
        lines = [f"{place}{self.severity}: {about}{self.message} [{self.code}]"]
        if self.span:
            lines += [f"  {row}" for row in self.span.excerpt().split("\n")]
        lines += [f"  see also {span}" for span in self.also]
        if self.hint:
            lines.append(f"  help: {self.hint}")
        return visible("\n".join(lines))


class CallsheetError(Exception):
    """Something a person can act on. Holds every problem found, in the order of the source."""

    exit_code: ClassVar[int] = 65

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageFault(CallsheetError):
    exit_code = 64


class DataFault(CallsheetError):
    exit_code = 65


class UpstreamFault(CallsheetError):
    exit_code = 69


class RetryableFault(CallsheetError):
    exit_code = 75


class AccessFault(CallsheetError):
    exit_code = 77


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is near enough to offer."""
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Sequence[str] | Iterable[str]) -> str:
    """The hint for a misspelt name: the nearest right one, or the list of what there is."""
    names = list(known)
    near = nearest(name, names)
    if near:
        return f"did you mean `{near}`?"
    return "there are: " + ", ".join(f"`{one}`" for one in names) if names else "there are none"


def visible(text: str) -> str:
    """The text with control characters other than line ends turned into `\ufffd`: safe to show on a terminal."""
    return _CONTROL.sub("\ufffd", text)


def _starred(address: re.Match[str]) -> str:
    bare, mark, query = address[0].partition("?")
    return bare + mark + "*" * len(query)


def _cells(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) != 0 for char in text)
    return len(text) + wide - marks
