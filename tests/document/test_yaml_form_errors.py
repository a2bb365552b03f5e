"""Mappings and lists that YAML can't hold, each with its place and its mending."""

from __future__ import annotations

import pytest

from callsheet.document.source import parse
from callsheet.problems import DataFault, Fix, SourceText


def fault(text: str) -> DataFault:
    with pytest.raises(DataFault) as caught:
        parse(SourceText("p.yaml", text))
    return caught.value


def test_a_mapping_where_none_can_stand() -> None:
    assert str(fault("a: 1\n  b: 2\n")) == (
        "p.yaml:2:4: error: a `key: value` can't stand here [syntax]\n"
        "  2 |   b: 2\n"
        "    |    ^\n"
        "  help: check the indentation of this line and of the one above"
    )


def test_a_line_without_a_colon() -> None:
    assert str(fault("a: 1\nfoo\nb: 2\n")) == (
        "p.yaml:2:1: error: expected `key: value` here [syntax]\n"
        "  2 | foo\n"
        "    | ^^^\n"
        "  help: entries of one mapping or list start in the same column"
    )


def test_a_line_out_of_column() -> None:
    assert str(fault("a:\n  b: 1\n c: 2\n")) == (
        "p.yaml:3:2: error: this line is not part of the mapping above it [syntax]\n"
        "  3 |  c: 2\n"
        "    |  ^\n"
        "  help: entries of one mapping or list start in the same column"
    )


def test_a_line_out_of_column_in_a_list() -> None:
    assert str(fault("- a\nb: 1\n")) == (
        "p.yaml:2:1: error: this line is not part of the list above it [syntax]\n"
        "  2 | b: 1\n"
        "    | ^\n"
        "  help: entries of one mapping or list start in the same column"
    )


def test_a_first_line_that_is_indented() -> None:
    assert str(fault(" a: 1\nb: 2\n")) == (
        "p.yaml:2:1: error: expected the end of the file here [syntax]\n"
        "  2 | b: 2\n"
        "    | ^\n"
        "  help: entries of one mapping or list start in the same column"
    )


def test_a_list_that_is_never_closed() -> None:
    assert str(fault("a: [1, 2\n")) == (
        "p.yaml:1:4: error: this list is never closed [syntax]\n  1 | a: [1, 2\n    |    ^\n  help: close it with `]`"
    )


def test_a_list_that_is_not_closed_before_the_next_line() -> None:
    assert str(fault("a: [1, 2\nb: 3\n")) == (
        "p.yaml:2:2: error: expected `,` or `]` here [syntax]\n"
        "  2 | b: 3\n"
        "    |  ^\n"
        "  see also p.yaml:1:4\n"
        "  help: the list that starts at line 1 is not closed"
    )


def test_a_mapping_that_is_never_closed() -> None:
    assert str(fault("a: {b: 1\n")) == (
        "p.yaml:1:4: error: this mapping is never closed [syntax]\n"
        "  1 | a: {b: 1\n"
        "    |    ^\n"
        "  help: close it with `}`"
    )


def test_a_mapping_closed_by_the_wrong_bracket() -> None:
    assert str(fault("a: {b: 1]\n")) == (
        "p.yaml:1:9: error: expected `,` or `}` here [syntax]\n"
        "  1 | a: {b: 1]\n"
        "    |         ^\n"
        "  see also p.yaml:1:4\n"
        "  help: the mapping that starts at line 1 is not closed"
    )


def test_a_quote_that_is_never_closed() -> None:
    assert str(fault("a: 'x\nb: 1\n")) == (
        "p.yaml:1:4: error: this quote is never closed [syntax]\n"
        "  1 | a: 'x\n"
        "    |    ^\n"
        "  help: close it, or use the other kind of quotes around a text that holds this one"
    )


def test_text_after_a_closed_quote() -> None:
    assert str(fault('a: "{{ x "y" }}"\n')) == (
        "p.yaml:1:11: error: expected the end of the line here [syntax]\n"
        '  1 | a: "{{ x "y" }}"\n'
        "    |           ^\n"
        "  help: a quoted text ends at its next quote: use the other kind of quotes around it"
    )


def test_an_unknown_escape() -> None:
    assert str(fault('a: "C:\\media"\n')) == (
        "p.yaml:1:7: error: double quotes hold an escape that YAML does not know [syntax]\n"
        '  1 | a: "C:\\media"\n'
        "    |       ^\n"
        "  help: write a backslash as `\\\\`, or use single quotes"
    )


def test_an_escape_cut_short() -> None:
    assert str(fault('a: "\\u12"\n')) == (
        'p.yaml:1:7: error: this escape needs more hexadecimal digits [syntax]\n  1 | a: "\\u12"\n    |       ^'
    )


def test_a_value_that_starts_with_a_star() -> None:
    assert str(fault("glob: *.png\n")) == (
        "p.yaml:1:8: error: a value can't start with `&` or `*` unless it is quoted [syntax]\n"
        "  1 | glob: *.png\n"
        "    |        ^\n"
        "  help: quote the value"
    )


