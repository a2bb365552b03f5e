from __future__ import annotations

import pytest

from callsheet.catalog.glyphs import missing_glyphs
from callsheet.catalog.reading import Reading, reading_of, runs_backwards, visible_characters


@pytest.mark.parametrize(
    ("text", "language", "speed", "length"),
    [
        ("Light that stays", None, 17, 42),
        ("Light that stays", "en-GB", 20, 42),
        ("Licht, das bleibt", "de", 17, 42),
        ("Свет, который остаётся", None, 17, 39),
        ("ضوء الصباح في زجاجة", None, 20, 42),
        ("朝の光を、ひと瓶に。", None, 6, 16),
        ("朝光一瓶", None, 9, 16),
        ("朝光一瓶", "ja", 6, 16),
        ("アイ", None, 6, 16),
        ("아침의 빛", None, 12, 16),
        ("Aurora 光", None, 17, 42),
        ("123 !", None, 17, 42),
    ],
)
def test_speed_and_line_length_go_by_script_and_language(text, language, speed, length) -> None:
    assert reading_of(text, language) == Reading(speed, length, 2)


def test_marks_line_ends_and_controls_are_no_characters_to_read() -> None:
    assert visible_characters("e\u0301a\nb\u200f c") == 5


@pytest.mark.parametrize(
    ("text", "backwards"),
    [
        ("Aurora: ضوء الصباح في زجاجة", True),
        ("\u200fAurora: ضوء الصباح في زجاجة", False),
        ("ضوء الصباح في Aurora", False),
        ("Aurora means الفجر", False),
        ("12 34", False),
    ],
)
def test_mostly_right_to_left_text_that_begins_left_to_right_runs_backwards(text, backwards) -> None:
    assert runs_backwards(text) is backwards


def test_missing_characters_are_named_once_in_the_order_of_the_text() -> None:
    assert missing_glyphs("Hi 😀, สส 😀") == ["😀", "ส"]
    assert missing_glyphs("朝 ضوء ąж é\u200d\ufe0f\u2028\u00a0") == []
