"""Items out of a YAML parser's events, on a stack of their own: no depth of nesting can exhaust Python's."""

from __future__ import annotations

from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, Event, ScalarEvent

from callsheet.document.findings import Findings, Stop
from callsheet.document.item import Item
from callsheet.document.names import cut
from callsheet.document.scalars import plain_scalar
from callsheet.problems import Problem, SourceText, Span, did_you_mean

MOST_DEPTH = 50
MOST_VALUES = 250_000
MOST_UNFOLDED = 50_000
LONGEST_KEY = 500
_MOST_COMPARED = 200


class _Frame:
    """A mapping or sequence that is still open. `key` waits for its value; `discard` says that it has no name."""

    __slots__ = ("anchor", "discard", "entries", "flow", "height", "items", "key", "key_span", "keys", "last", "size")

    def __init__(self, is_mapping: bool, flow: bool, anchor: str | None, opening: Span) -> None:
        self.entries: dict[str, Item] | None = {} if is_mapping else None
        self.items: list[Item] = []
        self.keys: dict[str, Span] = {}
        self.key: str | None = None
        self.key_span: Span | None = None
        self.discard = False
        self.flow = flow
        self.anchor = anchor
        self.last = opening
        self.size = 1
        self.height = 1


class Builder(Findings):
    """Takes the parser's events in their order; `problems` are in the order of the text."""

    def __init__(self, source: SourceText) -> None:
        super().__init__()
        self.source = source
        self._stack: list[_Frame] = []
        self._starts: list[Span] = []
        self._anchors: dict[str, tuple[Item, int, int]] = {}
        self._root: Item | None = None
        self._values = 0
        self._unfolded = 0

    @property
    def in_flow(self) -> bool:
        """Whether what comes next stands inside `[...]` or `{...}`."""
        return bool(self._stack) and self._stack[-1].flow

    @property
    def key(self) -> str | None:
        """The key whose value comes next."""
        return self._stack[-1].key if self._stack else None

    def root(self) -> Item:
        """The whole text's value; null for an empty text."""
        return self._root or Item(None, Span(self.source, 1, 1, 1, 1))

    def scalar(self, event: ScalarEvent) -> None:
        plain = event.style in ("", None)
        span = self._span(event, len(event.value) if plain else None)
        if event.tag is not None:
            self._tag(event)
        if self._awaits_key():
            self._key(self._stack[-1], event, plain, span)
            return
        value = event.value
        if plain:
            try:
                item = Item(plain_scalar(value), span)
            except ValueError as error:
                self._report("bad-number", f"`{cut(value)}` is too large: {error}", span, "quote it if it is text")
                item = Item(value, span)
        else:
            item = Item(value, span)
        self._add(item, 1, 0, event.anchor)

    def text(self, value: str, span: Span) -> None:
        """A text that no event brings."""
        if self._awaits_key():
            self._stack[-1].discard = True
            return
        self._add(Item(value, span), 1, 0, None)

    def start(self, event: CollectionStartEvent, is_mapping: bool) -> None:
        span = self._span(event)
        if event.tag is not None:
            self._tag(event)
        if self._awaits_key():
            self._report("bad-key", "a key must be text, not a list or mapping", span)
            raise Stop
        if len(self._stack) >= MOST_DEPTH:
            self._report("too-deep", f"values are nested more than {MOST_DEPTH} deep", span)
            raise Stop
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(is_mapping, bool(event.flow_style), event.anchor, span))
        self._starts.append(span)

    def end(self, event: CollectionEndEvent) -> None:
        frame, start = self._stack.pop(), self._starts.pop()
        last = self._span(event) if frame.flow else frame.last
        span = Span(self.source, start.line, start.column, last.end_line, last.end_column)
        item = Item(frame.items if frame.entries is None else frame.entries, span, frame.keys)
        self._add(item, frame.size, frame.height, frame.anchor)

    def alias(self, event: AliasEvent) -> None:
        span = self._span(event)
        name = event.anchor or ""
        if self._awaits_key():
            self._report("bad-key", "an alias can't be a key", span, "write the key out")
            self._stack[-1].discard = True
            return
        known = self._anchors.get(name)
        if known is None:
            self._unknown_alias(name, span)
            self._add(Item(None, span), 1, 0, None)
            return
        item, size, height = known
        self._unfolded += size
        if self._unfolded > MOST_UNFOLDED:
            self._report("too-many-values", f"aliases unfold this file by more than {MOST_UNFOLDED} values", span)
            raise Stop
        if len(self._stack) + height > MOST_DEPTH:
            self._report("too-deep", f"values are nested more than {MOST_DEPTH} deep", span)
            raise Stop
        self._add(item, size, height, None, span)

    def second_document(self, event: DocumentStartEvent) -> None:
        hint = "keep one document in a file"
        self._report("several-documents", "a second document starts here", self._span(event), hint)
        raise Stop

    def _awaits_key(self) -> bool:
        if not self._stack:
            return False
        frame = self._stack[-1]
        return frame.entries is not None and frame.key is None and not frame.discard

    def _key(self, frame: _Frame, event: ScalarEvent, plain: bool, span: Span) -> None:
        key = event.value
        frame.last = span
        self._count(span)
        if plain and key == "<<":
            hint = "write the keys out, or use an alias for a whole value"
            self._report("merge-key", "merge keys (`<<`) are not allowed", span, hint)
            frame.discard = True
        elif plain and key in ("", "~", "null"):
            hint = "quote it if it is a name" if key else "write a name before the colon"
            self._report("bad-key", "a key can't be null", span, hint)
            frame.discard = True
        elif len(key) > LONGEST_KEY:
            self._report("bad-key", f"a key can have at most {LONGEST_KEY} characters", span)
            frame.discard = True
        elif key in frame.keys:
            self._report("duplicate-key", f"`{cut(key)}` is written twice", span, also=(frame.keys[key],))
            frame.discard = True
        else:
            frame.key, frame.key_span = key, span
        if event.anchor is not None:
            self._anchors[event.anchor] = (Item(key, span), 1, 0)

    def _add(self, item: Item, size: int, height: int, anchor: str | None, place: Span | None = None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (item, size, height)
        self._count(item.span)
        if not self._stack:
            self._root = item
            return
        frame = self._stack[-1]
        frame.size += size
        frame.last = place or item.span
        if height >= frame.height:
            frame.height = height + 1
        if frame.entries is None:
            frame.items.append(item)
        elif frame.discard:
            frame.discard = False
        elif frame.key is not None and frame.key_span is not None:
            frame.entries[frame.key] = item
            frame.keys[frame.key] = frame.key_span
            frame.key = None

    def _count(self, span: Span) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            self._report("too-many-values", f"this file holds more than {MOST_VALUES} keys and values", span)
            raise Stop

    def _tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        span = self._span(event)
        message = "tags are not allowed"
        self._report("tag", message, span, "quote the value if it starts with `!`")

    def _unknown_alias(self, name: str, span: Span) -> None:
        if any(frame.anchor == name for frame in self._stack):
            self._report("unknown-alias", f"the value of the anchor `{cut(name)}` can't hold itself", span)
            return
        few = 0 < len(self._anchors) <= _MOST_COMPARED
        hint = did_you_mean(name, self._anchors) if few else "quote the value if it starts with `*`"
        self._report("unknown-alias", f"there is no anchor `{cut(name)}` above", span, hint)

    def _report(
        self, code: str, message: str, span: Span, hint: str | None = None, also: tuple[Span, ...] = ()
    ) -> None:
        self.add(Problem(code, message, span, hint=hint, also=also))

    def _span(self, event: Event, length: int | None = None) -> Span:
        """Where the event stands; a plain scalar on one line without the anchor before it, `length` characters."""
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        column = start.column
        if length is not None and start.line == end.line:
            column = end.column - length
        return Span(self.source, start.line + 1, column + 1, end.line + 1, end.column + 1)
