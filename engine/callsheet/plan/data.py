"""Data files as rows: CSV, JSON and YAML read into records, each value of the type that the pipeline gives it."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from typing import NoReturn

from callsheet.document.item import Item, Scalar
from callsheet.document.locate import narrowed
from callsheet.document.model import ParamType
from callsheet.document.record import sort_of
from callsheet.document.scalars import LARGEST_INTEGER, number
from callsheet.document.source import parse, read_source
from callsheet.media.info import MEDIA_KINDS
from callsheet.problems import DataFault, Problem, SourceText, Span, did_you_mean


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `key` is what it stands under where the data is a mapping; `place` names it for people
    (`data/skus.csv:3`, or `data/skus.json, row 3` where lines aren't known)."""

    values: Mapping[str, object]
    span: Span
    place: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file and all of its columns, in the order of the file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_rows(path: Path, shown: str, at: Item | None, types: Mapping[str, ParamType], folder: Path) -> Table:
    """Read a CSV, JSON or YAML file, told apart by its name's ending.

    `at` is a JSON pointer to the rows, which are a list of mappings or a mapping from ids to mappings. A key that
    some rows lack is null there. Media are relative to the file and become paths relative to `folder`.
    Raises DataFault with every problem found.
    """
    ending = path.suffix.lower()
    readers = {".csv": _csv, ".json": _json, ".yaml": _yaml, ".yml": _yaml}
    if ending not in readers:
        raise DataFault(Problem("data-format", f"`{shown}` is not a data file: it must end in .csv, .json or .yaml"))
    rows = readers[ending](read_source(path, shown), at)
    columns = tuple(dict.fromkeys(column for row in rows for column in row.values))
    problems: list[Problem] = []
    for column in types:
        if rows and column not in columns:
            message = f"`{shown}` has no column `{column}`, which `types` names"
            problems.append(Problem("unknown-column", message, rows[0].span, hint=did_you_mean(column, columns)))
    typing = _Typing(types, path.parent, folder, text_cells=ending == ".csv", problems=problems)
    typed = tuple(typing.row(row, columns) for row in rows)
    if problems:
        raise DataFault(problems)
    return Table(columns, typed)


def _csv(source: SourceText, at: Item | None) -> list[Row]:
    """RFC 4180: a header, then one record a row; line breaks inside quotes are kept."""
    if at is not None:
        message = "`at` points into JSON and YAML, and a CSV file has rows only"
        raise DataFault(Problem("data-pointer", message, at.span))
    problems: list[Problem] = []
    records = _records(source)
    header, top = next(records, ([], 1))
    if not header:
        raise DataFault(Problem("data-header", f"`{source.path}` is empty: its first line must name the columns"))
    _check_header(header, _line(source, top), problems)
    rows = []
    for cells, line in records:
        span = _line(source, line)
        if len(cells) == len(header):
            rows.append(Row(dict(zip(header, cells, strict=True)), span, f"{source.path}:{line}"))
        else:
            message = f"the row has {_count(len(cells), 'cell')} and the header {len(header)}"
            problems.append(Problem("ragged-row", message, span, hint="quote a cell that has a comma in it"))
    if problems:
        raise DataFault(problems)
    return rows


def _records(source: SourceText) -> Iterator[tuple[list[str], int]]:
    """The records that aren't blank, each with the line it begins on."""
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = "a quoted cell is never closed" if "end of data" in str(error) else "a quote stands inside a cell"
            if "field larger" in str(error):
                reason = "a cell is too long"
            hint = 'write `"` inside a quoted cell as `""`'
            raise DataFault(Problem("data-syntax", reason, _line(source, line), hint=hint)) from None
        if cells is None:
            return
        if cells:
            yield cells, line
        line = reader.line_num + 1


def _check_header(header: Sequence[str], span: Span, problems: list[Problem]) -> None:
    for place, column in enumerate(header):
        if not column:
            problems.append(Problem("data-header", f"column {place + 1} has no name in the header", span))
        elif column in header[:place]:
            problems.append(Problem("data-header", f"two columns are called `{column}`", span))


def _json(source: SourceText, at: Item | None) -> list[Row]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            twice = next(key for place, key in enumerate(keys) if key in keys[:place])
            raise DataFault(Problem("data-syntax", f"`{source.path}` has the key `{twice}` twice in one object"))
        return dict(pairs)

    def refused(name: str) -> NoReturn:
        raise DataFault(Problem("data-syntax", f"`{source.path}` has `{name}`, which is no JSON value"))

    try:
        data = json.loads(source.text, object_pairs_hook=unique, parse_constant=refused)
    except json.JSONDecodeError as error:
        span = Span(source, error.lineno, error.colno, error.lineno, error.colno + 1)
        raise DataFault(Problem("data-syntax", "this is not JSON", span)) from None
    except (RecursionError, ValueError):
        message = f"`{source.path}` is nested too deeply, or has a number that is too large"
        raise DataFault(Problem("data-syntax", message)) from None
    return _rows(_pointed(data, at, source), source, lambda entry: entry, lambda number, _: _json_place(source, number))


def _json_place(source: SourceText, number: int) -> tuple[Span, str]:
    return _line(source, 1), f"{source.path}, row {number}"


