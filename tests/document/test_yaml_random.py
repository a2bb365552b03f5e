"""Whatever a file holds, it is read or refused with a problem; and what is written is what is read."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from callsheet.document.scalars import LARGEST_INTEGER, quoted
from callsheet.document.source import compose, parse
from callsheet.problems import CallsheetError, SourceText

PIECES = (
    *("a", "b: ", "- ", "{", "}", "[", "]", ", ", ": ", "{{ x }}", "{% y %}", "&a ", "*a", "!t ", "|\n", "'", '"', "#"),
    *(" ", "---\n", "? ", "<<", "1.5", "\\", "é", "東", "%", "@", ">-\n", "\n", "\n  ", "\t", "\r\n", "\x07", "~"),
)
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
PRINTABLE = st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn", "Zl", "Zp"], exclude_characters="\ufeff")


@given(st.one_of(st.text(), YAMLISH))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(SourceText("p.yaml", text)).plain()
    except CallsheetError as error:
        refusal = error
    else:
        return
    assert refusal.problems
    assert str(refusal)


@given(YAMLISH)
def test_problems_come_in_the_order_of_the_text_and_stand_in_it(text: str) -> None:
    _, problems = compose(SourceText("p.yaml", text))
    places = [(one.span.line, one.span.column) for one in problems if one.span]
    assert places == sorted(places)
    assert all(line <= text.count("\n") + 1 for line, _ in places)


@given(st.integers(-LARGEST_INTEGER, LARGEST_INTEGER))
def test_an_integer_comes_back(value: int) -> None:
    assert parse(SourceText("p.yaml", f"a: {value}\n")).plain() == {"a": value}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_json_writes_it_comes_back(value: float) -> None:
    read = parse(SourceText("p.yaml", f"[{json.dumps(value)}]")).sequence[0].value
    assert isinstance(read, float)
    assert read == value


@given(st.text(PRINTABLE))
def test_a_quoted_text_comes_back(value: str) -> None:
    assert parse(SourceText("p.yaml", f"a: {quoted(value)}\n")).plain() == {"a": value}


@given(st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.text(PRINTABLE), st.lists))
def test_lists_written_as_json_come_back(value: object) -> None:
    assert parse(SourceText("p.yaml", f"v: {json.dumps(value, ensure_ascii=False)}\n")).plain() == {"v": value}
