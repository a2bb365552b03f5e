"""`caption` on small real films: where its pixels are, what stays untouched, and what it refuses."""

from __future__ import annotations

import asyncio

import pytest
from PIL import ImageChops

from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.caption import safe_area
from callsheet.makers.steps.table import StepMaker

JAPANESE = "朝の光を、ひと瓶に。"
ARABIC = "ضوء الصباح في زجاجة"


def changed(made, plain, picture=0):
    """The box of the pixels that a caption changed, as (left, top, right, bottom)."""
    difference = ImageChops.difference(made.pictures[picture], plain.pictures[picture]).convert("L")
    return difference.point([255 if value > 40 else 0 for value in range(256)]).getbbox()


def failure(order):
    with pytest.raises(StepFailed) as caught:
        asyncio.run(StepMaker().make(order, None))
    assert list(order.folder.iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize("text", ["Light that stays with you", JAPANESE, ARABIC], ids=["latin", "japanese", "arabic"])
@pytest.mark.parametrize("size", ["640x360", "360x360", "360x640"])
def test_every_letter_is_inside_the_safe_area(film, work, watch, size, text):
    clip = film("a.mp4", size, seconds=0.08, picture="color=orange")
    box = changed(watch(work("caption", video=clip, text=text)), watch(clip.path))
    width, height = map(int, size.split("x"))
    area = safe_area(width, height, None)
    assert area.left <= box[0] < box[2] <= area.right
    assert height / 2 < box[1] < box[3] <= area.bottom
    assert abs((box[0] + box[2]) / 2 - width / 2) <= 3


def test_tall_frames_keep_clear_of_what_apps_cover():
    assert safe_area(1080, 1920, None).bottom == 1517
    assert safe_area(1080, 1920, None).top == 269
    assert safe_area(1920, 1080, None).bottom == 1015
    assert safe_area(1920, 1080, 10).bottom == 972


@pytest.mark.parametrize(("position", "middle"), [("top", 0.13), ("middle", 0.5), ("bottom", 0.86)])
def test_the_text_stands_at_its_position(film, work, watch, position, middle):
    clip = film("a.mp4", "320x320", seconds=0.08, picture="color=orange")
    _, top, _, bottom = changed(watch(work("caption", video=clip, text="Hello", position=position)), watch(clip.path))
    assert abs((top + bottom) / 2 / 320 - middle) < 0.04


def test_the_text_is_there_from_the_first_picture_to_the_last(film, work, watch):
    clip = film("a.mp4", "320x180", seconds=1, picture="color=orange")
    made, plain = watch(work("caption", video=clip, text="Hello")), watch(clip.path)
    assert len({changed(made, plain, picture) for picture in (0, 12, 24)}) == 1


def test_letters_and_panel_have_the_colours_asked_for(film, work, watch):
    clip = film("a.mp4", "640x360", seconds=0.08, picture="color=black")
    made = watch(work("caption", video=clip, text="■■■■", size=20, color="#FF0000", background="#0000FF"))
    colours = {made.pixel(0, x, y) for x in range(0, 640, 2) for y in range(200, 340, 2)}
    assert any(red > 240 and green < 15 and blue < 15 for red, green, blue in colours)
    assert any(red < 15 and green < 15 and blue > 240 for red, green, blue in colours)


def test_without_a_panel_only_letters_and_their_shadow_are_drawn(film, work, watch):
    clip = film("a.mp4", "640x360", seconds=0.08, picture="color=white")
    with_panel, bare = (
        watch(work("caption", video=clip, text="I\n\nI", **options)) for options in ({}, {"background": "none"})
    )
    left, top, right, bottom = changed(with_panel, watch(clip.path))
    assert with_panel.pixel(0, left + 4, (top + bottom) // 2)[0] < 120
    assert bare.pixel(0, left + 4, (top + bottom) // 2)[0] > 250
    assert changed(bare, watch(clip.path)) is not None
    assert right - left < 60


def test_times_of_pictures_and_the_sound_stay_as_they_were(film, work, watch):
    clip = film("a.mp4", rate="24", sound="sine=d=1")
    made, plain = watch(work("caption", video=clip, text="Hello")), watch(clip.path)
    assert made.times == plain.times
    assert made.sound == plain.sound


def test_uneven_frame_times_stay_as_they_were(film, work, watch):
    clip = film("a.mp4", filters="select='not(between(n,5,11))'", encode=("-fps_mode", "vfr"))
    plain = watch(clip.path).times
    assert len(plain) == 18
    assert watch(work("caption", video=clip, text="Hello")).times == plain


def test_sound_that_an_mp4_can_not_hold_as_it_is_becomes_aac(film, work, watch):
    clip = film("a.mov", sound="sine=f=440:d=1", encode=("-c:a", "pcm_s16le"))
    assert abs(len(watch(work("caption", video=clip, text="Hello")).sound) - 48000) < 1500


def test_a_film_without_sound_stays_without(film, work, watch):
    assert watch(work("caption", video=film("a.mp4", seconds=0.2), text="Hello")).sound is None


def test_the_same_caption_gives_the_same_bytes(film, work):
    clip = film("a.mp4", "320x180", picture="testsrc", sound="sine=d=1")
    once, again = (work("caption", video=clip, text=f"Hello, {JAPANESE} {ARABIC}").read_bytes() for _ in range(2))
    assert once == again


HOSTILE = [r"{\an8}x", "100%{pts}", 'it\'s "q"', r"a\Nb", "[0:v];x", "%{eif:1}", "file:/x,drawtext=y", "<b>x</b>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_is_markup(film, work, watch, text):
    clip = film("a.mp4", "640x360", seconds=0.08, picture="color=orange")
    box = changed(watch(work("caption", video=clip, text=text)), watch(clip.path))
    assert box[1] > 180


def test_direction_overrides_and_controls_are_left_out(film, work):
    clip = film("a.mp4", "320x180", seconds=0.2)
    marked = work("caption", video=clip, text="\u202eab\u2066c\x07\x00\ufeff").read_bytes()
    assert marked == work("caption", video=clip, text="abc").read_bytes()


def test_a_character_that_no_font_has_is_an_error_that_names_it(film, order):
    assert failure(order("caption", video=film("a.mp4"), text="Good 😀 สวัส")) == (
        "error: `text` of `caption` has characters that no font here can draw: `😀` (U+1F600), `ส` (U+0E2A), "
        "`ว` (U+0E27), `ั` (U+0E31) [missing-glyphs]\n"
        "  help: captions are drawn in Latin, Greek, Cyrillic, Devanagari, Arabic, Chinese, Japanese and Korean"
    )


def test_a_text_of_nothing_visible_is_an_error(film, order):
    assert failure(order("caption", video=film("a.mp4"), text=" \n\u202e ")) == (
        "error: `text` of `caption` is empty [caption-empty]"
    )


def test_a_text_that_does_not_fit_is_an_error_not_an_overflow(film, order):
    assert failure(order("caption", video=film("a.mp4", "160x90"), text="word " * 99, size=20)) == (
        "error: the text of 494 characters doesn't fit into 144x81 pixels of a 160x90 frame [caption-too-long]\n"
        "  help: shorten the text, or lower `size` or `margin`"
    )


def test_a_colour_that_is_none_is_an_error(film, order):
    assert failure(order("caption", video=film("a.mp4"), text="x", color="red")) == (
        "error: `color` of `caption` must be a colour such as `#FFFFFF` or `#00000099`, not `red` [step-input]"
    )
