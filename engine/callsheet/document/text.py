"""The messages of a campaign: one file per language, read into what `text.<key>` answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from callsheet.document.item import Item
from callsheet.document.locales import parents
from callsheet.document.locate import narrowed
from callsheet.document.model import Document, Param, TextFiles
from callsheet.document.names import NAME_RULE, is_name, right_name
from callsheet.document.record import Absent, Lookup, Misuse, Record, printed
from callsheet.document.source import parse, read_source
from callsheet.problems import CallsheetError, DataFault, Problem, Span, did_you_mean

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class MessageFile:
    """The messages of one language. `entries` is None where the file isn't there."""

    language: str
    shown: str
    entries: Mapping[str, Item] | None


class Messages:
    """The messages of every language of the text axis."""

    def __init__(self, source: TextFiles, files: Mapping[str, Sequence[MessageFile]]) -> None:
        self._source = source
        self._files = files

    def lookup(self, language: str | None, records: Mapping[str, Record], params: Mapping[str, Param]) -> Lookup:
        """What `text` is for one instance: its language (None where its node isn't over the text axis), the records
        of its axes and the params, which messages may name."""
        if language is None:
            return _NoLanguage(self._source.axis)
        names: dict[str, object] = {name: param.value for name, param in params.items()}
        return _Spoken(self._files[language], "", {**names, **records})


_LONGEST_NAME = 255


def load_text(document: Document, language_ids: Sequence[str]) -> Messages:
    """Read the messages for these ids of the text axis: each one's own file and, where the pipeline sets `fallback`,
    those of its parent languages and of the fallback. Raises DataFault with every problem of the files.
    """
    if document.text is None:
        raise DataFault(Problem("no-text", "the pipeline has no `text:` files", document.span))
    source = document.text
    pattern = _pattern(source)
    problems: list[Problem] = []
    read: dict[str, MessageFile] = {}
    files: dict[str, list[MessageFile]] = {}
    for language in language_ids:
        tags = [language]
        if source.fallback is not None:
            tags += [*parents(language), source.fallback]
        for tag in dict.fromkeys(tags):
            if tag not in read:
                read[tag] = _read(document, pattern, tag, problems)
        files[language] = [read[tag] for tag in dict.fromkeys(tags)]
    if problems:
        raise DataFault(problems)
    return Messages(source, files)


def _pattern(source: TextFiles) -> str:
    """The path of the files, which must hold the axis in braces and no other braces."""
    pattern, place = source.files.value, f"{{{source.axis}}}"
    if not isinstance(pattern, str) or place not in pattern or re.search(r"[{}]", pattern.replace(place, "")):
        message = f"the path of the text files must hold `{place}` and no other braces"
        raise DataFault(Problem("text-files", message, source.files.span, hint=f'such as "text/{place}.yaml"'))
    return pattern


def _read(document: Document, pattern: str, language: str, problems: list[Problem]) -> MessageFile:
    name = pattern.replace(f"{{{document.text.axis}}}" if document.text else "", language)
    path = document.folder / name
    shown = (PurePath(document.span.path).parent / name).as_posix()
    entries: Mapping[str, Item] | None = None
    if len(path.name.encode()) <= _LONGEST_NAME and path.exists():
        try:
            entries = dict(_checked(parse(read_source(path, shown)), shown, problems))
        except CallsheetError as error:
            problems.extend(error.problems)
    return MessageFile(language, shown, entries)


def _checked(item: Item, shown: str, problems: list[Problem], prefix: str = "") -> Iterator[tuple[str, Item]]:
    """The messages by dotted key; what is no message is added to the problems."""
    if not item.is_mapping:
        if item.value is not None:
            message = f"`{shown}` must be a mapping of names to messages"
            problems.append(Problem("text-files", message, item.span, hint="write one `name: text` a line"))
        return
    for key, entry in item.mapping.items():
        name = f"{prefix}{key}"
        if not is_name(key):
            right = right_name(key)
            advice = f"call it `{right}`" if right else NAME_RULE
            problems.append(Problem("bad-name", f"`{key}` is no name for a message", item.key_spans[key], hint=advice))
        elif entry.is_mapping:
            yield from _checked(entry, shown, problems, f"{name}.")
        elif entry.value is None or isinstance(entry.value, str):
            yield name, entry
        else:
            hint = None if entry.is_sequence else f'quote it: {key}: "{entry.written}"'
            problems.append(Problem("not-text", f"message `{name}` must be text", entry.span, hint=hint))


