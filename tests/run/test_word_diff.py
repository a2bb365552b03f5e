"""What changed in a text, word by word."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.run.word_diff import one_change, word_diff


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[piece.sort].format(piece.text) for piece in word_diff(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a warm light", "a warm light", "a warm light"),
        ("a warm light", "a cold light", "a [-warm-]{+cold+} light"),
        ("a light", "a warm light", "a {+warm +}light"),
        ("a warm light", "a light", "a [-warm -]light"),
        ("", "a light", "{+a light+}"),
        ("a light", "", "[-a light-]"),
        ("warm sunrise rim light", "cold moonlight rim light", "[-warm sunrise-]{+cold moonlight+} rim light"),
        ("red, green, blue", "red, grey, black", "red, [-green-]{+grey+}, [-blue-]{+black+}"),
        ("don't move", "don’t move", "[-don't-]{+don’t+} move"),
        ("café au lait", "cafe au lait", "[-café-]{+cafe+} au lait"),
        ("दिन की रोशनी", "रात की रोशनी", "[-दिन-]{+रात+} की रोशनी"),
        ("夜の海と船", "朝の海と船", "[-夜-]{+朝+}の海と船"),
        ("光を、瓶に。", "光を、缶に。", "光を、[-瓶-]{+缶+}に。"),
        ("แสงเช้า", "แสงเย็น", "แสงเ[-ช้า-]{+ย็น+}"),
        ("밤의 바다", "아침의 바다", "[-밤의-]{+아침의+} 바다"),
        ("9:16 at 5 s", "9:16 at 8 s", "9:16 at [-5-]{+8+} s"),
    ],
)
def test_a_change_is_told_by_whole_words_or_by_characters_where_there_are_no_blanks(
    old: str, new: str, told: str
) -> None:
    assert shown(old, new) == told


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.sort != "new") == old
    assert "".join(piece.text for piece in pieces if piece.sort != "old") == new
    assert all(piece.text for piece in pieces)


@given(
    st.lists(st.sampled_from(["a", "bb", "c.", "夜", "の,", "d"]), max_size=12),
    st.lists(st.sampled_from(["a", "bb", "x", "夜"])),
)
def test_one_change_holds_all_that_differs(old_words: list[str], new_words: list[str]) -> None:
    old, new = " ".join(old_words), " ".join(new_words)
    before, gone, come, after = one_change(old, new)
    assert before + gone + after == old
    assert before + come + after == new


def test_two_pieces_of_a_kind_never_stand_beside_each_other() -> None:
    sorts = [piece.sort for piece in word_diff("a b c d e f", "a x y d z f g")]
    assert [one for one, other in itertools.pairwise(sorts) if one == other] == []


def test_texts_without_end_are_told_as_one_change() -> None:
    old, new = "start " + "a b " * 5_000 + "end", "start " + "c d " * 5_000 + "end"
    assert [piece.sort for piece in word_diff(old, new)] == ["same", "old", "new", "same"]


def test_texts_that_repeat_themselves_are_told_as_one_change() -> None:
    old, new = "a " + "word other " * 900 + "b", "c " + "word word other " * 900 + "d"
    assert [piece.sort for piece in word_diff(old, new)] == ["old", "new"]


def test_a_long_prompt_with_many_edits_is_told_edit_by_edit() -> None:
    words = [f"w{number % 97} the, " for number in range(400)]
    new = [word.replace("the", "a") if number % 50 == 7 else word for number, word in enumerate(words)]
    pieces = word_diff("".join(words), "".join(new))
    assert [piece.text for piece in pieces if piece.sort == "old"] == ["the"] * 8
