"""Checks items against the tables of the language and remembers every problem."""

from __future__ import annotations

import re
from collections.abc import Collection

from callsheet.document.findings import Findings
from callsheet.document.item import Item
from callsheet.document.names import ID_RULE, LONGEST_SHOWN, NAME_RULE, cut, is_id, is_name, right_name
from callsheet.document.scalars import plain_scalar, quoted
from callsheet.document.shape import Shape, Table, found, is_scalar, is_text
from callsheet.problems import Fix, Problem, Span, did_you_mean, nearest

_MOST_COMPARED = 50_000
_BARE = re.compile(r"[\w.-]+")


class Reader(Findings):
    """What is read item by item is judged here; faults are not raised but kept in `problems`."""

    def __init__(self) -> None:
        super().__init__()
        self._compared = 0

    def suggest(self, name: str, known: Collection[str]) -> tuple[str | None, str | None]:
        """The hint for a misspelt name and the right one to put in its place; both None once so many names were
        compared in this file that going on would take long."""
        self._compared += len(known)
        if self._compared > _MOST_COMPARED:
            return None, None
        return did_you_mean(name, known), nearest(name, known)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        hint: str | None = None,
        fix: str | None = None,
        also: tuple[Span, ...] = (),
    ) -> None:
        """Remember an error; `fix` is the text to put in place of what stands at `span`."""
        edit = None if fix is None else Fix(span, fix)
        self.add(Problem(code, message, span, hint=hint, fix=edit, also=also))

    def expect(self, item: Item, shape: Shape, what: str) -> bool:
        """Whether the item has the shape; if not, says so of `what`."""
        if shape.accepts(item):
            return True
        hint, fix = _slip(item, shape)
        self.error("wrong-type", f"{what} must be {shape.expected}, not {found(item)}", item.span, hint, fix)
        return False

    def table(self, item: Item, table: Table, what: str) -> dict[str, Item]:
        """The entries of a mapping that are right in key and shape; `what` is the mapping, as in "node `hero`"."""
        if not item.is_mapping:
            self.error("wrong-type", f"{what} must be a mapping, not {found(item)}", item.span)
            return {}
        entries = {}
        for name, value in item.mapping.items():
            key = table.keys.get(name)
            if key is None:
                self.unknown_key(name, item.key_spans[name], table)
            elif key.later:
                self.not_yet(f"`{name}`", item.key_spans[name])
            elif self.expect(value, key.shape, f"`{name}`"):
                entries[name] = value
        meant = {nearest(name, table.keys) for name in item.mapping if name not in table.keys}
        for name, key in table.keys.items():
            if key.required and name not in item.mapping and name not in meant:
                start = Span(item.span.source, item.span.line, item.span.column, item.span.line, item.span.column + 1)
                self.error("missing-key", f"`{name}` is missing from {what}", start)
        return entries

    def unknown_key(self, name: str, span: Span, table: Table) -> None:
        known = [key for key, entry in table.keys.items() if not entry.later]
        hint, right = self.suggest(name, known)
        self.error("unknown-key", f"`{cut(name)}` is not a key of {table.of}", span, hint, right)

    def not_yet(self, what: str, span: Span) -> None:
        self.error("not-yet", f"{what} is not supported yet", span)

    def name(self, name: str, span: Span, what: str, reserved: Collection[str] = ()) -> bool:
        """Whether `name` may be the name of `what` ("a node", "an axis", "a param")."""
        if not is_name(name):
            right = right_name(name) if len(name) <= LONGEST_SHOWN else None
            hint = f"did you mean `{right}`?" if right else None
            self.error("bad-name", f"`{cut(name)}` can't name {what}: {NAME_RULE}", span, hint, right)
            return False
        if name in reserved:
            self.error("reserved-name", f"`{name}` can't name {what}: templates have it for something else", span)
            return False
        return True

    def known(self, name: str, known: Collection[str], what: str, span: Span) -> bool:
        """Whether there is such a node or axis (`what`) in the file."""
        if name in known:
            return True
        hint, right = self.suggest(name, known)
        self.error(f"unknown-{what}", f"there is no {what} `{cut(name)}`", span, hint, right)
        return False

    def id(self, item: Item, what: str = "an id") -> str | None:
        """The id that a scalar is, as it is written; None where it is none."""
        if not is_scalar(item):
            self.error("wrong-type", f"{what} must be text or a number, not {found(item)}", item.span)
            return None
        return item.written if self.id_text(item.written, item.span) else None

    def id_text(self, text: str, span: Span, what: str = "an id") -> bool:
        """Whether `text` may be `what`: an id, or something else that is made like one."""
        if is_id(text):
            return True
        shown = f"`{cut(text)}`" if text else "an empty text"
        self.error("bad-id", f"{shown} can't be {what}: {ID_RULE}", span)
        return False

    def ids(self, item: Item, what: str) -> tuple[str, ...]:
        """The ids of one scalar or of a list of them; a list must hold at least one."""
        if item.is_sequence and not item.sequence:
            self.error("wrong-type", f"{what} must name at least one id", item.span)
        items = item.sequence if item.is_sequence else (item,)
        return tuple(text for one in items if (text := self.id(one)) is not None)

    def once(self, name: str, span: Span, seen: dict[str, Span], code: str = "duplicate-id") -> bool:
        """Whether `name` comes for the first time; it is noted in `seen`."""
        if name in seen:
            self.error(code, f"`{cut(name)}` is written twice", span, also=(seen[name],))
            return False
        seen[name] = span
        return True

    def references(self, item: Item, known: Collection[str], what: str) -> tuple[tuple[str, Span], ...]:
        """The names in a list, each of which must be that of a node or axis (`what`), with their places."""
        seen: dict[str, Span] = {}
        for one in item.sequence:
            if not is_text(one):
                self.error("wrong-type", f"the name of {_a(what)} must be text, not {found(one)}", one.span)
            elif self.known(one.written, known, what, one.span):
                self.once(one.written, one.span, seen, "duplicate-name")
        return tuple(seen.items())


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _slip(item: Item, shape: Shape) -> tuple[str | None, str | None]:
    """The hint, and the text to write instead, where a value is one slip away from the shape."""
    if item.value is None:
        return "give it a value, or leave the key out", None
    if item.is_mapping or item.is_sequence:
        return None, None
    text = item.written
    if len(text) > LONGEST_SHOWN:
        return None, None
    if shape.kind == "list":
        listed = f"[{text}]" if _BARE.fullmatch(text) else f"[{quoted(text)}]"
        return f"write `{listed}`", listed
    if shape.kind == "text" and "enum" not in shape.schema:
        return (f"quote it: {quoted(text)}", quoted(text)) if not is_text(item) else (None, None)
    if not is_text(item):
        return None, None
    words = shape.schema.get("enum")
    if isinstance(words, list):
        near = nearest(text, words)
        return (f"did you mean `{near}`?", near) if near else (None, None)
    if "{{" in text:
        return "a template can't stand here", None
    return ("write it without quotes", text) if text and shape.accepts(_unquoted(item, text)) else (None, None)


def _unquoted(item: Item, text: str) -> Item:
    try:
        return Item(plain_scalar(text), item.span)
    except ValueError:
        return item
