"""Clips play: each in the lightbox, under the pointer, and several under one clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DRIFT = """
async (frames) => {
  const clips = [...document.querySelectorAll("#panes video")];
  const drifts = [];
  for (let frame = 0; frame < frames; frame++) {
    await new Promise(requestAnimationFrame);
    const times = clips.map((clip) => clip.currentTime);
    if (clips.every((clip) => !clip.seeking && !clip.paused)) drifts.push(Math.max(...times) - Math.min(...times));
  }
  return drifts.sort((one, two) => one - two);
}
"""


STRETCHES = 8
"""Seconds or so that a busy machine gets until it shows all clips without a stop."""
HEROES = [f"hero[look={look},take={take}]" for look in ("dawn", "studio") for take in (1, 2)]


def _compare(page: Any, instances: list[str], until: Callable[..., None]) -> None:
    for instance in instances:
        page.evaluate("(id) => { callsheetGallery.reveal(id); }", instance)
        page.get_by_role("checkbox", name=f"Compare {instance}").check()
    page.get_by_role("button", name=f"Compare {len(instances)}").click()
    until(page, "[...document.querySelectorAll('#panes video')].every((one) => one.currentTime > 0.1)")


@pytest.fixture
def compared(aurora_page: Any, until: Callable[..., None]) -> Any:
    """Aurora's gallery with the two takes of the dawn hero side by side."""
    _compare(aurora_page.page, HEROES[:2], until)
    return aurora_page


def test_every_video_of_auroras_gallery_plays_and_is_as_long_as_the_manifest_says(
    aurora: Path, aurora_page: Any, until: Callable[..., None]
) -> None:
    page = aurora_page.page
    manifest = json.loads((aurora / "previews" / "manifest.json").read_text("utf-8"))
    seconds = {entry["id"]: entry["outputs"][0]["seconds"] for entry in manifest["instances"]}
    order = page.evaluate("callsheetGallery.order")
    assert sorted(order) == sorted(seconds)

    page.locator(".cell .open").first.click()
    played = {}
    for _ in order:
        until(page, "document.querySelector('#screen video')?.currentTime > 0.15")
        played[page.evaluate("callsheetGallery.viewed")] = page.evaluate(
            "document.querySelector('#screen video').duration"
        )
        page.keyboard.press("ArrowRight")

    assert played == {name: pytest.approx(length, abs=0.06) for name, length in seconds.items()}
    assert aurora_page.complaints == []


def test_a_clip_plays_under_the_pointer_and_stops_when_it_leaves(aurora_page: Any, until: Callable[..., None]) -> None:
    page = aurora_page.page
    cell = page.locator(".cell").first
    assert page.locator(".cell video").count() == 0

    cell.locator(".open").hover()
    until(page, "document.querySelector('.cell video')?.currentTime > 0.1")
    page.locator("h1").hover()

    until(page, "!document.querySelector('.cell video')")


def test_nothing_moves_by_itself_for_those_who_want_less_motion(
    aurora: Path, window: Callable[..., Any], until: Callable[..., None]
) -> None:
    looked = window(reduced_motion="reduce")
    looked.page.goto((aurora / "previews" / "index.html").as_uri())

    looked.page.locator(".cell .open").first.hover()
    looked.page.locator(".cell .open").first.click()
    until(looked.page, "document.querySelector('#screen video').readyState > 0")

    assert looked.page.locator(".cell video").count() == 0
    assert looked.page.evaluate("document.querySelector('#screen video').paused") is True


@pytest.mark.parametrize("number", [2, 3, 4])
def test_clips_side_by_side_stay_together(aurora_page: Any, until: Callable[..., None], number: int) -> None:
    _compare(aurora_page.page, HEROES[:number], until)

    stretches = []
    while len(stretches) < STRETCHES and not (stretches and stretches[-1] < 0.04):
        drifts = aurora_page.page.evaluate(DRIFT, 60)
        stretches.append(drifts[int(len(drifts) * 0.9)] if len(drifts) > 20 else 1.0)

    assert stretches[-1] < 0.04, stretches


def test_a_clip_that_fell_behind_catches_up(compared: Any, until: Callable[..., None]) -> None:
    page = compared.page
    page.evaluate("document.querySelector('#panes video').currentTime -= 0.15")

    until(
        page,
        """((one, two) => !one.seeking && !one.paused && Math.abs(one.currentTime - two.currentTime) < 0.02)(
            ...document.querySelectorAll("#panes video"))""",
    )


def test_the_scrubber_moves_all_clips_to_one_time(compared: Any, until: Callable[..., None]) -> None:
    page = compared.page
    page.get_by_role("slider", name="Position").fill("2.5")

    until(
        page,
        "[...document.querySelectorAll('#panes video')].every((one) => !one.seeking && Math.abs(one.currentTime - 2.5) < 0.01)",
    )
    assert page.evaluate("[...document.querySelectorAll('#panes video')].every((one) => one.paused)") is True
    assert page.locator("#time").inner_text() == "2.50 / 5.00 s"
    page.get_by_role("button", name="One frame on").click()
    until(
        page, "[...document.querySelectorAll('#panes video')].every((one) => Math.abs(one.currentTime - 2.54) < 0.01)"
    )


def test_two_clips_can_be_wiped_one_over_the_other(compared: Any) -> None:
    page = compared.page
    page.get_by_role("button", name="Wipe").click()
    page.get_by_role("slider", name="Wipe: how much of A is seen").fill("25")

    assert (
        page.evaluate("getComputedStyle(document.querySelector('.wipe .frame')).clipPath") == "inset(0px 75% 0px 0px)"
    )
    one, two = (page.locator(".wipe video").nth(place).bounding_box() for place in (0, 1))
    assert one == two


def test_one_clip_at_a_time_is_heard(compared: Any) -> None:
    page = compared.page
    muted = "[...document.querySelectorAll('#panes video')].map((one) => one.muted)"
    assert page.evaluate(muted) == [True, True]

    page.get_by_role("button", name="Sound of hero[look=dawn,take=2]").click()
    assert page.evaluate(muted) == [True, False]
    page.get_by_role("button", name="Sound of hero[look=dawn,take=1]").click()
    assert page.evaluate(muted) == [False, True]


def test_a_page_with_its_media_in_it_plays_from_anywhere(
    aurora: Path, tmp_path: Path, callsheet: Callable[..., str], watched: Any, until: Callable[..., None]
) -> None:
    callsheet("gallery", "pipeline.yaml", "--simulate", "--single-file", folder=aurora)
    alone = tmp_path / "sent.html"
    alone.write_bytes((aurora / "previews" / "gallery.html").read_bytes())
    page = watched.page
    page.goto(alone.as_uri())

    page.locator(".cell .open").first.click()
    until(page, "document.querySelector('#screen video').currentTime > 0.1")

    shown = "[...document.querySelectorAll('.cell img')].filter((one) => one.complete && one.naturalWidth > 0).length"
    until(page, f"{shown} > 2")
    assert [url for url in watched.requests if not url.startswith((alone.as_uri(), "blob:", "data:"))] == []
    assert watched.complaints == []
