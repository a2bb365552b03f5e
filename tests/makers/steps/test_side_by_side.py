"""`side_by_side` on small real films."""

from __future__ import annotations

import math

import pytest

RED, BLUE, LIME, BLACK = (255, 0, 0), (0, 0, 255), (0, 255, 0), (0, 0, 0)


def near(one, other):
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def pitch(sound, hertz):
    step = 2 * math.cos(2 * math.pi * hertz / 48000)
    before = last = 0.0
    for sample in sound:
        before, last = last, sample + step * last - before
    return math.sqrt(max(0.0, before * before + last * last - step * before * last)) * 2 / len(sound)


@pytest.fixture
def three(film):
    return [
        film("a.mp4", seconds=0.4, sound="sine=f=440:d=0.4"),
        film("b.mp4", seconds=0.8, rate="30", picture="color=blue", sound="sine=f=1000:d=0.8"),
        film("c.mp4", seconds=0.6, picture="color=lime", filters="drawbox=color=black:t=fill:enable='gte(n,14)'"),
    ]


@pytest.mark.parametrize(
    ("direction", "size", "places"),
    [("row", (480, 90), [(80, 45), (240, 45), (400, 45)]), ("column", (160, 270), [(80, 45), (80, 135), (80, 225)])],
)
def test_clips_play_in_their_order_in_a_row_or_column(three, work, watch, direction, size, places):
    made = watch(work("side_by_side", clips=three, direction=direction))
    assert (made.size, made.rate, len(made.times)) == (size, 25, 20)
    for place, colour in zip(places, (RED, BLUE, LIME), strict=True):
        assert near(made.pixel(5, *place), colour)


def test_a_clip_that_ends_earlier_holds_its_last_picture(three, work, watch):
    made = watch(work("side_by_side", clips=three))
    assert [near(made.pixel(number, 80, 45), RED) for number in (9, 10, 19)] == [True] * 3
    assert [near(made.pixel(number, 400, 45), BLACK) for number in (13, 14, 19)] == [False, True, True]


def test_it_can_end_with_the_shortest(three, work, watch):
    made = watch(work("side_by_side", clips=three, until="shortest"))
    assert len(made.times) == 10
    assert abs(len(made.sound) - 19200) < 1100


@pytest.mark.parametrize(("audio", "pitches"), [("first", (True, False)), ("mix", (True, True))])
def test_the_first_sound_is_heard_or_all(three, work, watch, audio, pitches):
    sound = watch(work("side_by_side", clips=three, audio=audio)).sound[2400:16800]
    assert (pitch(sound, 440) > 0.05, pitch(sound, 1000) > 0.05) == pitches


def test_no_sound_when_none_is_wanted_or_there(three, film, work, watch):
    assert watch(work("side_by_side", clips=three, audio="none")).sound is None
    assert watch(work("side_by_side", clips=[film("x.mp4"), film("y.mp4")])).sound is None


def test_clips_of_other_shapes_are_fitted_into_the_cell(film, work, watch, refused):
    clips = [film("a.mp4", seconds=0.08), film("tall.mp4", "90x160", seconds=0.08, picture="color=blue")]
    made = watch(work("side_by_side", clips=clips, fit="pad", size="100x100"))
    assert made.size == (200, 100)
    assert [
        near(made.pixel(0, *at), colour)
        for at, colour in (((50, 50), RED), ((50, 5), BLACK), ((150, 50), BLUE), ((110, 50), BLACK))
    ] == [True] * 4
    assert refused("side_by_side", clips=clips) == (
        "error: `clips[1]` (`tall.mp4`) is 90x160, but `clips[0]` (`a.mp4`) makes the frame 160x90 [size-mismatch]\n"
        "  help: say `fit: pad` for black bars or `fit: crop` to cut its edges"
    )


def test_one_clip_or_too_many_pixels_are_errors(film, refused):
    clip = film("a.mp4", seconds=0.04)
    assert refused("side_by_side", clips=[clip]) == (
        "error: `clips` of `side_by_side` needs at least two videos [step-input]"
    )
    assert refused("side_by_side", clips=[clip] * 3, size="4096x2160", fit="crop") == (
        "error: 3 cells of 4096x2160 in a row make 12288x2160, the most is 8192 [step-input]\n"
        "  help: give a smaller `size`; it is that of one cell"
    )


def test_the_same_clips_give_the_same_bytes(three, work):
    assert len({work("side_by_side", clips=three, audio="mix").read_bytes() for _ in range(2)}) == 1