def _yaml(source: SourceText, at: Item | None) -> list[Row]:
    def place(_: int, entry: object) -> tuple[Span, str]:
        span = entry.span if isinstance(entry, Item) else _line(source, 1)
        return span, f"{source.path}:{span.line}"

    def plain(entry: object) -> object:
        return entry.plain() if isinstance(entry, Item) else entry

    return _rows(_pointed(parse(source), at, source), source, plain, place)


def _rows(
    data: object,
    source: SourceText,
    plain: Callable[[object], object],
    place: Callable[[int, object], tuple[Span, str]],
) -> list[Row]:
    """The rows of a list of mappings, or of a mapping from ids to mappings. `plain` and `place` know the entries."""
    inside = data.value if isinstance(data, Item) else data
    entries: list[tuple[str | None, object]]
    if isinstance(inside, Mapping):
        entries = [(str(key), entry) for key, entry in inside.items()]
    elif isinstance(inside, Sequence) and not isinstance(inside, str):
        entries = [(None, entry) for entry in inside]
    else:
        message = f"rows are a list or a mapping of mappings, and this is {sort_of(inside)}"
        raise DataFault(Problem("data-rows", message, place(1, data)[0]))
    rows: list[Row] = []
    problems: list[Problem] = []
    for count, (key, entry) in enumerate(entries, 1):
        span, named = place(count, entry)
        values = plain(entry)
        if values is None and key is not None:
            values = {}
        if isinstance(values, Mapping):
            rows.append(Row(values, span, named, key))
        else:
            message = f"row {count} must be a mapping of columns to values, and is {sort_of(values)}"
            problems.append(Problem("data-rows", message, span))
    if problems:
        raise DataFault(problems)
    return rows


def _pointed(data: object, at: Item | None, source: SourceText) -> object:
    """What the JSON pointer (RFC 6901) points to."""
    if at is None:
        return data
    pointer = str(at.value)
    if pointer and not pointer.startswith("/"):
        message = f"`{pointer}` is no JSON pointer: it must begin with `/`"
        raise DataFault(Problem("data-pointer", message, at.span, hint=f"write `/{pointer}`"))
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        inside = data.value if isinstance(data, Item) else data
        if isinstance(inside, Mapping) and name in inside:
            data = inside[name]
        elif isinstance(inside, list | tuple) and re.fullmatch("0|[1-9][0-9]{0,8}", name) and int(name) < len(inside):
            data = inside[int(name)]
        else:
            known = list(inside) if isinstance(inside, Mapping) else []
            message = f"there is nothing at `{pointer}` in `{source.path}`"
            hint = did_you_mean(name, map(str, known)) if known else None
            raise DataFault(Problem("data-pointer", message, at.span, hint=hint))
    return data


@dataclass(frozen=True, slots=True)
class _Typing:
    """Gives every cell its type. In a CSV file (`text_cells`) an empty cell is null and all else is read."""

    types: Mapping[str, ParamType]
    beside: Path
    folder: Path
    text_cells: bool
    problems: list[Problem]

    def row(self, row: Row, columns: Sequence[str]) -> Row:
        values = {column: self._value(row, column) for column in columns}
        return Row(values, row.span, row.place, row.key)

    def _value(self, row: Row, column: str) -> object:
        value = row.values.get(column)
        kind = self.types.get(column, "text" if self.text_cells else None)
        if value is None or (self.text_cells and value == ""):
            return None
        if kind is None:
            return value
        typed = self._typed(kind, value)
        if typed is None:
            self._refuse(row, column, kind, value)
        return typed

    def _typed(self, kind: ParamType, value: object) -> object:
        """The value as one of this type, None where it is none."""
        if kind in MEDIA_KINDS:
            return self._media(value) if isinstance(value, str) else None
        if kind == "text":
            return value if isinstance(value, str) else None
        if self.text_cells and isinstance(value, str):
            value = _read(kind, value)
        if kind == "boolean":
            return value if isinstance(value, bool) else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value if abs(value) <= LARGEST_INTEGER else None
        return value if kind == "number" and isinstance(value, float) and math.isfinite(value) else None

    def _media(self, value: str) -> str:
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", value) or Path(value).is_absolute():
            return value
        return Path(relpath(self.beside / value, self.folder)).as_posix()

    def _refuse(self, row: Row, column: str, kind: ParamType, value: object) -> None:
        said = sort_of(value)
        if isinstance(value, str | int | float):
            said = f"`{value if self.text_cells else json.dumps(value, ensure_ascii=False)}`"
        where = narrowed(row.span, value, in_templates=False) if isinstance(value, str) else row.span
        message = f"{said} in column `{column}` is not {_WANTED[kind]}"
        self.problems.append(Problem("data-type", message, where))


_WANTED: Mapping[ParamType, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "image": "the path of an image",
    "video": "the path of a video",
    "audio": "the path of a sound file",
}


def _read(kind: ParamType, cell: str) -> Scalar:
    """What a cell of a CSV file spells: text where it isn't of the type."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(cell)
    try:
        return number(cell)
    except ValueError:
        return cell


def _line(source: SourceText, line: int) -> Span:
    return Span(source, line, 1, line, len(source.line(line)) + 1)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
