"""The shapes that values of the language have: what is accepted, in words and as JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from callsheet.document.item import Item
from callsheet.document.scalars import LARGEST_INTEGER

NAME_PATTERN = "[a-z][a-z0-9_]*"
SchemaNode = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shape:
    """`expected` is in words, after "must be"; `accepts` looks at the value itself and not at what it holds; `schema`
    is the JSON Schema of the whole value. `kind` is what a slip of the pen is measured against."""

    expected: str
    kind: Literal["text", "number", "flag", "list", "mapping", "any"]
    accepts: Callable[[Item], bool]
    schema: SchemaNode


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping of the language. `about` is its description in the editor; `later` says that the language
    has it but this version does not read it yet."""

    shape: Shape
    about: str
    required: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The keys that a mapping may have. `of` says in words whose keys they are, as in "is not a key of a node"."""

    of: str
    keys: Mapping[str, Key]

    def schema(self) -> dict[str, object]:
        """The JSON Schema of a mapping with these keys and no others."""
        known = {name: key for name, key in self.keys.items() if not key.later}
        properties = {name: {**key.shape.schema, "description": key.about} for name, key in known.items()}
        required = [name for name, key in known.items() if key.required]
        schema: dict[str, object] = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**schema, "required": required} if required else schema


def is_text(item: Item) -> bool:
    return isinstance(item.value, str)


def is_number(item: Item) -> bool:
    return isinstance(item.value, int | float) and not isinstance(item.value, bool)


def is_integer(item: Item) -> bool:
    return isinstance(item.value, int) and not isinstance(item.value, bool)


def is_scalar(item: Item) -> bool:
    return not item.is_mapping and not item.is_sequence and item.value is not None


def is_template(item: Item) -> bool:
    """Whether a text would have to be rendered."""
    return isinstance(item.value, str) and ("{{" in item.value or "{%" in item.value)


def found(item: Item) -> str:
    """What stands there instead, in words."""
    if item.is_mapping:
        return "a mapping"
    if item.is_sequence:
        return "a list" if item.sequence else "an empty list"
    if item.value is None:
        return "empty"
    if is_text(item):
        return "text" if item.value else "empty text"
    return f"`{item.written}`"


def integer(minimum: int, maximum: int = LARGEST_INTEGER) -> Shape:
    """An integer in a range; an upper bound that only JSON sets is not spoken of."""
    bound = f" of at least {minimum}" if maximum == LARGEST_INTEGER else f" from {minimum} to {maximum}"

    def accepts(item: Item) -> bool:
        return isinstance(item.value, int) and is_integer(item) and minimum <= item.value <= maximum

    return Shape(f"an integer{bound}", "number", accepts, {"type": "integer", "minimum": minimum, "maximum": maximum})


def choice(*words: str) -> Shape:
    """One of a few words."""
    listed = [f"`{word}`" for word in words]
    expected = " or ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else listed[0]
    return Shape(expected, "text", lambda item: item.value in words and is_text(item), {"enum": list(words)})


def list_of(elements: SchemaNode, expected: str) -> Shape:
    """A list; what it holds is described by `elements` and checked where it is read."""
    return Shape(expected, "list", lambda item: item.is_sequence, {"type": "array", "items": elements})


def mapping_of(values: SchemaNode, expected: str = "a mapping", names: str | None = None) -> Shape:
    """A mapping from free names (matching the pattern `names`, if given) to values described by `values`."""
    schema: dict[str, object] = {"type": "object", "additionalProperties": values}
    if names is not None:
        schema["propertyNames"] = {"pattern": f"^{names}$"}
    return Shape(expected, "mapping", lambda item: item.is_mapping, schema)


def either(expected: str, *shapes: Shape) -> Shape:
    """Whatever one of the shapes accepts."""
    return Shape(
        expected,
        shapes[0].kind,
        lambda item: any(shape.accepts(item) for shape in shapes),
        {"anyOf": [shape.schema for shape in shapes]},
    )


def nullable(shape: Shape) -> Shape:
    """The shape or nothing at all."""
    schema = {"anyOf": [shape.schema, {"type": "null"}]}
    return Shape(shape.expected, shape.kind, lambda item: item.value is None or shape.accepts(item), schema)


def table(keys: Table, expected: str = "a mapping") -> Shape:
    """A mapping with the keys of a table."""
    return Shape(expected, "mapping", lambda item: item.is_mapping, keys.schema())


TEXT = Shape(
    "text", "text", lambda item: isinstance(item.value, str) and item.value != "", {"type": "string", "minLength": 1}
)
FLAG = Shape("`true` or `false`", "flag", lambda item: isinstance(item.value, bool), {"type": "boolean"})
NUMBER = Shape("a number", "number", is_number, {"type": "number"})
SCALAR = Shape("text, a number or a boolean", "any", is_scalar, {"type": ["string", "number", "boolean"]})
ANYTHING = Shape("a value", "any", lambda _: True, {})
