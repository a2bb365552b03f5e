"""The shipped table of characters against the fonts themselves."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from callsheet.catalog.glyphs import missing_glyphs
from callsheet.makers.steps.cmap import characters
from callsheet.makers.steps.lettering import faces, glyph_table, missing, plain
from callsheet.shipped import shipped

SAMPLES = "Aß“…Ωжक 朝ひ가ضو، ٣٫٥ 😀สว\u0e31\u200d\u202eא€㈱𠀋𝄞"


def test_the_shipped_table_is_that_of_the_fonts():
    assert (shipped("schemas") / "glyphs.json").read_text(encoding="utf-8") == glyph_table()


def test_every_national_shape_of_the_cjk_font_has_the_same_characters():
    tags = ("ja", "ko", "zh-Hans", "zh-Hant", "zh-HK")
    assert len({characters(faces(tag)[1].path, faces(tag)[1].index) for tag in tags}) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_table_of_a_font_says_what_it_draws(place):
    face = faces("ja")[place]
    font = ImageFont.truetype(face.path, 24, face.index, layout_engine=ImageFont.Layout.BASIC)
    nothing = bytes(font.getmask("\uffff"))
    for char in set(SAMPLES) - set(" \u200d\u202e"):
        assert (ord(char) in characters(face.path, face.index)) == (bytes(font.getmask(char)) != nothing), char


def test_the_plan_finds_missing_what_the_step_refuses():
    assert missing_glyphs(SAMPLES) == missing(plain(SAMPLES), "ja") == ["😀", "ส", "ว", "\u0e31", "א", "𝄞"]
