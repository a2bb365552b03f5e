"""What templates see: records (data by its own keys), look-ups, functions, and the one way they refuse."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from callsheet.document.item import Scalar
from callsheet.media.info import Artifact, LocalFile, RemoteFile
from callsheet.problems import did_you_mean


class Misuse(Exception):
    """A value was used as it can't be. `needle` is the text to point at in the template, where it is known."""

    def __init__(self, code: str, message: str, hint: str | None = None, needle: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.needle = needle


@dataclass(frozen=True, slots=True)
class Absent:
    """What a look-up answers where there is nothing: an error once it is used, unless `default` takes it."""

    message: str
    hint: str | None = None
    code: str = "undefined"


class Lookup(ABC):
    """Something whose names are looked up, such as `nodes` and `text`."""

    __slots__ = ()

    @abstractmethod
    def look_up(self, name: str) -> object:
        """The value under `name`, or an Absent that says why there is none."""


class Nothing(Lookup):
    """Null of which anything may be asked: it is null too. What comes before the first of an ordered axis."""

    __slots__ = ()

    def look_up(self, name: str) -> object:
        return self

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Nothing)

    def __hash__(self) -> int:
        return hash(None)


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class TemplateFunction:
    """A function that a template may call: `media(PATH)`, `.at(look='dawn')`."""

    name: str
    call: Callable[..., object]


class Record:
    """One value of an axis, or a mapping inside one, as data: only its own keys can be looked up.

    `id` is what it prints and compares as (None for a mapping inside a record), `value` the number that the id was
    written as. Whole-value `{{ look }}` is the value where there is one, else the id.
    """

    __slots__ = ("fields", "id", "value")

    def __init__(self, id: str | None, fields: Mapping[str, object], value: Scalar = None) -> None:
        self.id = id
        self.fields = fields
        self.value = value

    def __repr__(self) -> str:
        return f"Record({self.id!r})"

    def __str__(self) -> str:
        return printed(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def look_up(self, name: str) -> object:
        """The record's own key `name`; `id`, and `value` where it has one, unless a key of that name is its own."""
        if name in self.fields:
            value = self.fields[name]
            return Record(None, value) if isinstance(value, Mapping) else value
        if name == "id" and self.id is not None:
            return self.id
        if name == "value" and self.value is not None:
            return self.value
        about = f"`{self.id}` has no field `{name}`" if self.id is not None else f"there is no field `{name}`"
        return Absent(about, did_you_mean(name, self.fields), "unknown-field")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record):
            return self.fields == other.fields if self.id is None or other.id is None else self.id == other.id
        if isinstance(other, int | float):
            raise self._refusal(other)
        return self.id is not None and self.id == other

    def __hash__(self) -> int:
        return hash(self.id)

    def __lt__(self, other: object) -> bool:
        return self._text() < self._text_of(other)

    def __le__(self, other: object) -> bool:
        return self._text() <= self._text_of(other)

    def __gt__(self, other: object) -> bool:
        return self._text() > self._text_of(other)

    def __ge__(self, other: object) -> bool:
        return self._text() >= self._text_of(other)

    def _text(self) -> str:
        if self.id is None:
            raise Misuse("template-comparison", "a group of fields has no id to compare", "name one of its fields")
        return self.id

    def _text_of(self, other: object) -> str:
        if isinstance(other, Record):
            return other._text()
        if isinstance(other, str):
            return other
        raise self._refusal(other)

    def _refusal(self, other: object) -> Misuse:
        name = "a group of fields" if self.id is None else f"`{self.id}`"
        hint = (
            "compare its `.value`" if self.value is not None else "compare one of its fields, or write the id as text"
        )
        return Misuse(
            "template-comparison", f"{name} compares as its id, which is text, not with {sort_of(other)}", hint
        )


def printed(value: object, name: str | None = None) -> str:
    """How a value reads inside a text; only text, numbers, booleans and records with an id can be put there.

    `name` is what the value is called in the template. Raises Misuse.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, Record) and value.id is not None:
        return value.id
    hint = None
    if value is None or value is NOTHING:
        hint = "give it a text with `| default('', true)`"
    elif isinstance(value, Artifact | LocalFile | RemoteFile):
        hint = "a reference is a whole value or a list item, never spliced into text"
    about = f"`{name}`" if name else "this value"
    raise Misuse("not-text", f"{about} is {sort_of(value)} and can't be put into text", hint, name)


def sort_of(value: object) -> str:
    """What sort of thing a value is, with its article, for messages."""
    if value is None or value is NOTHING:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, Record):
        return "a record" if value.id is not None else "a group of fields"
    for kinds, name in _SORTS:
        if isinstance(value, kinds):
            return name
    return "a group of values"


_SORTS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"),
    ((int, float), "a number"),
    ((list, tuple), "a list"),
    (Mapping, "a group of fields"),
    ((Artifact, LocalFile, RemoteFile), "media"),
    (TemplateFunction, "a function"),
)
