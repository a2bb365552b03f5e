"""The main views at three widths in both themes beside pictures of them that a person has looked at.

`GOLDEN=write make test-browser` makes the pictures in `golden/` anew: look at them before they are committed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

GOLDEN = Path(__file__).parent / "golden"
KEPT, COMPARED = 480, 96
"""Pixels across: of the pictures that are kept, and of those that are compared, in which no letter is told from another."""


def small(picture: Image.Image, width: int) -> Image.Image:
    size = width, round(picture.height * width / picture.width)
    return picture.convert("RGB").resize(size, Image.Resampling.BOX)


def difference(page: Any, name: str) -> float:
    """How far a page is from its golden picture: 0 is the same, 255 black beside white."""
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        seen = small(shot, KEPT)
    place = GOLDEN / f"{name}.jpg"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        seen.save(place, quality=80)
    with Image.open(place) as golden:
        found = ImageChops.difference(small(seen, COMPARED), small(golden, COMPARED))
    return max(ImageStat.Stat(found).mean)


SIZES = [(390, 844), (1280, 800), (2560, 1440)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_main_views_look_as_they_were_approved(
    aurora: Path, window: Callable[..., Any], until: Callable[..., None], width: int, height: int, dark: bool
) -> None:
    page = window(width=width, height=height, dark=dark, reduced_motion="reduce").page
    page.goto((aurora / "previews" / "index.html").as_uri())
    until(page, "document.querySelector('.cell img')?.naturalWidth > 0")
    name = f"{width}-{'dark' if dark else 'light'}"
    found = {"page": difference(page, f"page-{name}")}

    page.evaluate("callsheetGallery.open('captioned[look=dawn,language=de]')")
    until(page, "document.querySelector('#screen video').readyState > 1")
    found["lightbox"] = difference(page, f"lightbox-{name}")
    page.evaluate("callsheetGallery.close()")
    for language in ("en", "de"):
        page.get_by_role("checkbox", name=f"Compare captioned[look=dawn,language={language}]").check()
    page.get_by_role("button", name="Compare 2").click()
    until(page, "[...document.querySelectorAll('#panes video')].every((one) => one.readyState > 1)")
    page.get_by_role("slider", name="Position").fill("2")
    until(page, "[...document.querySelectorAll('#panes video')].every((one) => !one.seeking && one.currentTime > 1.9)")
    found["comparison"] = difference(page, f"comparison-{name}")

    assert {view: off for view, off in found.items() if off > 6} == {}
