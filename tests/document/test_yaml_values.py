"""Reading the file: what plain and quoted scalars mean, and where every value stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.document.item import Item
from callsheet.document.source import parse, read_source
from callsheet.problems import DataFault, SourceText


def value_of(text: str) -> object:
    return parse(SourceText("p.yaml", text)).plain()


def where(item: Item) -> tuple[int, int, int, int]:
    return (item.span.line, item.span.column, item.span.end_line, item.span.end_column)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-0", 0),
        ("42", 42),
        ("-7", -7),
        ("9007199254740991", 9007199254740991),
        ("1.5", 1.5),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("1.25E-2", 0.0125),
        ("2e+1", 20.0),
    ],
)
def test_these_spellings_alone_are_special(written: str, value: object) -> None:
    read = value_of(f"a: {written}\n")
    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize(
    "written",
    [
        *("no", "yes", "on", "off", "y", "n", "9:16", "1:30", "0755", "0o7", "0x1F", "1_000", "TRUE", "True", "False"),
        *("NULL", "Null", "2026-04-01", "2026-04-01T10:00:00Z", "+1", "1.", ".5", "01.5", "1e", ".inf", ".nan"),
        *("-a", "--1", "=", "１"),
    ],
)
def test_all_else_is_text(written: str) -> None:
    assert value_of(f"a: {written}\n") == {"a": written}


@pytest.mark.parametrize("written", ["true", "null", "~", "1", "1.5", "", "<<", "{{ x }}"])
def test_a_quoted_scalar_is_always_text(written: str) -> None:
    assert value_of(f"a: \"{written}\"\nb: '{written}'\n") == {"a": written, "b": written}


def test_a_block_scalar_is_always_text() -> None:
    assert value_of("a: |\n  1\nb: >-\n  true\n  story\n") == {"a": "1\n", "b": "true story"}


def test_keys_are_text_as_they_are_written() -> None:
    assert value_of("1: a\ntrue: b\n1.50: c\n'null': d\n") == {"1": "a", "true": "b", "1.50": "c", "null": "d"}


def test_an_anchor_may_be_used_again() -> None:
    assert value_of("a: &x [1, {b: 2}]\nc: *x\nd: [*x, 3]\n") == {
        "a": [1, {"b": 2}],
        "c": [1, {"b": 2}],
        "d": [[1, {"b": 2}], 3],
    }


def test_an_empty_text_is_null() -> None:
    assert parse(SourceText("p.yaml", "# nothing\n")).value is None


def test_every_value_and_key_knows_its_place() -> None:
    root = parse(SourceText("p.yaml", "a: 1\nnamé: [x, 'y z']\nb:\n  c: >-\n    long\n    text\n"))
    assert where(root.mapping["a"]) == (1, 4, 1, 5)
    assert where(root.mapping["namé"]) == (2, 7, 2, 17)
    assert [where(one) for one in root.mapping["namé"].sequence] == [(2, 8, 2, 9), (2, 11, 2, 16)]
    assert str(root.key_spans["b"]) == "p.yaml:3:1"
    assert str(root.mapping["b"].key_spans["c"]) == "p.yaml:4:3"
    assert str(root.mapping["b"].mapping["c"].span) == "p.yaml:4:6"


def test_an_anchored_value_stands_where_its_text_stands() -> None:
    assert where(parse(SourceText("p.yaml", "a: &x 1.50\n")).mapping["a"]) == (1, 7, 1, 11)


@pytest.mark.parametrize("written", ["1.50", "1e3", "true", "7", "~"])
def test_a_scalar_remembers_how_it_was_written(written: str) -> None:
    root = parse(SourceText("p.yaml", f"a: [{written}, &x {written}, *x]\n"))
    assert [one.written for one in root.mapping["a"].sequence] == [written] * 3


def test_windows_line_ends_are_line_ends() -> None:
    root = parse(SourceText("p.yaml", "a: 1\r\nb: x\r\n"))
    assert root.plain() == {"a": 1, "b": "x"}
    assert where(root.mapping["b"]) == (2, 4, 2, 5)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    source = read_source(path, "p.yaml")
    assert source.text == "a: é\n"
    assert where(parse(source).mapping["a"]) == (1, 4, 1, 5)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        read_source(tmp_path / "nope.yaml", "nope.yaml")
    assert str(caught.value) == "error: `nope.yaml` can't be read: there is no such file [unreadable]"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        read_source(tmp_path, "campaign")
    assert str(caught.value) == "error: `campaign` can't be read: is a directory [unreadable]"


def test_a_path_with_a_null_character_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        read_source(tmp_path / "a\0b", "a")
    assert str(caught.value) == "error: `a` can't be read: its name is not a path [unreadable]"


def test_a_file_that_is_not_utf8_is_refused_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(DataFault) as caught:
        read_source(path, "p.yaml")
    assert str(caught.value) == (
        "p.yaml:2:7: error: the byte 0xe9 is not UTF-8 [not-utf8]\n"
        "  2 | b: caf\ufffd\n"
        "    |       ^\n"
        "  help: save the file as UTF-8"
    )


def test_a_file_over_ten_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    with path.open("wb") as file:
        file.truncate(10_000_001)
    with pytest.raises(DataFault) as caught:
        read_source(path, "p.yaml")
    assert str(caught.value) == "error: `p.yaml` is larger than 10 MB, the most that is read [too-large]"
