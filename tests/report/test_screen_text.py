from __future__ import annotations

import pytest

from callsheet.report.screen import cells, columns, counted, fit, inert, pad, paint, span_of, usd, wrap


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\tand\rmore", "two lines and more"),
        ("bell\x07 c1\x9b31m", "bell\\x07 c1\\x9b31m"),
        ("abc\u202efdp.exe", "abc\\u202efdp.exe"),
        ("\u2066isolate\u2069", "\\u2066isolate\\u2069"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("lone \udcff surrogate", "lone \\udcff surrogate"),
        ("光を、瓶に。 عطر", "光を、瓶に。 عطر"),
        ("[red]markup[/red]", "[red]markup[/red]"),
    ],
)
def test_text_from_outside_can_not_drive_a_terminal(hostile: str, shown: str) -> None:
    assert inert(hostile) == shown


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert (cells("abc"), cells("光を"), cells("e\u0301")) == (3, 4, 1)


def test_text_that_is_too_long_ends_in_an_ellipsis_within_its_cells() -> None:
    assert (fit("abcdef", 4), fit("光を瓶に", 5), fit("abcd", 4)) == ("abc…", "光を…", "abcd")


def test_padding_counts_cells() -> None:
    assert (pad("光", 4), pad("ab", 4, "right")) == ("光  ", "  ab")


def test_lines_break_at_blanks_and_inside_words_that_are_longer_than_a_line() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"]
    assert wrap("光光光", 4) == ["光光", "光"]
    assert wrap("", 10) == [""]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([["a", "1"], ["光", "10"]], ["left", "right"]) == ["a    1", "光  10"]


def test_colour_is_only_there_where_it_is_on() -> None:
    assert (paint("x", "red", True), paint("x", "red", False), paint("", "red", True)) == ("\x1b[31mx\x1b[0m", "x", "")


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0.00"), (3.5, "3.50"), (0.125, "0.125"), (1 / 3, "0.3333"), (12500, "12,500.00")]
)
def test_an_amount_has_two_decimals_or_as_many_as_it_needs_up_to_four(amount: float, shown: str) -> None:
    assert usd(amount) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(3.21, "3.2 s"), (59.97, "1:00 min"), (125, "2:05 min"), (3725, "1:02:05 h")]
)
def test_a_time_is_told_in_the_unit_that_fits(seconds: float, shown: str) -> None:
    assert span_of(seconds) == shown


def test_counts_agree_with_their_noun() -> None:
    assert (counted(1, "clip"), counted(2000, "clip")) == ("1 clip", "2,000 clips")
