"""Posters of any file, and the picture of a campaign."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from callsheet.makers.steps.posters import Pictured, make_posters
from callsheet.makers.steps.sheet import MOST_ROWS, WIDTH, Sheet, SheetCell, SheetSection, draw_sheet

PAPER = (245, 242, 236)


def picture(path: Path, size: tuple[int, int], colour: tuple[int, int, int] = (200, 30, 30)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def posters(*files: Pictured, folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for digest, path in asyncio.run(make_posters(files, folder)).items():
        with Image.open(path) as shown:
            found[digest] = shown.size
    return found


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1600, 900), (512, 288)), ((900, 1600), (288, 512)), ((300, 200), (300, 200)), ((4000, 10), (512, 1))],
)
def test_a_poster_fits_into_512_pixels_and_never_grows(
    tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    file = Pictured("a" * 64, picture(tmp_path / "in.png", size))

    assert posters(file, folder=tmp_path / "posters") == {"a" * 64: shown}


def test_a_file_of_which_no_picture_can_be_made_gets_no_poster_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    good = Pictured("b" * 64, picture(tmp_path / "good.png", (20, 20)))

    found = posters(Pictured("a" * 64, tmp_path / "broken.mp4", 1.0), good, folder=tmp_path / "posters")

    assert found == {"b" * 64: (20, 20)}
    assert [path.name for path in (tmp_path / "posters").iterdir()] == [f"{'b' * 64}.jpg"]


def sheet_of(tmp_path: Path, *sections: SheetSection, title: str = "boats", stamp: str = "") -> Image.Image:
    draw_sheet(Sheet(title, "Renders: 2", stamp, sections), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as opened:
        return opened.convert("RGB")


def test_a_sheet_shows_posters_in_rows_and_columns(tmp_path: Path) -> None:
    red = picture(tmp_path / "red.png", (160, 90), (255, 0, 0))
    blue = picture(tmp_path / "blue.png", (160, 90), (0, 0, 255))
    cells = (SheetCell("dawn", "", red), SheetCell("dusk", "", blue), SheetCell("night", "", red), None)

    sheet = sheet_of(tmp_path, SheetSection("shot", "a route", 2, cells, 16 / 9))

    def box(colour: tuple[int, int, int]) -> list[tuple[int, int]]:
        places = [(x, y) for x in range(0, sheet.width, 8) for y in range(0, sheet.height, 8)]
        return [place for place in places if sheet.getpixel(place) == colour]

    assert sheet.width == WIDTH
    reds, blues = box((255, 0, 0)), box((0, 0, 255))
    assert min(x for x, _ in blues) > max(x for x, _ in reds)
    assert min(y for _, y in blues) == min(y for _, y in reds)
    assert max(y for _, y in reds) > max(y for _, y in blues)


def test_a_cell_without_a_poster_says_why_in_its_place(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, SheetSection("shot", "", 1, (SheetCell("dawn", "", None, "failed"),), 16 / 9))

    assert (251, 233, 230) in {colour for _, colour in sheet.getcolors(10**7) or []}


def test_a_sheet_stays_within_bounds_whatever_there_is(tmp_path: Path) -> None:
    red = picture(tmp_path / "red.png", (90, 160))
    section = SheetSection("shot", "", 1, tuple(SheetCell("x" * 500, "", red) for _ in range(40)), 0.3)

    sheet = sheet_of(tmp_path, *[section] * 6, title="\u202eعطر 光 😀" * 60, stamp="SIMULATED PREVIEW")

    assert sheet.height < 17_000
    assert MOST_ROWS < 40
    assert sheet.getpixel((sheet.width - 1, sheet.height - 1)) == PAPER
