"""The values of every axis: ids and records out of the pipeline file or a data file, and takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from callsheet.document.item import Item
from callsheet.document.model import Axis, AxisFrom, AxisIds, AxisTakes, Document
from callsheet.document.names import ID_RULE, LONGEST_ID, is_id
from callsheet.document.record import Record, sort_of
from callsheet.document.template import compile_expression, compile_value
from callsheet.plan.data import Row, Table, read_rows
from callsheet.problems import CallsheetError, DataFault, Problem, Span, did_you_mean


@dataclass(frozen=True, slots=True, eq=False)
class AxisValue:
    """One value of an axis. `seed` is set for a take that was given by its seed."""

    id: str
    record: Record
    seed: int | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class AxisValues:
    """An axis with its values in their order. `takes` says that it is one of takes; `unpicked` is `first` or `hold`,
    and matters there only. `ordered` says that each value may use the one before it."""

    name: str
    values: tuple[AxisValue, ...]
    takes: bool = False
    unpicked: str = "first"
    by_id: Mapping[str, AxisValue] = field(default_factory=dict)
    ordered: bool = False


def places_before(axes: Mapping[str, AxisValues]) -> Mapping[str, Mapping[str, str | None]]:
    """For each ordered axis the id before each of its ids; None before the first."""
    found: dict[str, Mapping[str, str | None]] = {}
    for axis in axes.values():
        if axis.ordered:
            ids = [value.id for value in axis.values]
            found[axis.name] = dict(zip(ids, [None, *ids], strict=False))
    return found


def resolve_axes(document: Document, scope: Mapping[str, object]) -> Mapping[str, AxisValues]:
    """Every axis of the document, in its order. `scope` has the names that `from` and `where` may use: `params`.

    Reads the data files that axes come from. Raises DataFault with the problems of all axes.
    """
    axes: dict[str, AxisValues] = {}
    problems: list[Problem] = []
    for axis in document.axes.values():
        try:
            axes[axis.name] = _resolved(document, axis, scope)
        except CallsheetError as error:
            problems.extend(error.problems)
    if problems:
        raise DataFault(problems)
    return axes


def takes_axes(document: Document) -> frozenset[str]:
    """The names of the axes whose values are alternates of the same shot."""
    return frozenset(name for name, axis in document.axes.items() if isinstance(axis.source, AxisTakes))


def _resolved(document: Document, axis: Axis, scope: Mapping[str, object]) -> AxisValues:
    takes, unpicked = False, "first"
    if isinstance(axis.source, AxisTakes):
        values = _takes(axis, axis.source)
        takes, unpicked = True, axis.source.unpicked
    elif isinstance(axis.source, AxisIds):
        values = _listed(axis.source)
    else:
        values = _from_data(document, axis, axis.source, scope)
    if not values:
        raise DataFault(Problem("empty-axis", f"axis `{axis.name}` has no values", axis.span))
    by_id = {value.id: value for value in values}
    ordered = not isinstance(axis.source, AxisTakes) and axis.source.ordered
    return AxisValues(axis.name, tuple(values), takes, unpicked, by_id, ordered)


def _takes(axis: Axis, source: AxisTakes) -> list[AxisValue]:
    seeds: Sequence[int | None] = source.seeds or [None] * len(source.ids)
    return [AxisValue(id, Record(id, {}), seed, axis.span) for id, seed in zip(source.ids, seeds, strict=True)]


def _listed(source: AxisIds) -> list[AxisValue]:
    """An id written as a number keeps it as the value of its record."""
    values = []
    for item, record in source.entries:
        fields = {key: entry.plain() for key, entry in record.mapping.items()} if record else {}
        written = item.value if isinstance(item.value, int | float) and not isinstance(item.value, bool) else None
        values.append(AxisValue(item.written, Record(item.written, fields, written), None, item.span))
    return values


def _from_data(document: Document, axis: Axis, source: AxisFrom, scope: Mapping[str, object]) -> list[AxisValue]:
    name = compile_value(source.file).render(scope)
    if not isinstance(name, str):
        message = f"`from` names a data file, and this is {sort_of(name)}"
        raise DataFault(Problem("data-format", message, source.file.span))
    path = document.folder / name
    shown = (PurePath(document.span.path).parent / name).as_posix()
    try:
        table = read_rows(path, shown, source.at, source.types, document.folder)
    except CallsheetError as error:
        raise DataFault(_placed(problem, source.file.span) for problem in error.problems) from None
    if not table.rows:
        message = f"axis `{axis.name}` has no values: `{shown}` has no rows"
        raise DataFault(Problem("empty-axis", message, source.file.span))
    rows = _where(table, source.where, scope)
    if not rows:
        message = f"axis `{axis.name}` has no values: `where` leaves no row of `{shown}`"
        raise DataFault(Problem("empty-axis", message, source.where.span if source.where else axis.span))
    return _identified(axis, source, table, rows, shown)


def _placed(problem: Problem, span: Span) -> Problem:
    """A problem of a data file as a whole stands where the pipeline names the file."""
    return problem if problem.span else Problem(problem.code, problem.message, span, hint=problem.hint)


def _where(table: Table, where: Item | None, scope: Mapping[str, object]) -> Sequence[Row]:
    """The rows for which `where` is true; it sees the columns as names, the row as `row`, and the params."""
    if where is None:
        return table.rows
    condition = compile_expression(where)
    return [
        row for row in table.rows if condition.render_boolean({**row.values, **scope, "row": Record(None, row.values)})
    ]


def _identified(axis: Axis, source: AxisFrom, table: Table, rows: Sequence[Row], shown: str) -> list[AxisValue]:
    column = _id_column(axis, source, table, shown)
    problems: list[Problem] = []
    first: dict[str, tuple[Row, str]] = {}
    values: list[AxisValue] = []
    for row in rows:
        given = row.key if column is None else row.values[column]
        written, number = str(given), given if isinstance(given, int | float) else None
        id = slug(written) if source.slug else written
        problem = _bad_id(given, id, column, row)
        if problem is None and id in first:
            other, as_written = first[id]
            problem = _same_id(id, (as_written, other), (written, row))
        if problem:
            problems.append(problem)
            continue
        first[id] = (row, written)
        values.append(AxisValue(id, Record(id, row.values, number), None, row.span))
    if problems:
        raise DataFault(problems)
    return values


def _id_column(axis: Axis, source: AxisFrom, table: Table, shown: str) -> str | None:
    """The column that ids come from; None for the keys of data that is a mapping."""
    if source.id is None and table.rows[0].key is not None:
        return None
    column = "id" if source.id is None else str(source.id.value)
    if column in table.columns:
        return column
    there = "there are: " + ", ".join(f"`{name}`" for name in table.columns)
    if source.id is not None:
        message = f"`{shown}` has no column `{column}`"
        raise DataFault(Problem("unknown-column", message, source.id.span, hint=did_you_mean(column, table.columns)))
    message = f"axis `{axis.name}` needs a column for its ids, and `{shown}` has no column `id`"
    raise DataFault(Problem("unknown-column", message, source.file.span, hint=f"name it with `id: COLUMN`; {there}"))


def _bad_id(given: object, id: str, column: str | None, row: Row) -> Problem | None:
    where = f"column `{column}`" if column is not None else "the key"
    if given is None:
        return Problem("bad-id", f"{where} of `{row.place}` is empty, and ids come from it", row.span)
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return Problem("bad-id", f"{where} of `{row.place}` is {sort_of(given)}, and ids are text", row.span)
    if not id:
        return Problem("bad-id", f"`{given}` has no letter or digit to make an id of", row.span)
    if not is_id(id):
        offered = slug(str(given))
        hint = f"write `slug: true` on the axis to make it `{offered}`" if is_id(offered) else None
        return Problem("bad-id", f"`{given}` can't be an id: {ID_RULE}", row.span, hint=hint)
    return None


def _same_id(id: str, first: tuple[str, Row], second: tuple[str, Row]) -> Problem:
    (written, row), (again, other) = first, second
    if written == again == id:
        message = f"`{id}` is the id of two rows, `{row.place}` and `{other.place}`"
    else:
        message = f"`{written}` of `{row.place}` and `{again}` of `{other.place}` both become the id `{id}`"
    return Problem("duplicate-id", message, other.span, also=(row.span,))


def slug(text: str) -> str:
    """The id for any text: NFKC, lower case, each run of other characters a `-`, at most 64 characters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(char if char == "." or is_id(char) else "-" for char in plain)
    return re.sub("-+", "-", kept).strip("-")[:LONGEST_ID].strip("-")
