"""LANGUAGE.md: the forms of an axis, and axes from data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from callsheet.document.load import load
from callsheet.document.record import Record
from callsheet.document.template import compile_value
from callsheet.plan.axes import AxisValues, resolve_axes, slug
from callsheet.problems import DataFault

NODE = "nodes:\n  hero: {step: caption, input: {video: a.mp4, text: x}}\n"


def resolved(
    folder: Path, axes: str, files: Mapping[str, str] | None = None, params: str = "{}"
) -> Mapping[str, AxisValues]:
    """The axes of a campaign whose `axes:` begins on line 4."""
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pipeline = folder / "pipeline.yaml"
    pipeline.write_text(f"callsheet: 1\nname: axes\nparams: {params}\naxes:\n{axes}{NODE}", encoding="utf-8")
    document = load(pipeline, shown="pipeline.yaml")
    values = {name: param.value for name, param in document.params.items()}
    return resolve_axes(document, {"params": Record(None, values)})


def fault(folder: Path, axes: str, files: Mapping[str, str] | None = None) -> str:
    with pytest.raises(DataFault) as caught:
        resolved(folder, axes, files)
    return str(caught.value)


def ids(axes: Mapping[str, AxisValues], name: str) -> list[str]:
    return [value.id for value in axes[name].values]


def rendered(record: Record, template: str, folder: Path) -> object:
    path = folder / "t.yaml"
    path.write_text(f"callsheet: 1\nname: t\nnodes:\n  n: {{step: caption, input: {{text: '{template}'}}}}\n")
    given = load(path).nodes["n"].input
    assert given is not None
    return compile_value(given.mapping["text"]).render({"sku": record})


def test_axes_come_in_the_order_of_the_file_and_their_values_too(tmp_path: Path) -> None:
    axes = resolved(tmp_path, "  look: {dusk: {light: low}, dawn: {}}\n  language: [en, de]\n  take: {takes: 2}\n")
    assert list(axes) == ["look", "language", "take"]
    assert ids(axes, "look") == ["dusk", "dawn"]
    assert ids(axes, "language") == ["en", "de"]
    assert axes["look"].by_id["dusk"].record.fields == {"light": "low"}
    assert str(axes["look"].by_id["dawn"].span) == "pipeline.yaml:5:30"


def test_takes_are_numbered_or_named_or_given_by_their_seeds(tmp_path: Path) -> None:
    axes = resolved(
        tmp_path, "  a: {takes: 3}\n  b: {takes: [safe, bold], unpicked: hold}\n  c: {seeds: [11, 22]}\n  d: [x]\n"
    )
    assert ids(axes, "a") == ["1", "2", "3"]
    assert ids(axes, "b") == ["safe", "bold"]
    assert [(value.id, value.seed) for value in axes["c"].values] == [("11", 11), ("22", 22)]
    assert [(axis.takes, axis.unpicked) for axis in axes.values()] == [
        (True, "first"),
        (True, "hold"),
        (True, "first"),
        (False, "first"),
    ]


def test_an_id_written_as_a_number_in_a_list_axis_keeps_it_as_its_value(tmp_path: Path) -> None:
    axes = resolved(tmp_path, "  guidance: [3, 1.50, '7', high]\n")
    assert [(value.id, value.record.value) for value in axes["guidance"].values] == [
        ("3", 3),
        ("1.50", 1.5),
        ("7", None),
        ("high", None),
    ]


def test_an_axis_from_a_csv_file_has_a_record_a_row(tmp_path: Path) -> None:
    text = "id,label,price,photo\nbottle,The bottle,12,img/b.png\ncan,,9,img/c.png\n"
    axes = resolved(
        tmp_path, "  sku: {from: data/skus.csv, types: {price: integer, photo: image}}\n", {"data/skus.csv": text}
    )
    assert ids(axes, "sku") == ["bottle", "can"]
    assert axes["sku"].by_id["bottle"].record.fields == {
        "id": "bottle",
        "label": "The bottle",
        "price": 12,
        "photo": "data/img/b.png",
    }
    assert axes["sku"].by_id["can"].record.fields["label"] is None
    assert str(axes["sku"].by_id["can"].span) == "data/skus.csv:3:1"


@pytest.mark.parametrize("column", ["copy", "items", "keys"])
def test_a_csv_column_named_copy_items_or_keys_is_data(tmp_path: Path, column: str) -> None:
    axes = resolved(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": f"id,{column}\na,words of a\n"})
    assert rendered(axes["sku"].by_id["a"].record, f"{{{{ sku.{column} }}}}", tmp_path) == "words of a"


def test_id_chooses_the_column_of_the_ids(tmp_path: Path) -> None:
    files = {"skus.csv": "name,label\nbottle,x\ncan,y\n"}
    assert ids(resolved(tmp_path, "  sku: {from: skus.csv, id: name}\n", files), "sku") == ["bottle", "can"]


def test_from_may_use_params(tmp_path: Path) -> None:
    files = {"data/eu.csv": "id\na\n", "data/us.csv": "id\nb\n"}
    axes = resolved(tmp_path, '  sku: {from: "data/{{ params.market }}.csv"}\n', files, params="{market: us}")
    assert ids(axes, "sku") == ["b"]


def test_where_sees_the_columns_the_row_and_the_params(tmp_path: Path) -> None:
    files = {"skus.csv": "id,price,the shop\na,5,x\nb,15,x\nc,25,y\n"}
    where = "price > params.least and row['the shop'] == 'x'"
    axes = resolved(
        tmp_path,
        f'  sku: {{from: skus.csv, where: "{where}", types: {{price: integer}}}}\n',
        files,
        params="{least: 9}",
    )
    assert ids(axes, "sku") == ["b"]


def test_a_where_that_is_not_boolean_or_names_no_column_is_an_error(tmp_path: Path) -> None:
    files = {"skus.csv": "id,price\na,5\n"}
    assert fault(tmp_path, "  sku: {from: skus.csv, where: price}\n", files) == (
        "pipeline.yaml:5:32: error: a condition must be true or false, and this is text [not-boolean]\n"
        "  5 |   sku: {from: skus.csv, where: price}\n"
        "    |                                ^^^^^\n"
        "  help: compare it, as in `language == 'en'`"
    )
    assert fault(tmp_path, "  sku: {from: skus.csv, where: prise == 'a'}\n", files) == (
        "pipeline.yaml:5:32: error: `prise` is not known here [unknown-name]\n"
        "  5 |   sku: {from: skus.csv, where: prise == 'a'}\n"
        "    |                                ^^^^^\n"
        "  help: did you mean `price`?"
    )


def test_ids_of_data_that_is_a_mapping_are_its_keys(tmp_path: Path) -> None:
    files = {"skus.yaml": "shop:\n  a: {label: A}\n  b:\n", "skus.json": '{"c": {"n": 1}, "d": {"n": 2}}'}
    axes = resolved(tmp_path, "  x: {from: skus.yaml, at: /shop}\n  y: {from: skus.json}\n", files)
    assert ids(axes, "x") == ["a", "b"]
    assert [dict(value.record.fields) for value in axes["x"].values] == [{"label": "A"}, {"label": None}]
    assert ids(axes, "y") == ["c", "d"]


def test_slug_makes_ids_out_of_any_text(tmp_path: Path) -> None:
    files = {"skus.csv": "id\nAurora 500 ml!\nアウロラ ボトル\n"}
    axes = resolved(tmp_path, "  sku: {from: skus.csv, slug: true}\n", files)
    assert ids(axes, "sku") == ["aurora-500-ml", "アウロラ-ボトル"]
    assert axes["sku"].by_id["aurora-500-ml"].record.fields == {"id": "Aurora 500 ml!"}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Aurora", "aurora"),
        ("  --A  b/c--  ", "a-b-c"),
        ("Ｆｕｌｌ①", "full1"),
        ("Crème_brûlée.v2", "crème_brûlée.v2"),
        ("!!!", ""),
        ("x" * 70, "x" * 64),
        ("x" * 63 + " y", "x" * 63),
    ],
)
def test_a_slug_is_nfkc_lower_case_with_dashes_trimmed_to_64(text: str, id: str) -> None:
    assert slug(text) == id


def test_an_axis_from_data_with_other_ids_needs_slug(tmp_path: Path) -> None:
    assert fault(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": "id\nAurora 500 ml\n"}) == (
        "skus.csv:2:1: error: `Aurora 500 ml` can't be an id: it has 1 to 64 letters, digits, `.`, `_` and `-`, and is "
        "not `.` or `..` [bad-id]\n"
        "  2 | Aurora 500 ml\n"
        "    | ^^^^^^^^^^^^^\n"
        "  help: write `slug: true` on the axis to make it `aurora-500-ml`"
    )


def test_an_empty_id_is_an_error_and_all_bad_rows_are_reported_at_once(tmp_path: Path) -> None:
    assert fault(tmp_path, "  sku: {from: skus.csv, slug: true}\n", {"skus.csv": "id,n\n,1\nok,2\n!?,3\n"}) == (
        "skus.csv:2:1: error: column `id` of `skus.csv:2` is empty, and ids come from it [bad-id]\n"
        "  2 | ,1\n"
        "    | ^^\n"
        "skus.csv:4:1: error: `!?` has no letter or digit to make an id of [bad-id]\n"
        "  4 | !?,3\n"
        "    | ^^^^"
    )


def test_duplicates_are_errors_that_name_both_rows(tmp_path: Path) -> None:
    assert fault(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": "id\na\nb\na\n"}) == (
        "skus.csv:4:1: error: `a` is the id of two rows, `skus.csv:2` and `skus.csv:4` [duplicate-id]\n"
        "  4 | a\n"
        "    | ^\n"
        "  see also skus.csv:2:1"
    )


def test_duplicates_after_slugging_are_errors_that_name_both_rows(tmp_path: Path) -> None:
    files = {"skus.json": '[{"id": "Aurora!"}, {"id": "aurora"}]'}
    assert fault(tmp_path, "  sku: {from: skus.json, slug: true}\n", files) == (
        "skus.json:1:1: error: `Aurora!` of `skus.json, row 1` and `aurora` of `skus.json, row 2` both become the id "
        "`aurora` [duplicate-id]\n"
        '  1 | [{"id": "Aurora!"}, {"id": "aurora"}]\n'
        "    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also skus.json:1:1"
    )


def test_without_a_column_of_ids_the_error_says_which_columns_there_are(tmp_path: Path) -> None:
    files = {"skus.csv": "name,label\na,b\n"}
    assert fault(tmp_path, "  sku: {from: skus.csv}\n", files) == (
        "pipeline.yaml:5:15: error: axis `sku` needs a column for its ids, and `skus.csv` has no column `id` "
        "[unknown-column]\n"
        "  5 |   sku: {from: skus.csv}\n"
        "    |               ^^^^^^^^\n"
        "  help: name it with `id: COLUMN`; there are: `name`, `label`"
    )
    assert fault(tmp_path, "  sku: {from: skus.csv, id: nam}\n", files) == (
        "pipeline.yaml:5:29: error: `skus.csv` has no column `nam` [unknown-column]\n"
        "  5 |   sku: {from: skus.csv, id: nam}\n"
        "    |                             ^^^\n"
        "  help: did you mean `name`?"
    )


def test_an_axis_left_with_no_values_is_an_error(tmp_path: Path) -> None:
    assert fault(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": "id\n"}) == (
        "pipeline.yaml:5:15: error: axis `sku` has no values: `skus.csv` has no rows [empty-axis]\n"
        "  5 |   sku: {from: skus.csv}\n"
        "    |               ^^^^^^^^"
    )
    assert fault(tmp_path, "  sku: {from: skus.csv, where: id == 'z'}\n", {"skus.csv": "id\na\n"}) == (
        "pipeline.yaml:5:32: error: axis `sku` has no values: `where` leaves no row of `skus.csv` [empty-axis]\n"
        "  5 |   sku: {from: skus.csv, where: id == 'z'}\n"
        "    |                                ^^^^^^^^^"
    )


def test_the_problems_of_all_axes_are_reported_in_one_go(tmp_path: Path) -> None:
    assert fault(tmp_path, '  a: {from: "{{ prams.x }}"}\n  b: {from: none.csv}\n') == (
        "pipeline.yaml:5:17: error: `prams` is not known here [unknown-name]\n"
        '  5 |   a: {from: "{{ prams.x }}"}\n'
        "    |                 ^^^^^\n"
        "  help: did you mean `params`?\n"
        "pipeline.yaml:6:13: error: `none.csv` can't be read: there is no such file [unreadable]\n"
        "  6 |   b: {from: none.csv}\n"
        "    |             ^^^^^^^^"
    )


def test_the_order_of_rows_changes_neither_ids_nor_records(tmp_path: Path) -> None:
    one = resolved(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": "id,n\na,1\nb,2\n"})["sku"]
    other = resolved(tmp_path, "  sku: {from: skus.csv}\n", {"skus.csv": "id,n\nb,2\na,1\n"})["sku"]
    assert {value.id: value.record.fields for value in one.values} == {
        value.id: value.record.fields for value in other.values
    }


def test_records_of_the_pipeline_file_are_data_and_never_rendered(tmp_path: Path) -> None:
    axes = resolved(tmp_path, '  look: {dawn: {light: "{{ params.x }}"}}\n')
    assert rendered(axes["look"].by_id["dawn"].record, "{{ sku.light }}", tmp_path) == "{{ params.x }}"
