"""`contact_sheet` on small real films and drawn images: cells where they belong, and labels below them."""

from __future__ import annotations

import pytest
from PIL import Image

PAPER = (24, 24, 27)


def near(one, other):
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


@pytest.fixture
def five(film):
    colours = ("red", "blue", "lime", "orange", "white")
    return [film(f"{colour}.mp4", seconds=0.2, picture=f"color={colour}") for colour in colours]


def page(path):
    with Image.open(path) as image:
        return image.convert("RGB")


def letters(image, box):
    """How many pixels of a box are bright: ink."""
    return sum(1 for pixel in image.crop(box).convert("L").tobytes() if pixel > 120)


def test_cells_stand_in_rows_in_their_order(five, take):
    image = page(take("contact_sheet", clips=five, cell_width=160))
    assert image.size == (3 * 168 + 8, 2 * 98 + 8)
    wanted = [(255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 165, 0), (255, 255, 255)]
    found = [image.getpixel((8 + 168 * (place % 3) + 80, 8 + 98 * (place // 3) + 45)) for place in range(5)]
    assert [near(*pair) for pair in zip(found, wanted, strict=True)] == [True] * 5
    assert near(image.getpixel((8 + 168 * 2 + 80, 8 + 98 + 45)), PAPER)
    assert near(image.getpixel((4, 4)), PAPER)


def test_columns_can_be_given(five, take):
    assert page(take("contact_sheet", clips=five, cell_width=160, columns=5)).size == (5 * 168 + 8, 98 + 8)
    assert page(take("contact_sheet", clips=five, cell_width=160, columns=50)).size == (5 * 168 + 8, 98 + 8)


def test_of_a_clip_its_middle_picture_is_shown(film, take):
    clip = film("a.mp4", filters="drawbox=color=blue:t=fill:enable='between(n,12,12)'")
    image = page(take("contact_sheet", clips=[clip], cell_width=160))
    assert near(image.getpixel((88, 53)), (0, 0, 255))


def test_images_come_first_and_are_shown_whole(painting, film, take):
    tall = painting("tall.png", Image.new("RGB", (50, 100), "blue"))
    wide = painting("wide.jpg", Image.new("RGB", (200, 100), "orange"), quality=95)
    clip = film("a.mp4", seconds=0.08)
    image = page(take("contact_sheet", images=[wide, tall], clips=[clip], columns=3, cell_width=200))
    assert near(image.getpixel((12, 60)), (255, 165, 0))
    assert near(image.getpixel((210 + 10 + 100, 60)), (0, 0, 255))
    assert near(image.getpixel((210 + 10 + 70, 60)), (39, 39, 42))
    assert near(image.getpixel((2 * 210 + 10 + 100, 60)), (254, 0, 0))


@pytest.mark.parametrize("text", ["look=dawn, take=1", "朝の光", "ضوء الصباح"], ids=["latin", "japanese", "arabic"])
def test_a_label_stands_below_its_cell(five, take, text):
    image = page(take("contact_sheet", clips=five[:2], labels=[text, ""], cell_width=320, columns=2))
    below = 16 + 180
    assert letters(image, (16, below, 336, image.height)) > 60
    assert letters(image, (352, below, 672, image.height)) == 0


def test_a_long_label_is_wrapped_inside_its_cell(five, take):
    long = ", ".join(f"axis{number}=value{number}" for number in range(6))
    image = page(take("contact_sheet", clips=five[:2], labels=[long, "x"], cell_width=160, columns=2))
    assert letters(image, (8, 98, 168, image.height)) > 200
    assert letters(image, (168, 98, 176, image.height)) == 0
    assert image.height > 98 + 3 * 10


def test_labels_must_be_as_many_as_cells(five, refused):
    assert refused("contact_sheet", clips=five, labels=["a", "b"]) == (
        "error: `labels` of `contact_sheet` has 2 texts, and there are 5 cells [step-input]\n"
        "  help: give one text for each cell, or `labels: []` for none"
    )
    assert refused("contact_sheet", clips=five[:1], labels=["\U0001f600"]) == (
        "error: `labels` of `contact_sheet` has characters that no font here can draw: `\U0001f600` (U+1F600) "
        "[missing-glyphs]"
    )


def test_a_sheet_of_nothing_or_too_large_is_an_error(five, refused):
    assert refused("contact_sheet") == "error: `contact_sheet` needs `images` or `clips` [step-input]"
    assert refused("contact_sheet", clips=five * 3, columns=15, cell_width=1920) == (
        "error: the sheet would be 30336x1272 pixels, the most is 16384 a side [step-too-large]\n"
        "  help: lower `cell_width`, or change `columns`"
    )


def test_the_same_cells_give_the_same_bytes(five, take):
    labels = ["1", "2", "3", "4", "朝"]
    assert len({take("contact_sheet", clips=five, labels=labels).read_bytes() for _ in range(2)}) == 1


def test_a_broken_clip_among_many_is_named(five, media, refused, tmp_path):
    (tmp_path / "odd.mp4").write_bytes(b"")
    assert refused("contact_sheet", clips=[*five, media(tmp_path / "odd.mp4")]) == (
        "error: `clips[5]` (`odd.mp4`) can't be read as video [media-unreadable]\n"
        "  help: the decoder says: moov atom not found"
    )
