"""`still` on drawn images: lengths, and where the camera is."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw


@pytest.fixture
def cross(painting):
    """White lines through the middle of black, and edges in red."""
    image = Image.new("RGB", (320, 180), "black")
    pen = ImageDraw.Draw(image)
    pen.rectangle((140, 0, 179, 179), fill="white")
    pen.rectangle((0, 0, 15, 179), fill="red")
    return painting("cross.png", image)


def bar(made, number):
    """Where the white bar is in the middle row, as (first, end), to a quarter of a pixel's brightness."""
    row = [made.pixel(number, x, made.size[1] // 2)[2] for x in range(made.size[0])]
    whole = [x for x, value in enumerate(row) if value > 128]
    return whole[0], whole[-1] + 1


def test_it_lasts_as_long_as_it_should_in_the_images_size(cross, work, watch):
    made = watch(work("still", image=cross, seconds=0.6))
    assert (made.size, made.rate, made.sound) == ((320, 180), 25, None)
    assert made.times == [Fraction(number, 25) for number in range(15)]


def test_it_begins_with_the_whole_image_and_zooms_in(cross, work, watch):
    made = watch(work("still", image=cross, seconds=1, amount=50))
    assert made.pixel(0, 4, 90)[0] > 200
    assert abs((bar(made, 0)[1] - bar(made, 0)[0]) - 40) <= 2
    assert abs((bar(made, 24)[1] - bar(made, 24)[0]) - 60) <= 2
    assert made.pixel(24, 4, 90)[0] < 60


def test_zooming_out_ends_with_the_whole_image(cross, work, watch):
    made = watch(work("still", image=cross, seconds=0.6, amount=50, move="zoom-out"))
    widths = [bar(made, number)[1] - bar(made, number)[0] for number in range(15)]
    assert widths == sorted(widths, reverse=True)
    assert abs(widths[0] - 60) <= 2
    assert abs(widths[-1] - 40) <= 2


@pytest.mark.parametrize(("move", "direction"), [("pan-right", -1), ("pan-left", 1)])
def test_a_pan_goes_all_the_way_evenly(cross, work, watch, move, direction):
    made = watch(work("still", image=cross, seconds=1, amount=50, move=move))
    middles = [sum(bar(made, number)) / 2 for number in range(25)]
    assert abs(middles[-1] - middles[0] - direction * 160) <= 3
    steps = [direction * (after - before) for before, after in pairwise(middles)]
    assert all(abs(step - 160 / 24) <= 1.1 for step in steps)


@pytest.mark.parametrize(("move", "first", "last"), [("pan-down", 0, 1), ("pan-up", 1, 0)])
def test_a_pan_up_or_down_goes_from_edge_to_edge(painting, work, watch, move, first, last):
    image = Image.new("RGB", (160, 160), "black")
    ImageDraw.Draw(image).rectangle((0, 0, 159, 7), fill="white")
    made = watch(work("still", image=painting("top.png", image), seconds=0.4, amount=40, move=move))
    top = [made.pixel(number, 80, 3)[0] > 128 for number in (0, len(made.times) - 1)]
    assert top == [bool(last), bool(first)]


def test_the_camera_moves_by_parts_of_pixels(cross, work, watch):
    made = watch(work("still", image=cross, seconds=2, amount=4, move="pan-right", fps=10))
    edges = [sum(made.pixel(number, x, 90)[2] for x in range(100, 200)) for number in range(20)]
    lefts = [sum(made.pixel(number, x, 90)[2] for x in range(100, 160)) for number in range(20)]
    assert max(edges) - min(edges) < 3 * 255
    assert all(after > before for before, after in pairwise(lefts))


def test_without_a_move_every_picture_is_the_image(cross, work, watch):
    made = watch(work("still", image=cross, seconds=0.2, move="none"))
    assert [bar(made, number) for number in range(5)] == [(140, 180)] * 5


def test_shape_and_frame_rate_can_be_given(cross, work, watch):
    made = watch(work("still", image=cross, seconds=0.5, aspect_ratio="9:16", fit="crop", fps=23.976))
    assert (made.size, made.rate, len(made.times)) == ((180, 320), Fraction(24000, 1001), 12)
    assert bar(made, 0)[0] > 20


def test_an_image_of_another_shape_is_an_error_that_names_both_sizes(cross, refused):
    assert refused("still", image=cross, size="180x320") == (
        "error: `image` (`cross.png`) is 320x180, but `size` makes the frame 180x320 [size-mismatch]\n"
        "  help: say `fit: pad` for black bars or `fit: crop` to cut its edges"
    )


def test_an_image_lying_on_its_side_is_set_upright(painting, work, watch):
    lying = Image.Exif()
    lying[0x112] = 6
    upright = painting("lying.jpg", Image.new("RGB", (160, 80), "orange"), exif=lying, quality=95)
    assert watch(work("still", image=upright, seconds=0.04)).size == (80, 160)


def test_colours_stay_what_they_were(painting, work, watch):
    for name, options in (("c.png", {}), ("c.jpg", {"quality": 100, "subsampling": 0}), ("c.webp", {"quality": 100})):
        made = watch(
            work("still", image=painting(name, Image.new("RGB", (64, 64), (200, 120, 40)), **options), seconds=0.04)
        )
        assert all(abs(a - b) <= 4 for a, b in zip(made.pixel(0, 32, 32), (200, 120, 40), strict=True))


def test_the_same_image_gives_the_same_bytes(cross, work):
    assert len({work("still", image=cross, seconds=0.4).read_bytes() for _ in range(2)}) == 1
