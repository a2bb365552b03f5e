"""LANGUAGE.md, "Reading the file": data files (CSV, JSON, YAML)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.document.item import Item
from callsheet.document.model import ParamType
from callsheet.document.source import parse
from callsheet.plan.data import Table, read_rows
from callsheet.problems import CallsheetError, DataFault, SourceText


def pointer(at: str) -> Item:
    return parse(SourceText("pipeline.yaml", f"at: {at}")).mapping["at"]


def read(
    folder: Path, name: str, text: str | bytes, types: Mapping[str, ParamType] | None = None, at: str | None = None
) -> Table:
    path = folder / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_rows(path, f"data/{name}", pointer(at) if at is not None else None, types or {}, folder)


def values(table: Table) -> list[dict[str, object]]:
    return [dict(row.values) for row in table.rows]


def fault(
    folder: Path, name: str, text: str, types: Mapping[str, ParamType] | None = None, at: str | None = None
) -> str:
    with pytest.raises(DataFault) as caught:
        read(folder, name, text, types, at)
    return str(caught.value)


def test_csv_cells_are_text_and_an_empty_cell_is_null(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "id,n,on,code\n1,2,true,007\nx,,no,\n")
    assert values(table) == [
        {"id": "1", "n": "2", "on": "true", "code": "007"},
        {"id": "x", "n": None, "on": "no", "code": None},
    ]
    assert table.columns == ("id", "n", "on", "code")
    assert [row.place for row in table.rows] == ["data/a.csv:2", "data/a.csv:3"]


def test_csv_is_read_as_rfc_4180_says(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbfid,text\r\n1,"a, ""b""\r\nc"\r\n\r\n2,d\r\n'
    table = read(tmp_path, "a.csv", text)
    assert values(table) == [{"id": "1", "text": 'a, "b"\r\nc'}, {"id": "2", "text": "d"}]
    assert [row.span.line for row in table.rows] == [2, 5]


def test_types_say_what_cells_are(tmp_path: Path) -> None:
    types: dict[str, ParamType] = {"i": "integer", "n": "number", "b": "boolean", "t": "text"}
    table = read(tmp_path, "a.csv", "i,n,b,t\n-3,1.5e1,true,007\n0,2,false,\n", types)
    assert values(table) == [{"i": -3, "n": 15.0, "b": True, "t": "007"}, {"i": 0, "n": 2, "b": False, "t": None}]


def test_media_columns_are_relative_to_the_data_file(tmp_path: Path) -> None:
    types: dict[str, ParamType] = {"a": "image", "b": "video", "c": "audio"}
    text = "a,b,c\nimg/x.png,../y.mp4,https://example.com/z.wav\n"
    assert values(read(tmp_path, "a.csv", text, types)) == [
        {"a": "data/img/x.png", "b": "y.mp4", "c": "https://example.com/z.wav"}
    ]


def test_every_cell_that_is_not_of_its_type_is_reported(tmp_path: Path) -> None:
    types: dict[str, ParamType] = {"i": "integer", "b": "boolean"}
    assert fault(tmp_path, "a.csv", "i,b\n1.5,true\n007,yes\n", types) == (
        "data/a.csv:2:1: error: `1.5` in column `i` is not a whole number [data-type]\n"
        "  2 | 1.5,true\n"
        "    | ^^^\n"
        "data/a.csv:3:1: error: `007` in column `i` is not a whole number [data-type]\n"
        "  3 | 007,yes\n"
        "    | ^^^\n"
        "data/a.csv:3:5: error: `yes` in column `b` is not true or false [data-type]\n"
        "  3 | 007,yes\n"
        "    |     ^^^"
    )


def test_ragged_rows_are_errors_with_their_line(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.csv", "id,n\na,1,x\nb\nc,3\n") == (
        "data/a.csv:2:1: error: the row has 3 cells and the header 2 [ragged-row]\n"
        "  2 | a,1,x\n"
        "    | ^^^^^\n"
        "  help: quote a cell that has a comma in it\n"
        "data/a.csv:3:1: error: the row has 1 cell and the header 2 [ragged-row]\n"
        "  3 | b\n"
        "    | ^\n"
        "  help: quote a cell that has a comma in it"
    )


def test_a_quoted_cell_that_is_never_closed_is_an_error_where_its_row_begins(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.csv", 'id,n\na,1\nb,"2\nc,3\n') == (
        "data/a.csv:3:1: error: a quoted cell is never closed [data-syntax]\n"
        '  3 | b,"2\n'
        "    | ^^^^\n"
        '  help: write `"` inside a quoted cell as `""`'
    )


def test_the_header_is_required_and_names_each_column_once(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.csv", "") == (
        "error: `data/a.csv` is empty: its first line must name the columns [data-header]"
    )
    assert fault(tmp_path, "a.csv", "id,,id\n1,2,3\n") == (
        "data/a.csv:1:1: error: column 2 has no name in the header [data-header]\n"
        "  1 | id,,id\n"
        "    | ^^^^^^\n"
        "data/a.csv:1:1: error: two columns are called `id` [data-header]\n"
        "  1 | id,,id\n"
        "    | ^^^^^^"
    )


def test_a_type_for_an_unknown_column_is_an_error_with_the_nearest_right_one(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.csv", "id,price\na,1\n", {"prise": "integer"}) == (
        "data/a.csv:2:1: error: `data/a.csv` has no column `prise`, which `types` names [unknown-column]\n"
        "  2 | a,1\n"
        "    | ^^^\n"
        "  help: did you mean `price`?"
    )


def test_json_and_yaml_keep_their_types_and_a_key_that_some_rows_lack_is_null(tmp_path: Path) -> None:
    expected = [{"id": "a", "n": 1, "tags": ["x"]}, {"id": "b", "n": None, "tags": None}]
    json = read(tmp_path, "a.json", '[{"id": "a", "n": 1, "tags": ["x"]}, {"id": "b"}]')
    yaml = read(tmp_path, "a.yaml", "- {id: a, n: 1, tags: [x]}\n- {id: b}\n")
    assert values(json) == values(yaml) == expected
    assert [row.place for row in json.rows] == ["data/a.json, row 1", "data/a.json, row 2"]
    assert [row.place for row in yaml.rows] == ["data/a.yaml:1", "data/a.yaml:2"]


def test_types_are_checked_in_json_and_yaml_too(tmp_path: Path) -> None:
    types: dict[str, ParamType] = {"n": "integer", "photo": "image"}
    assert values(read(tmp_path, "a.yaml", "- {n: 1, photo: x.png}\n", types)) == [{"n": 1, "photo": "data/x.png"}]
    assert fault(tmp_path, "a.yaml", '- {n: "1"}\n- {n: true}\n- {n: 1.5}\n- {photo: 5}\n', types) == (
        'data/a.yaml:1:8: error: `"1"` in column `n` is not a whole number [data-type]\n'
        '  1 | - {n: "1"}\n'
        "    |        ^\n"
        "data/a.yaml:2:3: error: `true` in column `n` is not a whole number [data-type]\n"
        "  2 | - {n: true}\n"
        "    |   ^^^^^^^^^\n"
        "data/a.yaml:3:3: error: `1.5` in column `n` is not a whole number [data-type]\n"
        "  3 | - {n: 1.5}\n"
        "    |   ^^^^^^^^\n"
        "data/a.yaml:4:3: error: `5` in column `photo` is not the path of an image [data-type]\n"
        "  4 | - {photo: 5}\n"
        "    |   ^^^^^^^^^^"
    )


@pytest.mark.parametrize(
    ("text", "at", "ids"),
    [
        ('{"a": {"b": [{"id": "x"}]}}', "/a/b", ["x"]),
        ('[[{"id": "x"}], [{"id": "y"}]]', "/1", ["y"]),
        ('{"a/b": {"~": [{"id": "x"}]}}', "/a~1b/~0", ["x"]),
        ('[{"id": "x"}]', "''", ["x"]),
    ],
)
def test_at_is_a_json_pointer_to_the_rows(tmp_path: Path, text: str, at: str, ids: list[str]) -> None:
    for name in ("a.json", "a.yaml"):
        assert [row.values["id"] for row in read(tmp_path, name, text, at=at).rows] == ids


def test_a_pointer_to_nothing_is_an_error(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.json", '{"rows": []}', at="/row") == (
        "pipeline.yaml:1:5: error: there is nothing at `/row` in `data/a.json` [data-pointer]\n"
        "  1 | at: /row\n"
        "    |     ^^^^\n"
        "  help: did you mean `rows`?"
    )
    assert fault(tmp_path, "a.yaml", "rows: []", at="rows") == (
        "pipeline.yaml:1:5: error: `rows` is no JSON pointer: it must begin with `/` [data-pointer]\n"
        "  1 | at: rows\n"
        "    |     ^^^^\n"
        "  help: write `/rows`"
    )
    assert fault(tmp_path, "a.csv", "id\n", at="/rows") == (
        "pipeline.yaml:1:5: error: `at` points into JSON and YAML, and a CSV file has rows only [data-pointer]\n"
        "  1 | at: /rows\n"
        "    |     ^^^^^"
    )


def test_rows_that_are_no_mappings_are_errors(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.yaml", "- {id: a}\n- b\n- [c]\n") == (
        "data/a.yaml:2:3: error: row 2 must be a mapping of columns to values, and is text [data-rows]\n"
        "  2 | - b\n"
        "    |   ^\n"
        "data/a.yaml:3:3: error: row 3 must be a mapping of columns to values, and is a list [data-rows]\n"
        "  3 | - [c]\n"
        "    |   ^^^"
    )
    assert fault(tmp_path, "a.json", "5") == (
        "data/a.json:1:1: error: rows are a list or a mapping of mappings, and this is a number [data-rows]\n"
        "  1 | 5\n"
        "    | ^"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": }]', "this is not JSON"),
        ('{"a": {}, "a": {}}', "`data/a.json` has the key `a` twice in one object"),
        ('[{"n": NaN}]', "`data/a.json` has `NaN`, which is no JSON value"),
        ("[" * 100_000, "`data/a.json` is nested too deeply, or has a number that is too large"),
        (f'[{{"n": {"9" * 5_000}}}]', "`data/a.json` is nested too deeply, or has a number that is too large"),
    ],
)
def test_json_that_cant_be_read_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataFault) as caught:
        read(tmp_path, "a.json", text)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    assert fault(tmp_path, "a.xlsx", "x") == (
        "error: `data/a.xlsx` is not a data file: it must end in .csv, .json or .yaml [data-format]"
    )


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.yaml"])
@given(text=st.text(alphabet=st.sampled_from(list('[]{}":,-\n\r\t\0 aé1.#&*')), max_size=40))
def test_any_text_is_rows_or_an_ordinary_error(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        table = read(folder, name, text)
    except CallsheetError:
        return
    assert all(tuple(row.values) == table.columns for row in table.rows)
