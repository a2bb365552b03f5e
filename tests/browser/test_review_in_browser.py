"""Choosing takes in a real browser: by keyboard alone, beside somebody else, and while a run goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

FIRST, SECOND = "hero[look=dawn,take=1]", "hero[look=dawn,take=2]"
AFTER_A_PICK = "The next run would make 1 local step: at no cost."


@pytest.fixture
def review(table: Path, reviewing: Callable[..., Any]) -> Any:
    return reviewing(table, "pipeline.yaml", "--simulate")


def _opened(watched: Any, review: Any) -> Any:
    watched.page.goto(review.link)
    watched.page.wait_for_url(f"http://{review.authority}/")
    watched.page.wait_for_selector("#next-words")
    return watched.page


def _cell(page: Any, instance: str) -> Any:
    """A cell, which is only drawn once it comes near the view."""
    page.evaluate("(id) => { window.callsheetGallery.reveal(id); }", instance)
    return page.locator(f".cell[data-id='{instance}']")


def _picks(table: Path) -> dict[str, Any]:
    lines = (table / "pipeline.preview.picks.yaml").read_text("utf-8").splitlines()
    records = [line.partition(": ") for line in lines[2:]]
    return {of: json.loads(record) for of, _, record in records}


def _focus(page: Any, instance: str, most: int = 120) -> None:
    """Press Tab until a clip has the focus, as somebody without a pointer would."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.closest('.cell[data-id]')?.dataset.id ?? ''")
        if at == instance and page.evaluate("document.activeElement.matches('.open')"):
            return
    raise AssertionError(f"{instance} can't be reached by Tab")


def test_a_take_is_picked_by_keyboard_and_the_plan_follows(
    table: Path, review: Any, watched: Any, callsheet: Callable[..., str]
) -> None:
    page = _opened(watched, review)
    assert page.inner_text("#next-words") == "The next run would make nothing: all is there."

    _focus(page, SECOND)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog#viewer[open]")
    page.keyboard.press("p")
    expect(page.locator("#next-words")).to_contain_text("local step")

    picked = _picks(table)["hero[look=dawn]"]
    assert (picked["take"], len(picked["key"]), len(picked["sha256"])) == ("2", 64, 1)
    assert page.inner_text("#next-words") == AFTER_A_PICK
    assert page.get_by_role("status").filter(has_text="Picked take 2").inner_text() == (
        f"Picked take 2 of hero[look=dawn]. {AFTER_A_PICK}"
    )
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#viewer[open]", state="detached")
    assert _cell(page, SECOND).get_by_role("button", name=f"Pick {SECOND}").get_attribute("aria-pressed") == "true"

    callsheet("run", "pipeline.yaml", "--simulate", folder=table)
    expect(page.locator("#next-words")).to_contain_text("all is there")
    assert watched.complaints == []


def test_nothing_is_asked_of_anybody_else_and_nothing_is_refused(review: Any, watched: Any) -> None:
    page = _opened(watched, review)
    _cell(page, FIRST).locator(".open").click()
    assert watched.plays("dialog video") > 1

    assert [url for url in watched.requests if not url.startswith((f"http://{review.authority}/", "data:"))] == []
    assert watched.complaints == []


def test_takes_are_compared_beside_what_the_next_run_would_do(review: Any, watched: Any) -> None:
    page = _opened(watched, review)
    for one in (FIRST, SECOND):
        _cell(page, one).get_by_role("checkbox", name=f"Compare {one}").check()

    page.get_by_role("button", name="Compare 2").click()

    assert page.locator("#panes video").count() == 2
    assert watched.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_the_page_of_a_review(review: Any, window: Callable[..., Any], dark: bool) -> None:
    looked = window(dark=dark, reduced_motion="reduce")
    page = _opened(looked, review)
    _cell(page, SECOND).locator(".open").focus()
    page.keyboard.press("p")
    expect(page.locator("#next-words")).to_contain_text("local step")

    assert looked.violations() == []
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog#viewer[open]")
    assert looked.violations() == []


def test_what_is_said_of_a_take_is_kept_and_inert(table: Path, review: Any, watched: Any) -> None:
    page = _opened(watched, review)
    _cell(page, FIRST).locator(".open").focus()
    page.keyboard.press("x")
    page.wait_for_selector(f".cell[data-id='{FIRST}'].is-rejected")
    page.keyboard.press("Enter")
    words = '<img src=x onerror="window.owned = 1"> \u202egnp'
    page.get_by_label("Why it is rejected").fill(words)
    page.get_by_label("Why it is rejected").press("Enter")
    page.wait_for_selector(f".cell[data-id='{FIRST}'] .said-of", state="attached")

    assert _picks(table)["hero[look=dawn]"] == {"rejected": {"1": words}}
    assert page.locator(f".cell[data-id='{FIRST}'] .said-of").text_content() == f"Rejected: {words}"
    assert page.evaluate("window.owned") is None
    assert watched.complaints == []


def test_two_reviewers_see_each_other_and_lose_nothing(
    table: Path, review: Any, reviewing: Callable[..., Any], window: Callable[..., Any]
) -> None:
    one = _opened(window(), review)
    other = _opened(window(), reviewing(table, "pipeline.yaml", "--simulate"))

    _cell(one, SECOND).locator(".open").focus()
    one.keyboard.press("p")
    _cell(other, SECOND).locator(".picks[aria-pressed=true]").wait_for()
    _cell(other, FIRST).locator(".open").focus()
    other.keyboard.press("p")
    _cell(one, FIRST).locator(".picks[aria-pressed=true]").wait_for()
    _cell(other, "hero[look=studio,take=2]").locator(".open").focus()
    other.keyboard.press("p")
    _cell(one, "hero[look=studio,take=2]").locator(".picks[aria-pressed=true]").wait_for()

    assert {of: pick["take"] for of, pick in _picks(table).items()} == {
        "hero[look=dawn]": "1",
        "hero[look=studio]": "2",
    }


@pytest.fixture
def running(table: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a run of the campaign, which is ended with the test if it has not ended by itself."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "callsheet", "run", "pipeline.yaml", "--simulate"]
        started.append(subprocess.Popen(command, cwd=table, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def test_a_run_beside_is_shown_as_it_goes_on(
    table: Path, review: Any, window: Callable[..., Any], running: Callable[[], Any]
) -> None:
    path = table / "pipeline.yaml"
    text = path.read_text("utf-8")
    assert "packaging unchanged" in text
    path.write_text(text.replace("packaging unchanged", "label in focus"), "utf-8")
    watched = window()
    page = _opened(watched, review)
    assert page.inner_text("#next-words").startswith("The next run would make 4 renders and ")
    assert page.inner_text("#next-words").endswith("0.64 USD if it were not simulated.")
    stale = _cell(page, FIRST).get_by_text("stale", exact=True)
    stale.wait_for()

    run = running()
    page.wait_for_selector(".run-now progress", timeout=60_000)
    page.wait_for_selector(f".cell[data-id='{FIRST}'].is-running, .cell[data-id='{SECOND}'].is-running", timeout=60_000)
    stale.wait_for(state="detached", timeout=60_000)
    assert run.wait(60) == 0
    expect(page.locator("#next-words")).to_contain_text("all is there")
    _cell(page, FIRST).locator(".open").click()
    assert watched.plays("dialog video") > 1
    assert watched.complaints == []
