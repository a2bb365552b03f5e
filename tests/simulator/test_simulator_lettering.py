"""Letters of any script: really drawn, in the right face and order, wrapped to width."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from callsheet.simulator.arabic import visual
from callsheet.simulator.lettering import Style, draw_line, font, right_to_left, runs, width, wrap

STYLE = Style(24, (255, 255, 255, 255))
JAPANESE = "オーロラの夜明け、海を見下ろす石の棚。"
ARABIC = "لقطة قريبة لمقدم في استوديو مضاء بنعومة، حامل ثابت."
CHINESE = "镜头缓慢推进，产品放在海边的石台上。"
KOREAN = "바다가 보이는 돌 선반 위의 병"


def drawn(text: str, rtl: bool = False) -> Image.Image:
    canvas = Image.new("RGBA", (800, 60))
    draw_line(ImageDraw.Draw(canvas), (0, 800), 40, text, STYLE, rtl)
    return canvas.getchannel("A")


@pytest.mark.parametrize("text", [JAPANESE, ARABIC, CHINESE, KOREAN, "Grüße, naïve, Прага, Αθήνα 100 %"])
def test_every_letter_has_a_glyph_in_the_face_it_is_given(text):
    for script, run in runs(text, right_to_left(text)):
        face = font(script, 24)
        missing = bytes(face.getmask("\U000f0000"))
        for letter in run:
            assert letter.isspace() or bytes(face.getmask(letter)) != missing, (script, letter)


@pytest.mark.parametrize("text", [JAPANESE, ARABIC, CHINESE, KOREAN])
def test_ink_is_really_put_down(text):
    ink = drawn(text, right_to_left(text))
    left, _, right, _ = ink.getbbox()
    assert abs((right - left) - width(text, STYLE, right_to_left(text))) < STYLE.size


def test_arabic_letters_are_joined():
    alone = sum(font("arabic", 24).getlength(letter) for letter in "بيتنا")
    assert width("بيتنا", STYLE, True) < 0.6 * alone


def test_right_to_left_text_stands_at_the_right_edge():
    left, _, right, _ = drawn(ARABIC[:20], rtl=True).getbbox()
    assert right > 795
    assert left > 300
    assert drawn("Latin").getbbox()[0] < 5


def test_han_characters_take_the_face_of_the_language_around_them():
    assert [script for script, _ in runs("海の石", False)] == ["jp"]
    assert [script for script, _ in runs("海边的石台", False)] == ["sc"]
    assert [script for script, _ in runs("바다 海", False)] == ["kr"]
    assert [script for script, _ in runs("ㄅ海", False)] == ["tc"]
    assert [script for script, _ in runs("plain", False)] == ["jp"]


def test_runs_of_a_right_to_left_line_stand_in_visual_order():
    assert runs("استوديو (Aurora 2026) حامل", True) == [
        ("arabic", ") حامل"), ("jp", "Aurora 2026"), ("arabic", "استوديو (")
    ]  # fmt: skip


def test_an_arabic_word_in_latin_text_is_one_run():
    assert runs("say مرحبا بكم now", False) == [("jp", "say "), ("arabic", "مرحبا بكم"), ("jp", " now")]


def test_the_direction_is_that_of_the_first_letter():
    assert right_to_left("2026: مرحبا Aurora") is True
    assert right_to_left("«Aurora» مرحبا") is False
    assert right_to_left("123") is False


def test_lines_are_no_wider_than_allowed_and_lose_nothing():
    text = "Slow dolly in on the bottle on a stone ledge above the sea, warm sunrise rim light"
    lines = wrap(text, STYLE, 300, 9)
    assert " ".join(lines) == text
    assert all(width(line, STYLE) <= 300 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis():
    lines = wrap(JAPANESE * 5, STYLE, 300, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width(line, STYLE) <= 300 for line in lines)


def test_a_japanese_line_never_begins_with_closing_punctuation():
    for limit in range(60, 300, 7):
        assert all(line[0] not in "、。" for line in wrap(JAPANESE, STYLE, limit, 20))


def test_a_word_longer_than_the_line_is_cut():
    lines = wrap("x" * 100, STYLE, 200, 20)
    assert "".join(lines) == "x" * 100
    assert all(width(line, STYLE) <= 200 for line in lines)


def test_empty_text_has_no_lines():
    assert wrap("  \n ", STYLE, 200, 3) == []


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("محمد", "\ufeaa\ufee4\ufea4\ufee3"),  # final dal, medial meem, medial hah, initial meem, from left to right
        ("سلام", "\ufee1\ufefc\ufeb3"),  # isolated meem, lam with alef, initial seen
        ("دار", "\ufead\ufe8d\ufea9"),  # letters that never join to the left
        ("عام 2026", "2026 \ufee1\ufe8e\ufecb"),
        ("(عام)", "(\ufee1\ufe8e\ufecb)"),
    ],
)
def test_without_a_shaping_engine_letters_take_their_presentation_forms(text, shapes):
    assert visual(text) == shapes
