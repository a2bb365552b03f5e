"""A YAML file read once: every value with the place where it is written, and every fault of its form."""

from __future__ import annotations

import gc
from pathlib import Path

from yaml.cyaml import CSafeLoader
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
)

from callsheet.document.build import MOST_DEPTH, Builder
from callsheet.document.findings import MOST_PROBLEMS, Stop
from callsheet.document.item import Item
from callsheet.document.syntax import (
    masked,
    refused_characters,
    span_at,
    syntax_problem,
    template_end,
    template_lead,
    unquoted_template,
)
from callsheet.problems import DataFault, Problem, SourceText, Span

MOST_BYTES = 10_000_000
_MOST_PARSED = 20_000_000
_MOST_PASSES = 100


def read_source(path: Path, shown: str) -> SourceText:
    """The text of a UTF-8 file of at most 10 MB, to be shown as `shown`; a byte order mark is dropped."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise DataFault(Problem("unreadable", f"`{shown}` can't be read: there is no such file")) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "its name is not a path"
        raise DataFault(Problem("unreadable", f"`{shown}` can't be read: {reason.lower()}")) from None
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        raise DataFault(Problem("too-large", f"`{shown}` is larger than {limit} MB, the most that is read"))
    try:
        return SourceText(shown, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataFault(_not_utf8(shown, error)) from None


def parse(source: SourceText) -> Item:
    """The value of a YAML text with its places. Raises a DataFault with every problem of its form."""
    item, problems = compose(source)
    if problems or item is None:
        raise DataFault(problems)
    return item


def compose(source: SourceText) -> tuple[Item | None, list[Problem]]:
    """The value, as far as there is one, and the problems of its form in the order of the text.

    An unquoted template is read as the text that it was meant to be, so that what follows it is checked too.
    The garbage collector rests meanwhile: it would walk the growing tree again and again and find nothing.
    """
    refused = refused_characters(source)
    if refused:
        return None, refused
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _compose(source)
    finally:
        if collecting:
            gc.enable()


def _compose(source: SourceText) -> tuple[Item | None, list[Problem]]:
    templates: dict[int, tuple[int, Problem]] = {}
    composer = _Composer(source, source.text, templates)
    item = composer.compose()
    passes = min(_MOST_PASSES, _MOST_PARSED // max(1, len(source.text)))
    while composer.again and passes > 0:
        regions = sorted((start, end) for start, (end, _) in templates.items())
        composer = _Composer(source, masked(source.text, regions), templates)
        item = composer.compose()
        passes -= 1
    problems = composer.builder.problems + [problem for _, problem in templates.values()]
    return item, sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.span.line, problem.span.column) if problem.span else (0, 0)


def _not_utf8(shown: str, error: UnicodeDecodeError) -> Problem:
    before = error.object[: error.start].decode("utf-8-sig")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    source = SourceText(shown, error.object.decode("utf-8-sig", errors="replace"))
    byte = error.object[error.start]
    span = Span(source, line, column, line, column + 1)
    return Problem("not-utf8", f"the byte 0x{byte:02x} is not UTF-8", span, hint="save the file as UTF-8")


class _Composer:
    """One pass over the parser's events. `templates` are the unquoted templates met so far: start -> (end, problem);
    `again` says that one of them made the rest unreadable, and that it should be masked and the text read again."""

    def __init__(self, source: SourceText, text: str, templates: dict[int, tuple[int, Problem]]) -> None:
        self.source = source
        self.text = text
        self.templates = templates
        self.builder = Builder(source)
        self.again = False

    def compose(self) -> Item | None:
        loader = CSafeLoader(self.text)
        try:
            self._events(loader)
        except MarkedYAMLError as error:
            self._syntax(error)
            return None
        except Stop:
            return None
        finally:
            loader.dispose()
        return self.builder.root()

    def _events(self, loader: CSafeLoader) -> None:
        builder = self.builder
        documents = 0
        while True:
            event = loader.get_event()
            kind = type(event)
            if isinstance(event, ScalarEvent):
                builder.scalar(event)
            elif isinstance(event, CollectionStartEvent):
                if kind is MappingStartEvent and event.flow_style and self._template(event, loader):
                    continue
                builder.start(event, kind is MappingStartEvent)
            elif isinstance(event, CollectionEndEvent):
                builder.end(event)
            elif isinstance(event, AliasEvent):
                builder.alias(event)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    builder.second_document(event)
            elif event is None or kind is StreamEndEvent:
                return

    def _template(self, event: Event, loader: CSafeLoader) -> bool:
        """Whether the mapping that starts here is an unquoted template; it is then taken as the text it was meant
        to be and its events are passed over."""
        mark = event.start_mark
        assert mark is not None
        start = mark.index
        if not self.text.startswith(("{{", "{%"), start):
            return False
        end = template_end(self.source.text, start, self.builder.in_flow)
        value = self.source.text[start:end]
        lines = value.split("\n")
        end_column = len(lines[-1]) + (1 if len(lines) > 1 else mark.column + 1)
        span = Span(self.source, mark.line + 1, mark.column + 1, mark.line + len(lines), end_column)
        self._remember(start, end, span, self.builder.key)
        depth = 1
        while depth:
            inner = loader.get_event()
            depth += isinstance(inner, CollectionStartEvent) - isinstance(inner, CollectionEndEvent)
            if depth > MOST_DEPTH or len(self.templates) >= MOST_PROBLEMS:
                raise Stop
        self.builder.text(value, span)
        return True

    def _remember(self, start: int, end: int, span: Span, key: str | None) -> None:
        self.templates[start] = (end, unquoted_template(self.source.text[start:end], span, key))

    def _syntax(self, error: MarkedYAMLError) -> None:
        assert error.problem_mark is not None
        at = error.problem_mark.index
        context = error.context_mark.index if error.context_mark else None
        self.again = self._blames_template(at if context is None else context) or self._blames_template(at)
        if not self.again:
            self.builder.problems.append(syntax_problem(self.source, error.problem or "", at, context))

    def _blames_template(self, at: int) -> bool:
        """Whether an unquoted template that is not masked yet stands on the line of `at`; it is remembered."""
        line = self.text.rfind("\n", 0, at) + 1
        for start, (end, _) in self.templates.items():
            if (line <= start <= at or start <= at <= end) and self.text.startswith("{", start):
                return True
        lead = template_lead(self.text, at)
        if lead is None or lead[0] > at:
            return False
        end = template_end(self.source.text, lead[0], False)
        self._remember(lead[0], end, span_at(self.source, lead[0], end), lead[1])
        return True
