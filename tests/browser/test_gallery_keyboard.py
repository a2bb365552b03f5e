"""All of the gallery by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FOCUSED = "document.activeElement.closest('[data-id]')?.dataset.id"


def test_tab_leads_to_the_clips_and_arrows_walk_among_them(aurora_page: Any) -> None:
    page = aurora_page.page
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED):
            break
    assert page.evaluate(FOCUSED) == "captioned[look=dawn,language=en]"

    walked = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home"):
        page.keyboard.press(key)
        walked.append(page.evaluate(FOCUSED))

    assert walked == [
        "captioned[look=dawn,language=de]",
        "captioned[look=dawn,language=ja]",
        "captioned[look=studio,language=de]",
        "captioned[look=studio,language=en]",
        "captioned[look=dawn,language=en]",
        "spot[look=studio,language=de]",
        "captioned[look=dawn,language=en]",
    ]


def test_the_lightbox_opens_walks_and_gives_the_focus_back(aurora_page: Any) -> None:
    page = aurora_page.page
    page.locator(".cell .open").first.focus()

    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "close"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#viewer-title").inner_text() == "dawn · ja"
    assert page.evaluate("decodeURIComponent(location.hash)") == "#cell=captioned[look=dawn,language=ja]"
    page.keyboard.press("Escape")

    assert page.evaluate(FOCUSED) == "captioned[look=dawn,language=ja]"
    assert page.evaluate("location.hash") == ""


def test_clips_are_chosen_compared_and_wiped(aurora_page: Any, until: Callable[..., None]) -> None:
    page = aurora_page.page
    page.locator(".cell .open").first.focus()

    page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    page.keyboard.press("v")
    until(page, "[...document.querySelectorAll('#panes video')].every((one) => one.currentTime > 0.1)")
    page.keyboard.press(".")
    until(page, "[...document.querySelectorAll('#panes video')].every((one) => one.paused)")
    page.keyboard.press("w")

    assert page.locator(".panes.wipe").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_the_filter_opens_with_a_slash_and_closes_with_escape(aurora_page: Any, until: Callable[..., None]) -> None:
    page = aurora_page.page
    page.keyboard.press("/")
    page.keyboard.type("licht")

    until(page, "callsheetGallery.order.length === 2")
    assert page.locator("#found").inner_text() == "2 of 17 shown"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "filter-open"
    assert page.locator("#filter-count").inner_text().strip() == "2/17"


def test_help_names_the_keys_and_can_switch_the_single_ones_off(aurora_page: Any) -> None:
    page = aurora_page.page
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard").is_visible()
    page.get_by_label("Single letters and signs are shortcuts").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("/")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0
    assert page.locator("#filter").is_hidden()
    page.reload()
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0


def test_colours_are_switched_by_key_and_kept(aurora_page: Any) -> None:
    page = aurora_page.page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)

    page.keyboard.press("t")
    page.keyboard.press("t")
    dark = page.evaluate(paper)
    page.reload()

    assert (light, dark) == ("rgb(245, 242, 236)", "rgb(19, 18, 17)")
    assert page.evaluate(paper) == dark
    page.keyboard.press("t")
    assert page.evaluate(paper) == light