@dataclass(frozen=True, slots=True)
class _NoLanguage(Lookup):
    """`text` in a node that isn't over the text axis."""

    axis: str

    def look_up(self, name: str) -> object:
        message = f"`text.{name}` needs a language, and this node is not made over `{self.axis}`"
        return Absent(message, f"add `{self.axis}` to the node's `over`", "no-language")


@dataclass(frozen=True, slots=True)
class _Spoken(Lookup):
    """`text` of one instance, or a group of messages in it (`prefix` is `cta.` for `text.cta`)."""

    files: Sequence[MessageFile]
    prefix: str
    names: Mapping[str, object]

    def look_up(self, name: str) -> object:
        key = f"{self.prefix}{name}"
        for file in self.files:
            item = (file.entries or {}).get(key)
            if item is not None and item.value:
                return interpolated(key, item, self.names)
        group = f"{key}."
        if any(known.startswith(group) for file in self.files for known in file.entries or ()):
            return _Spoken(self.files, group, self.names)
        return self._absent(key)

    def _absent(self, key: str) -> Absent:
        own, *others = self.files
        if own.entries is None and not others:
            message = f"message `{key}` is missing: there is no `{own.shown}` for language `{own.language}`"
            return Absent(message, "write the file, or set `fallback`", "missing-message")
        state = "empty" if own.entries and key in own.entries else "missing"
        place = f"`{own.shown}`" if own.entries is not None else f"`{own.shown}`, which isn't there"
        message = f"message `{key}` of language `{own.language}` is {state} in {place}"
        if others:
            message += ", and so it is in " + ", ".join(f"`{file.shown}`" for file in others)
        known = dict.fromkeys(name for file in self.files for name in file.entries or () if name != key)
        return Absent(message, did_you_mean(key, known) if state == "missing" else None, "missing-message")


def interpolated(key: str, item: Item, names: Mapping[str, object]) -> str:
    """The message with each `{name}` and `{name.field}` replaced, `{{` and `}}` being braces. Raises DataFault."""
    problems: list[Problem] = []

    def value(match: re.Match[str]) -> str:
        piece = match.group()
        if piece in ("{{", "}}"):
            return piece[0]
        try:
            return _named(key, piece, match.group(1), names)
        except Misuse as fault:
            problems.append(Problem(fault.code, fault.message, _place(item, piece), fault.hint))
            return ""

    text = _PIECE.sub(value, str(item.value))
    if problems:
        raise DataFault(problems)
    return text


def _named(key: str, piece: str, path: str | None, names: Mapping[str, object]) -> str:
    if path is None:
        raise Misuse("message-brace", f"message `{key}` has a single `{piece}`", f"write `{piece * 2}` for a brace")
    first, *rest = path.strip().split(".")
    if first not in names:
        message = f"message `{key}` names `{first}`, which is neither a param nor an axis of this node"
        raise Misuse("message-name", message, did_you_mean(first, names))
    found = names[first]
    for part in rest:
        found = found.look_up(part) if isinstance(found, Record) else Absent(f"`{first}` has no fields")
        if isinstance(found, Absent):
            raise Misuse("message-name", f"message `{key}` names `{path}`: {found.message}", found.hint)
    try:
        return printed(found, path)
    except Misuse as fault:
        raise Misuse(fault.code, f"message `{key}`: {fault.message}") from None


def _place(item: Item, piece: str) -> Span:
    return narrowed(item.span, piece, in_templates=False)
