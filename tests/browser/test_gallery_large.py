"""A campaign of 5,000 clips: only what is near the view is in the page, and all of it can be reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callsheet.report.gallery import write_gallery

LOOKS, LANGUAGES = ("dawn", "studio", "night", "noon", "rain"), ("en", "de", "ja", "ar")


def entry(number: int, sku: str, look: str, language: str) -> dict[str, Any]:
    failed = number % 97 == 5
    output = {
        "name": "image", "path": f"spot/{number}.png", "sha256": f"{number:064x}", "bytes": 1000,
        "media_type": "image/png", "width": 160, "height": 90, "seconds": None,
    }  # fmt: skip
    return {
        "id": f"spot[sku={sku},look={look},language={language}]",
        "node": "spot",
        "axes": {"sku": sku, "look": look, "language": language},
        "run": "run-1",
        "state": "failed" if failed else "succeeded",
        "kind": "route",
        "route": "wan-ai/wan-2-7/text-to-video",
        "intent": None,
        "intent_why": None,
        "seed": 7,
        "key": f"{number:064x}",
        "request_id": f"request-{number}",
        "shared_with": None,
        "input": {"prompt": f"The {sku} on a ledge above the sea, {look} light, packaging unchanged, {language}."},
        "defaults": [],
        "needs": [],
        "cost_usd": None if failed else 0.5,
        "seconds": 2.0,
        "outputs": [] if failed else [output],
        "error": {"code": "x", "message": "the provider refused it", "hint": None} if failed else None,
        "warnings": [],
    }


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page of 250 products by five looks by four languages."""
    combinations = [(f"s{sku:03}", look, language) for sku in range(250) for look in LOOKS for language in LANGUAGES]
    manifest = {
        "manifest_version": 1,
        "callsheet": "0",
        "pipeline": "catalogue",
        "description": None,
        "provider": "runcomfy",
        "run": "run-1",
        "status": "failed",
        "nodes": [
            {"name": "spot", "description": None, "axes": ["sku", "look", "language"], "takes": None, "needs": [], "deliverable": True}
        ],
        "instances": [entry(number, *one) for number, one in enumerate(combinations)],
        "earlier": [],
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("catalogue")
    return write_gallery(Path(folder), manifest).as_uri()


@pytest.fixture
def page(catalogue: str, watched: Any) -> Any:
    watched.page.goto(catalogue)
    return watched.page


def test_of_5000_cells_those_near_the_view_are_drawn(page: Any, until: Callable[..., None]) -> None:
    assert page.evaluate("callsheetGallery.order.length") == 5000
    until(page, "document.querySelectorAll('.cell').length > 8")
    assert page.locator(".cell").count() < 120

    page.evaluate("scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' })")
    middle = """[...document.querySelectorAll('.cell')].some((cell) => {
        const { top, bottom } = cell.getBoundingClientRect();
        return top < innerHeight && bottom > 0;
    })"""
    until(page, middle)
    until(page, "document.querySelectorAll('.cell').length < 120")


def test_the_page_is_as_long_as_it_will_be_before_it_is_drawn(page: Any, until: Callable[..., None]) -> None:
    before = page.evaluate("document.documentElement.scrollHeight")
    for part in (0.2, 0.6, 0.9):
        page.evaluate(f"scrollTo({{ top: document.documentElement.scrollHeight * {part}, behavior: 'instant' }})")
        until(page, "document.querySelectorAll('.cell').length > 8")

    assert page.evaluate("document.documentElement.scrollHeight") == pytest.approx(before, rel=0.05)


def test_the_last_cell_is_reached_by_one_key_and_opened(page: Any) -> None:
    page.locator(".cell .open").first.focus()
    page.keyboard.press("End")
    last = "spot[sku=s249,look=rain,language=ar]"
    assert page.evaluate("document.activeElement.closest('[data-id]').dataset.id") == last

    page.keyboard.press("Enter")

    assert page.evaluate("callsheetGallery.viewed") == last


def test_a_filter_finds_one_in_5000(page: Any, until: Callable[..., None]) -> None:
    page.keyboard.press("/")
    page.keyboard.type("s123 night ja")
    until(page, "callsheetGallery.order.length === 1")
    assert page.evaluate("callsheetGallery.order") == ["spot[sku=s123,look=night,language=ja]"]

    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="failed", exact=True).click()
    assert page.locator("#found").inner_text() == "52 of 5,000 shown"


def test_a_change_of_one_cell_draws_that_cell_alone(page: Any, until: Callable[..., None]) -> None:
    until(page, "document.querySelectorAll('.cell').length > 8")
    drawn = page.evaluate(
        """() => {
            const drawn = [];
            document.addEventListener("callsheet:cell-shown", ({ detail }) => drawn.push(detail.id));
            const [one] = callsheetGallery.order;
            callsheetGallery.change([{ id: one, state: "cached" }, { id: callsheetGallery.order[4000], state: "cached" }]);
            return drawn;
        }"""
    )

    assert drawn == ["spot[sku=s000,look=dawn,language=en]"]
