"""Letters, their order and their lines, without any film."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.makers.steps import wrap
from callsheet.makers.steps.bidi import levels, visual_order
from callsheet.makers.steps.lettering import (
    Letters,
    Look,
    covers,
    draw,
    faces,
    language_of,
    lay_out,
    missing,
    plain,
)
from callsheet.makers.steps.table import STEPS
from callsheet.shipped import shipped

WHITE = Look((255, 255, 255, 255), (0, 0, 0, 255))


def broken(text, limit, width=10.0):
    """The lines of a text whose letters are all equally wide."""
    parts = wrap.pieces(text, lambda part: width * len(part), limit)
    return [text[line.start : line.end] for line in wrap.lines(parts, limit)]


def letters_of(line):
    """How many letters a line has, a mark not being one of its own."""
    return sum(unicodedata.category(char)[0] != "M" for char in line)


def ink(text, language="ja", size=40):
    """The columns of a drawn line that have any ink, left to right."""
    picture = draw(lay_out(text, language, size, 4000), WHITE).convert("L")
    return [picture.crop((x, 0, x + 1, picture.height)).getextrema()[1] > 200 for x in range(picture.width)]


@pytest.mark.parametrize(
    ("char", "package"),
    [
        ("A", "fontpkg_noto_sans"), ("ß", "fontpkg_noto_sans"), ("Ж", "fontpkg_noto_sans"), ("ґ", "fontpkg_noto_sans"),
        ("Ω", "fontpkg_noto_sans"), ("ữ", "fontpkg_noto_sans"), ("न", "fontpkg_noto_sans"),
        ("朝", "noto_cjk_sans_otc"), ("ひ", "noto_cjk_sans_otc"), ("한", "noto_cjk_sans_otc"),
        ("𠮷", "noto_cjk_sans_otc"),
        ("ض", "fontpkg_noto_sans_arabic"), ("٢", "fontpkg_noto_sans_arabic"), ("؟", "fontpkg_noto_sans_arabic"),
    ],
)  # fmt: skip
def test_every_script_has_glyphs_of_its_own(char, package):
    face = Letters("ja", 40).runs(char, levels(char))[0].face
    assert face.package == package
    assert covers(face, char)
    assert missing(char, "ja") == []


def test_a_box_is_never_drawn_for_a_missing_glyph():
    assert missing("aสbส😀", "en") == ["ส", "😀"]
    assert not any(covers(face, "ส") for face in faces("th"))


def test_arabic_letters_are_joined():
    letters = Letters("ar", 40)
    assert letters.width("سلام") < sum(letters.width(char) for char in "سلام") * 0.9


def test_arabic_runs_from_right_to_left():
    columns = ink("ا سسسس")
    drawn = [place for place, column in enumerate(columns) if column]
    last_gap = max(place for place in range(drawn[0], drawn[-1]) if not columns[place])
    assert drawn[-1] - last_gap < (last_gap - drawn[0]) / 3


def test_chinese_characters_take_the_shape_of_the_language():
    pictures = {
        language: draw(lay_out("直骨", language, 60, 400), WHITE).tobytes()
        for language in ("ja", "ko", "zh-Hans", "zh-TW")
    }
    assert len(set(pictures.values())) > 2


@pytest.mark.parametrize(
    ("text", "language"),
    [("朝の光", "ja"), ("빛", "ko"), ("晨光", "zh-Hans"), ("晨光ㄅ", "zh-Hant"), ("Licht", "zh-Hans")],
)
def test_the_language_is_told_from_the_letters_around_han(text, language):
    assert language_of(text) == language


# In these lines capitals stand for nothing; Hebrew letters are right-to-left, as annex 9's examples have them.
@pytest.mark.parametrize(
    ("logical", "visual"),
    [
        ("abc def", "abc def"),
        ("אבג דהו", "והד גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("אבג 1,234.5% דהו", "והד 1,234.5% גבא"),
        ("سعر 29 يورو.", ".وروي 29 رعس"),
        ("abc 12 אבג 34", "abc 12 34 גבא"),
        ("", ""),
    ],
)
def test_mixed_directions_are_shown_in_the_order_of_annex_9(logical, visual):
    assert "".join(logical[place] for place in visual_order(levels(logical))) == visual


@given(st.text(alphabet="ab אב عش12.,()% \u200d\u0301", max_size=30))
def test_showing_a_text_loses_and_doubles_nothing(text):
    assert sorted(visual_order(levels(text))) == list(range(len(text)))


def test_words_break_at_spaces_into_even_lines():
    assert broken("Light that stays with you from the first ray to the last", 320) == [
        "Light that stays with you",
        "from the first ray to the last",
    ]


def test_a_dash_between_spaces_ends_a_line_and_never_begins_one():
    assert broken("Licht, das bleibt – vom Morgen an", 190) == ["Licht, das bleibt –", "vom Morgen an"]


def test_no_line_begins_with_a_closing_mark_or_a_small_kana():
    for limit in range(50, 200, 10):
        for line in broken("「朝の光を、ひと瓶に。」ゆっくりとカップにふわっと。", limit):
            assert line[0] not in "、。」っゃゅょッ"
            assert line[-1] not in "「"


def test_japanese_breaks_best_after_punctuation():
    assert broken("朝の光を、ひと瓶に。", 70) == ["朝の光を、", "ひと瓶に。"]


def test_korean_breaks_between_words_only():
    assert broken("아침의 빛을 한 병에", 50) == ["아침의", "빛을", "한 병에"]


def test_a_word_wider_than_a_line_is_cut_and_said_to_be():
    parts = wrap.pieces("Donaudampf", lambda part: 10.0 * len(part), 60)
    lines = wrap.lines(parts, 60)
    assert [(line.start, line.end, line.cut) for line in lines] == [(0, 6, True), (6, 10, False)]


@given(st.text(alphabet="ab朝の、「」。é\u0301 -", min_size=1, max_size=60), st.integers(1, 12))
def test_wrapping_keeps_every_letter_and_every_line_fits(text, letters):
    text = plain(text)
    lines = broken(text, letters * 10)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= letters or letters_of(line) <= 1 for line in lines)


def test_plain_text_holds_nothing_that_acts():
    assert plain("\u202eab\u2066c\r\nd\te\x00\ufe0f\u00ad  f \u2028g") == "abc\nd e f g"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("e\u0301") == "é"


def test_drawing_is_the_same_every_time():
    assert (
        draw(lay_out("朝 a ض", "ja", 33.3, 500), WHITE).tobytes()
        == draw(lay_out("朝 a ض", "ja", 33.3, 500), WHITE).tobytes()
    )


@pytest.mark.parametrize("name", sorted(STEPS))
def test_every_step_has_a_schema_that_describes_every_option(name):
    shape = json.loads((shipped("schemas") / "steps" / f"{name}.json").read_text())
    properties = shape["input_schema"]["properties"]
    assert (shape["name"], shape["version"]) == (name, 1)
    assert {shape["makes"], *shape.get("makes_given", {}).values()} <= {"video", "image", "audio", "data"}
    assert set(shape.get("lasts", ())) <= set(shape["fields"])
    assert shape["input_schema"]["additionalProperties"] is False
    assert all(options["title"] and options["description"] and options["type"] for options in properties.values())
    assert set(shape["fields"]) <= set(properties)
    assert sorted(path.stem for path in (shipped("schemas") / "steps").glob("*.json")) == sorted(STEPS)
