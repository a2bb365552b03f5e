"""`reframe` on small real films: what of the picture is kept, and where."""

from __future__ import annotations

import pytest

RED, BLUE, LIME, BLACK = (255, 0, 0), (0, 0, 255), (0, 255, 0), (0, 0, 0)
BANDS = "drawbox=x=0:y=0:w=iw/3:h=ih:color=lime:t=fill,drawbox=x=iw*2/3:y=0:w=iw/3:h=ih:color=blue:t=fill"


def near(one, other):
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("shape", "size"),
    [("9:16", (90, 160)), ("1:1", (90, 90)), ("16:9", (160, 90)), ("4:5", (90, 112)), ("2:1", (180, 90))],
)
@pytest.mark.parametrize("fit", ["crop", "pad", "blur"])
def test_a_shape_keeps_the_shorter_side_whatever_the_fit(film, work, watch, fit, shape, size):
    made = watch(work("reframe", video=film("a.mp4", "160x90", seconds=0.08), aspect_ratio=shape, fit=fit))
    assert made.size == size
    assert len(made.times) == 2


@pytest.mark.parametrize(("focus", "colour"), [(0, LIME), (16, LIME), (50, RED), (84, BLUE), (100, BLUE)])
def test_crop_keeps_the_focus(film, work, watch, focus, colour):
    clip = film("a.mp4", "180x60", seconds=0.04, filters=BANDS)
    made = watch(work("reframe", video=clip, size="60x60", focus_x=focus))
    assert all(near(made.pixel(0, x, y), colour) for x in (4, 30, 55) for y in (2, 57))


def test_crop_keeps_a_focus_from_top_to_bottom(film, work, watch):
    halves = "drawbox=x=0:y=0:w=iw:h=ih/2:color=blue:t=fill"
    clip = film("a.mp4", "60x120", seconds=0.04, filters=halves)
    assert near(watch(work("reframe", video=clip, size="60x60", focus_y=0)).pixel(0, 30, 55), BLUE)
    assert near(watch(work("reframe", video=clip, size="60x60", focus_y=100)).pixel(0, 30, 4), RED)


def test_pad_shows_the_whole_clip_between_black_bars(film, work, watch):
    made = watch(work("reframe", video=film("a.mp4", "180x60", seconds=0.04, filters=BANDS), size="90x90", fit="pad"))
    found = [made.pixel(0, *place) for place in ((45, 5), (45, 84), (10, 45), (45, 45), (80, 45))]
    assert [near(*pair) for pair in zip(found, (BLACK, BLACK, LIME, RED, BLUE), strict=True)] == [True] * 5


def test_blur_shows_the_whole_clip_before_its_own_blurred_picture(film, work, watch):
    made = watch(work("reframe", video=film("a.mp4", "180x60", seconds=0.04, filters=BANDS), size="90x90", fit="blur"))
    found = [made.pixel(0, *place) for place in ((10, 45), (45, 45), (80, 45), (45, 5), (45, 84))]
    assert [near(*pair) for pair in zip(found, (LIME, RED, BLUE, RED, RED), strict=True)] == [True] * 5


def test_times_and_sound_stay_as_they_were(film, work, watch):
    clip = film(
        "a.mp4", rate="24", sound="sine=d=1", filters="select='not(between(n,5,11))'", encode=("-fps_mode", "vfr")
    )
    made, plain = watch(work("reframe", video=clip, aspect_ratio="1:1", fit="blur")), watch(clip.path)
    assert made.times == plain.times
    assert made.sound == plain.sound


def test_the_same_reframing_gives_the_same_bytes(film, work):
    clip = film("a.mp4", picture="testsrc", seconds=0.4)
    assert len({work("reframe", video=clip, aspect_ratio="9:16", fit="blur").read_bytes() for _ in range(2)}) == 1


def test_a_frame_must_be_asked_for_in_one_way(film, refused):
    clip = film("a.mp4", seconds=0.04)
    assert refused("reframe", video=clip) == "error: `reframe` needs `aspect_ratio` or `size` [step-input]"
    assert refused("reframe", video=clip, size="90x90", aspect_ratio="1:1") == (
        "error: `reframe` takes one of `size` and `aspect_ratio`, and both are given [step-input]"
    )
    assert refused("reframe", video=clip, aspect_ratio="1:99") == (
        "error: `aspect_ratio` of `reframe` must be W:H from 1:10 to 10:1, not `1:99` [step-input]"
    )
