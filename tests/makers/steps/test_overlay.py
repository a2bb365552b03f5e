"""`overlay` on small real films: where, how large, how clear and when."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

RED, BLUE, LIME = (255, 0, 0), (0, 0, 255), (0, 255, 0)


def near(one, other, by=14):
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.fixture
def logo(painting):
    return painting("logo.png", Image.new("RGB", (40, 20), BLUE))


def box(made, number=0):
    """The box of what is blue, in pixels."""
    width, height = made.size
    found = [(x, y) for x in range(width) for y in range(height) if made.pixel(number, x, y)[2] > 128]
    return (
        min(x for x, _ in found),
        min(y for _, y in found),
        max(x for x, _ in found) + 1,
        max(y for _, y in found) + 1,
    )


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        ("top-left", (10, 10)), ("top", (80, 10)), ("top-right", (150, 10)),
        ("left", (10, 40)), ("middle", (80, 40)), ("right", (150, 40)),
        ("bottom-left", (10, 70)), ("bottom", (80, 70)), ("bottom-right", (150, 70)),
    ],
)  # fmt: skip
def test_an_image_stands_at_its_position_in_its_size(film, work, watch, logo, position, corner):
    clip = film("a.mp4", "200x100", seconds=0.04)
    made = watch(work("overlay", video=clip, image=logo, position=position, size=20, margin=10))
    assert box(made) == (*corner, corner[0] + 40, corner[1] + 20)


def test_without_options_it_is_a_logo_in_the_upper_right_corner(film, work, watch, logo):
    made = watch(work("overlay", video=film("a.mp4", "200x100", seconds=0.04), image=logo))
    left, top, right, bottom = box(made)
    assert (right - left, bottom - top) == (40, 20)
    assert (200 - right, top) == (4, 4)


def test_an_image_is_never_larger_than_the_frame(film, work, watch, painting):
    tall = painting("tall.png", Image.new("RGB", (20, 80), BLUE))
    made = watch(work("overlay", video=film("a.mp4", "200x100", seconds=0.04), image=tall, size=100, position="middle"))
    assert box(made) == (88, 0, 112, 100)


@pytest.mark.parametrize(("opacity", "colour"), [(100, BLUE), (50, (128, 0, 127)), (0, RED)])
def test_opacity_lets_the_clip_shine_through(film, work, watch, logo, opacity, colour):
    clip = film("a.mp4", "200x100", seconds=0.04)
    made = watch(work("overlay", video=clip, image=logo, position="middle", opacity=opacity))
    assert near(made.pixel(0, 100, 50), colour)
    assert near(made.pixel(0, 20, 20), RED)


def test_what_is_transparent_in_an_image_stays_so(film, work, watch, painting):
    ring = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    ImageDraw.Draw(ring).rectangle((0, 0, 19, 39), fill=(*BLUE, 255))
    made = watch(
        work("overlay", video=film("a.mp4", "200x100", seconds=0.04), image=painting("r.png", ring), position="middle")
    )
    assert near(made.pixel(0, 90, 50), BLUE)
    assert near(made.pixel(0, 112, 50), RED)


@pytest.mark.parametrize("name", ["l.jpg", "l.webp"])
def test_a_jpeg_or_webp_image_has_its_colours(film, work, watch, painting, name):
    image = painting(name, Image.new("RGB", (40, 20), BLUE), quality=95)
    made = watch(work("overlay", video=film("a.mp4", "200x100", seconds=0.04), image=image, position="middle"))
    assert near(made.pixel(0, 100, 50), BLUE)


def test_an_image_is_seen_from_its_start_to_before_its_end(film, work, watch, logo):
    made = watch(work("overlay", video=film("a.mp4"), image=logo, position="middle", start=0.2, end=0.6))
    assert [made.pixel(number, 80, 45)[2] > 128 for number in range(25)] == [False] * 5 + [True] * 10 + [False] * 10


def test_a_clip_above_begins_at_its_start_and_is_gone_when_it_ends(film, work, watch):
    above = film("above.mp4", seconds=0.4, picture="color=blue", filters="drawbox=color=lime:t=fill:enable='gte(n,5)'")
    made = watch(work("overlay", video=film("a.mp4"), clip=above, position="middle", size=50, start=0.2))
    colours = [made.pixel(number, 80, 45) for number in range(25)]
    wanted = [RED] * 5 + [BLUE] * 5 + [LIME] * 5 + [RED] * 10
    assert [near(*pair) for pair in zip(colours, wanted, strict=True)] == [True] * 25


def test_times_and_sound_are_those_of_the_clip_below(film, work, watch):
    clip = film("a.mp4", rate="24", sound="sine=d=1")
    above = film("above.mp4", rate="30", seconds=2, sound="sine=f=900:d=2")
    made, plain = watch(work("overlay", video=clip, clip=above)), watch(clip.path)
    assert made.times == plain.times
    assert made.sound == plain.sound


def test_the_same_overlay_gives_the_same_bytes(film, work, logo):
    clip = film("a.mp4", picture="testsrc", seconds=0.4)
    assert len({work("overlay", video=clip, image=logo, opacity=60).read_bytes() for _ in range(2)}) == 1


def test_what_is_laid_over_must_be_given_once_and_be_seen(film, refused, logo, painting):
    clip = film("a.mp4")
    assert refused("overlay", video=clip) == "error: `overlay` needs `image` or `clip` [step-input]"
    assert refused("overlay", video=clip, image=logo, clip=clip) == (
        "error: `overlay` takes one of `image` and `clip`, and both are given [step-input]"
    )
    assert refused("overlay", video=clip, image=logo, start=2) == (
        "error: `overlay` would be seen from 2 s to 1.00 s of `video` (`a.mp4`) [nothing-left]"
    )
    assert refused("overlay", video=clip, image=clip) == (
        "error: `image` (`a.mp4`) is video, not an image [step-input]"
    )


def test_a_broken_image_fails_and_is_named(film, refused, painting):
    broken = painting("broken.png", Image.effect_noise((64, 64), 90))
    broken.path.write_bytes(broken.path.read_bytes()[:200])
    assert refused("overlay", video=film("a.mp4"), image=broken).startswith(
        "error: `image` (`broken.png`) can't be read as an image [media-unreadable]\n"
    )
