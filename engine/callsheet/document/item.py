"""A value of a YAML file together with the place where it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from callsheet.problems import Span

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A scalar, mapping or sequence with its span; a mapping also knows where each of its keys stands."""

    value: Scalar | Mapping[str, Item] | Sequence[Item]
    span: Span
    key_spans: Mapping[str, Span] = field(default_factory=dict)

    @property
    def mapping(self) -> Mapping[str, Item]:
        """The entries; an error of ours (TypeError) where the item is no mapping."""
        if isinstance(self.value, Mapping):
            return self.value
        raise TypeError(f"{self.span} holds no mapping")

    @property
    def sequence(self) -> Sequence[Item]:
        """The elements; an error of ours (TypeError) where the item is no sequence."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return self.value
        raise TypeError(f"{self.span} holds no sequence")

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, Mapping)

    @property
    def is_sequence(self) -> bool:
        return isinstance(self.value, Sequence) and not isinstance(self.value, str)

    @property
    def written(self) -> str:
        """A scalar as the file writes it: a text's value, and `1.50`, `1e3`, `true` or `~` letter by letter."""
        if isinstance(self.value, str):
            return self.value
        line = self.span.source.line(self.span.line)
        return line[self.span.column - 1 : self.span.end_column - 1]

    def plain(self) -> object:
        """The value without places: scalars, dicts and lists."""
        if isinstance(self.value, Mapping):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return [item.plain() for item in self.value]
        return self.value