def test_a_value_that_starts_with_an_at_sign() -> None:
    assert str(fault("handle: @aurora\n")) == (
        "p.yaml:1:9: error: a value can't start with `@` unless it is quoted [syntax]\n"
        "  1 | handle: @aurora\n"
        "    |         ^\n"
        "  help: quote the value"
    )


def test_a_value_that_starts_with_a_percent_sign() -> None:
    assert str(fault("a: %x\n")) == (
        "p.yaml:1:4: error: a value can't start with `%` unless it is quoted [syntax]\n"
        "  1 | a: %x\n"
        "    |    ^\n"
        "  help: quote the value"
    )


def test_a_line_that_starts_with_a_percent_sign() -> None:
    assert str(fault("a: 1\n%b: 1\n")) == (
        "p.yaml:2:3: error: a line can't start with `%` unless it is quoted [syntax]\n"
        "  2 | %b: 1\n"
        "    |   ^\n"
        "  help: quote the value"
    )


def test_a_list_on_the_line_of_its_key() -> None:
    assert str(fault("a: - 1\n")) == (
        "p.yaml:1:4: error: a list item can't start here [syntax]\n"
        "  1 | a: - 1\n"
        "    |    ^\n"
        "  help: put each `- item` on a line of its own, below its key"
    )


def test_a_text_on_the_line_of_a_block_mark() -> None:
    assert str(fault("a: | x\n  y\n")) == (
        "p.yaml:1:6: error: text can't start on the line of `|` or `>` [syntax]\n"
        "  1 | a: | x\n"
        "    |      ^\n"
        "  help: start the text on the next line, indented below the key"
    )


def test_a_bracket_out_of_place() -> None:
    assert str(fault("a: ]\n")) == ("p.yaml:1:4: error: expected a value here [syntax]\n  1 | a: ]\n    |    ^")


def test_a_character_that_no_editor_shows() -> None:
    assert str(fault("a: x\u2028y\n")) == (
        "p.yaml:1:5: error: the character U+2028 (line separator) is not allowed [bad-character]\n"
        "  1 | a: x\ufffdy\n"
        "    |     ^\n"
        "  help: remove it"
    )


def test_a_control_character() -> None:
    assert str(fault("a: \u001b[31m\n")) == (
        "p.yaml:1:4: error: the character U+001B is not allowed [bad-character]\n"
        "  1 | a: \ufffd[31m\n"
        "    |    ^\n"
        "  help: remove it"
    )


def test_a_byte_order_mark_inside() -> None:
    assert str(fault("a: \ufeffx\n")) == (
        "p.yaml:1:4: error: the character U+FEFF (zero width no-break space) is not allowed [bad-character]\n"
        "  1 | a: \ufeffx\n"
        "    |    ^\n"
        "  help: remove it"
    )


def test_a_carriage_return_on_its_own() -> None:
    assert str(fault("a: 1\rb: 2\n")) == (
        "p.yaml:1:5: error: the character U+000D (carriage return) is not allowed [bad-character]\n"
        "  1 | a: 1\ufffdb: 2\n"
        "    |     ^\n"
        "  help: remove it"
    )


def test_wide_characters_count_two_cells() -> None:
    assert str(fault("\u540d\u524d: '\u6771\u4eac' x\n")) == (
        "p.yaml:1:10: error: expected the end of the line here [syntax]\n"
        "  1 | \u540d\u524d: '\u6771\u4eac' x\n"
        "    |              ^\n"
        "  help: a quoted text ends at its next quote: use the other kind of quotes around it"
    )


def test_the_edit_that_quotes_a_template_is_at_hand() -> None:
    problem = fault("image: {{ sku.image }}\n").problems[0]
    assert problem.fix == Fix(problem.span, '"{{ sku.image }}"')


def test_the_edit_that_quotes_a_text_with_a_colon_is_at_hand() -> None:
    problem = fault("prompt: Slow dolly: the bottle\n").problems[0]
    assert problem.fix == Fix(problem.span, '"Slow dolly: the bottle"')


def test_what_follows_an_unquoted_template_is_checked_too() -> None:
    text = "a: {{ x }}.png\nb: {{ y['z'] }}\nc: *q\nd: 1\nd: 2\n"
    assert [(one.code, one.span.line) for one in fault(text).problems if one.span] == [
        ("unquoted-template", 1),
        ("unquoted-template", 2),
        ("unknown-alias", 3),
        ("duplicate-key", 5),
    ]


def test_a_long_line_is_shown_near_the_caret_only() -> None:
    text = str(fault("a: '" + "x" * 1000 + "' y\n"))
    assert text == (
        "p.yaml:1:1007: error: expected the end of the line here [syntax]\n"
        "  1 | " + "x" * 98 + "' y\n"
        "    | " + " " * 100 + "^\n"
        "  help: a quoted text ends at its next quote: use the other kind of quotes around it"
    )


def test_a_control_character_in_a_name_never_reaches_the_terminal() -> None:
    assert "\x1b" not in str(fault('{"\\e[31m": 1, "\\e[31m": 2}\n'))
