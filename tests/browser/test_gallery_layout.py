"""What the gallery shows, how it is laid out and changed, and what scripts beside it can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TROUBLE = """\
callsheet: 1
name: trouble
seed: 7
axes:
  look: [dawn, dusk]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A boat at {{ look }}. شفق", duration: 2, resolution: 720p}
  spot:
    step: loop
    over: [look]
    input: {video: "{{ nodes.shot.video }}", seconds: 3}
"""
IDS = "[...document.querySelectorAll('#node-{} .line')].map(({{ line }}) => line.places.map(({{ cell }}) => cell.id))"


@pytest.fixture
def hero(aurora_page: Any) -> Any:
    """Aurora's gallery at the grid of the hero, looks down and takes across."""
    aurora_page.page.evaluate("callsheetGallery.reveal('hero[look=studio,take=1]') && null")
    return aurora_page.page


def test_takes_stand_side_by_side_and_rows_are_told_by_their_axis(hero: Any) -> None:
    assert hero.evaluate(IDS.format("hero")) == [
        ["hero[look=dawn,take=1]", "hero[look=dawn,take=2]"],
        ["hero[look=studio,take=1]", "hero[look=studio,take=2]"],
    ]
    assert hero.locator("#node-hero .col-head").all_inner_texts() == ["TAKE 1", "TAKE 2"]
    assert hero.locator("#node-hero .row-head").last.inner_text() == "LOOK\nstudio"


def test_rows_and_columns_are_swapped_and_grouped_on_demand(hero: Any) -> None:
    hero.get_by_role("button", name="hero: swap rows and columns").click()
    assert hero.evaluate(IDS.format("hero")) == [
        ["hero[look=dawn,take=1]", "hero[look=studio,take=1]"],
        ["hero[look=dawn,take=2]", "hero[look=studio,take=2]"],
    ]
    assert hero.evaluate("document.activeElement.dataset.control") == "swap"

    hero.get_by_role("combobox", name="hero: groups").select_option("take")
    hero.evaluate(
        "callsheetGallery.reveal('hero[look=dawn,take=1]') && callsheetGallery.reveal('hero[look=dawn,take=2]') && null"
    )
    assert hero.locator("#node-hero .group").all_inner_texts() == ["TAKE 1", "TAKE 2"]
    hero.get_by_role("combobox", name="hero: columns").select_option("")
    assert hero.evaluate(IDS.format("hero")) == [
        ["hero[look=dawn,take=1]", "hero[look=studio,take=1]"],
        ["hero[look=dawn,take=2]", "hero[look=studio,take=2]"],
    ]
    assert hero.locator("#node-hero .col-head").count() == 0


def test_what_differs_from_the_neighbour_is_marked_in_the_prompt(hero: Any) -> None:
    marked = hero.locator('[data-id="hero[look=studio,take=1]"] mark').all_inner_texts()

    assert marked == ["seamless white sweep, one large softbox from camera left"]


def test_a_combination_that_the_campaign_leaves_out_has_its_place(aurora_page: Any) -> None:
    absent = aurora_page.page.locator("#node-captioned .absent")

    assert absent.all_inner_texts() == ["not in this campaign\n\nja"]


def test_filters_by_node_axis_and_text_are_combined(aurora_page: Any, until: Callable[..., None]) -> None:
    page = aurora_page.page
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("button", name="captioned", exact=True).click()
    page.get_by_role("button", name="de", exact=True).click()
    order = "callsheetGallery.order"
    assert page.evaluate(order) == ["captioned[look=dawn,language=de]", "captioned[look=studio,language=de]"]

    page.get_by_role("searchbox").first.fill("STUDIO caption")
    until(page, f"{order}.length === 1")
    assert page.locator("#found").inner_text() == "1 of 17 shown"
    page.get_by_role("searchbox").first.fill("no such words")
    until(page, f"{order}.length === 0")
    assert page.get_by_text("Nothing here matches the filter.").is_visible()
    page.get_by_role("button", name="Show all").click()
    assert len(page.evaluate(order)) == 17


def test_the_way_it_was_made_is_a_picture_that_leads_there(aurora_page: Any) -> None:
    page = aurora_page.page
    page.evaluate("callsheetGallery.open('captioned[look=dawn,language=en]')")
    boxes = page.locator(".subgraph g title").all_text_contents()
    assert sorted(boxes) == [
        "assets/bottle.png",
        "assets/voiceover-en.wav",
        "captioned[look=dawn,language=en]",
        "hero[look=dawn,take=1]",
        "spokesperson[language=en]",
        "spot[look=dawn,language=en]",
    ]

    page.get_by_role("button", name="Show hero[look=dawn,take=1]").click()

    assert page.evaluate("callsheetGallery.viewed") == "hero[look=dawn,take=1]"


def test_everything_known_of_a_clip_is_beside_it(aurora: Path, aurora_page: Any) -> None:
    page = aurora_page.page
    page.evaluate("callsheetGallery.open('hero[look=dawn,take=2]')")
    cell = page.evaluate("callsheetGallery.cell('hero[look=dawn,take=2]')")
    told = page.locator("#details-body").inner_text()

    for value in (
        cell["prompt"],
        cell["seed"],
        cell["route"],
        cell["request_id"],
        cell["key"],
        cell["outputs"][0]["sha256"],
    ):
        assert str(value) in told
    assert "0.50 USD, had it been charged" in told
    assert page.locator("#details-body .prompt mark").all_inner_texts() == [
        "stone ledge above the sea, warm sunrise rim light"
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", ["lightbox", "comparison", "help", "filter"])
def test_axe_finds_nothing_in_what_opens(aurora: Path, window: Callable[..., Any], view: str, dark: bool) -> None:
    looked = window(dark=dark, reduced_motion="reduce")
    looked.page.goto((aurora / "previews" / "index.html").as_uri())
    looked.page.evaluate("document.querySelector('#totals').open = true")
    if view == "lightbox":
        looked.page.evaluate("callsheetGallery.open('captioned[look=dawn,language=ja]')")
    elif view == "comparison":
        looked.page.get_by_role("checkbox", name="Compare captioned").first.check()
        looked.page.get_by_role("checkbox", name="Compare captioned").nth(1).check()
        looked.page.get_by_role("button", name="Compare 2").click()
    elif view == "help":
        looked.page.keyboard.press("?")
    else:
        looked.page.keyboard.press("/")

    assert looked.violations() == []


def test_failed_and_blocked_cells_are_shown_with_the_reason(
    tmp_path: Path, callsheet: Callable[..., str], watched: Any
) -> None:
    (tmp_path / "pipeline.yaml").write_text(TROUBLE, encoding="utf-8")
    callsheet("run", "pipeline.yaml", "--simulate", folder=tmp_path)
    callsheet("gallery", "pipeline.yaml", "--simulate", folder=tmp_path)
    page = watched.page
    page.goto((tmp_path / "previews" / "index.html").as_uri())

    error = {"code": "x", "message": "refused <b>by</b> the provider", "hint": "change the prompt"}
    page.evaluate(
        """(error) => callsheetGallery.change([
            {id: "shot[look=dawn]", state: "failed", error, outputs: []},
            {id: "spot[look=dawn]", state: "blocked", error: {message: "waits for shot[look=dawn]"}, outputs: []},
            {id: "shot[look=dusk]", stale: true, picked: true},
        ])""",
        error,
    )

    failed = page.locator('.cell[data-id="shot[look=dawn]"]')
    assert failed.locator(".box").inner_text() == "Failed\nrefused <b>by</b> the provider\nchange the prompt"
    assert page.locator('.cell[data-id="spot[look=dawn]"] .box').inner_text() == "Blocked\nwaits for shot[look=dawn]"
    assert page.locator('.cell[data-id="shot[look=dusk]"] .badge').all_inner_texts() == ["picked", "stale"]
    assert page.locator('.cell[data-id="shot[look=dusk]"] .text').get_attribute("dir") == "auto"
    failed.locator(".open").click()
    assert page.locator(".verdict-line").inner_text() == "Failed\nrefused <b>by</b> the provider\nchange the prompt"
    assert page.locator("#screen").inner_text() == "Failed\nrefused <b>by</b> the provider"
    assert watched.violations() == []
    assert watched.complaints == []


def test_a_clip_by_a_fallback_says_what_was_tried_before(aurora_page: Any) -> None:
    page = aurora_page.page
    one = "captioned[look=dawn,language=de]"
    error = {"code": "render-failed", "message": "the API failed `hero`", "hint": None}
    tried = {"route": "a/b/first", "key": "0" * 64, "request_id": "request-1", "cost_usd": 0.25, "error": error}
    fields = {"route": "a/b/second", "own_route": "a/b/first", "before": [tried]}
    page.evaluate("([id, fields]) => callsheetGallery.change([{ id, ...fields }])", [one, fields])

    assert page.locator(f'.cell[data-id="{one}"] .badge').inner_text() == "by fallback"
    page.evaluate("(id) => callsheetGallery.open(id)", one)
    told = page.locator("#details-body").inner_text()
    assert "Instead of\na/b/first" in told
    assert "TRIED BEFORE\nRoute\na/b/first\nFailed\nthe API failed hero\nCost\n0.25 USD\nRequest\nrequest-1" in told


def test_rows_with_nothing_to_look_at_are_as_high_as_their_words(aurora_page: Any) -> None:
    page = aurora_page.page
    ids = [f"captioned[look=studio,language={language}]" for language in ("en", "de")]
    held = {
        "state": "held",
        "outputs": [],
        "error": {"code": "unpicked", "message": "waits for a pick of `hero[look=studio]`"},
    }
    page.evaluate("([ids, held]) => callsheetGallery.change(ids.map((id) => ({ id, ...held })))", [ids, held])
    page.get_by_role("button", name="captioned: swap rows and columns").click()
    page.get_by_role("button", name="captioned: swap rows and columns").click()
    page.evaluate("(id) => { callsheetGallery.reveal(id); }", ids[0])

    box = page.locator(f'.cell[data-id="{ids[0]}"] .box')
    assert box.inner_text() == "Held for a pick\nwaits for a pick of hero[look=studio]"
    assert box.locator("code").inner_text() == "hero[look=studio]"
    assert box.bounding_box()["height"] < 160


def test_scripts_beside_the_page_hear_of_cells_and_have_a_place_for_buttons(aurora_page: Any) -> None:
    page = aurora_page.page
    heard = page.evaluate(
        """() => {
            const heard = [];
            for (const name of ["callsheet:cell-shown", "callsheet:lightbox", "callsheet:lightbox-closed", "callsheet:updated"]) {
                document.addEventListener(name, ({ detail }) => heard.push([name, detail.id ?? detail.ids, detail.actions?.dataset.id]));
            }
            callsheetGallery.change([{ id: "captioned[look=dawn,language=en]", state: "cached" }]);
            callsheetGallery.open("captioned[look=dawn,language=de]");
            callsheetGallery.close();
            const of = ([, id]) => String(id).startsWith("captioned[look=dawn,");  // others are drawn as they come near
            return new Promise((done) => setTimeout(() => done(heard.filter(of)), 50));
        }"""
    )

    en, de = (f"captioned[look=dawn,language={language}]" for language in ("en", "de"))
    assert heard == [
        ["callsheet:cell-shown", en, en],
        ["callsheet:updated", [en], None],
        ["callsheet:lightbox", de, de],
        ["callsheet:lightbox-closed", de, None],
    ]
    assert page.locator(f'.cell[data-id="{en}"] .badge').inner_text() == "cached"


def test_other_data_take_the_place_of_these_and_the_lightbox_plays_on(
    aurora_page: Any, until: Callable[..., None]
) -> None:
    page = aurora_page.page
    page.evaluate("callsheetGallery.open('captioned[look=dawn,language=de]')")
    until(page, "document.querySelector('#screen video').currentTime > 0.1")
    page.evaluate("document.querySelector('#screen video').dataset.mine = 'yes'")

    page.evaluate(
        """() => {
            const { byId, byNode, axes, ...data } = callsheetGallery.data;
            const cells = data.cells.map((cell) => cell.id === "captioned[look=dawn,language=de]" ? { ...cell, picked: true } : cell);
            callsheetGallery.update({ ...data, facts: [["Deliverables", "6", "captioned"]], cells });
        }"""
    )

    assert page.locator("#facts").inner_text() == "DELIVERABLES\n6\ncaptioned"
    assert page.locator("#details-body .badge").inner_text() == "picked"
    assert page.evaluate("document.querySelector('#screen video').dataset.mine") == "yes"


def test_printing_shows_every_cell(aurora_page: Any) -> None:
    page = aurora_page.page
    assert page.locator(".cell[data-id]").count() < 17

    page.pdf()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".cell[data-id]").count() == 17


def test_an_address_leads_to_a_clip(aurora: Path, watched: Any) -> None:
    place = (aurora / "previews" / "index.html").as_uri()
    watched.page.goto(f"{place}#cell=hero%5Blook%3Ddawn%2Ctake%3D2%5D")

    assert watched.page.evaluate("callsheetGallery.viewed") == "hero[look=dawn,take=2]"


def test_a_clip_that_comes_in_while_one_looks_takes_its_place_without_moving_the_focus(aurora_page: Any) -> None:
    page = aurora_page.page
    one = "captioned[look=dawn,language=de]"
    outputs = page.evaluate(f"callsheetGallery.cell('{one}').outputs")
    box = page.locator(f'.cell[data-id="{one}"] .box')
    change = "([id, fields]) => callsheetGallery.change([{ id, ...fields }])"
    page.evaluate(change, [one, {"state": "queued", "queue_position": 3, "outputs": []}])
    assert box.inner_text() == "In the queue, place 3"
    page.locator(f'.cell[data-id="{one}"] .open').focus()

    page.evaluate(change, [one, {"state": "running", "queue_position": None}])
    assert box.inner_text() == "Rendering"
    page.evaluate(change, [one, {"state": "succeeded", "outputs": outputs}])

    assert box.locator("img").count() == 1
    assert page.evaluate("document.activeElement.closest('[data-id]').dataset.id") == one


def test_an_update_under_a_filter_leaves_what_is_shown_in_place(aurora_page: Any, until: Callable[..., None]) -> None:
    page = aurora_page.page
    page.keyboard.press("/")
    page.keyboard.type("dawn captioned")
    until(page, "callsheetGallery.order.length === 3 && document.querySelector('.cell')")
    page.evaluate("document.querySelector('.cell').dataset.same = 'yes'")

    page.evaluate("callsheetGallery.change([{ id: callsheetGallery.order[1], picked: true }])")

    assert page.evaluate("document.querySelector('.cell').dataset.same") == "yes"
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.locator(".badge.picked").count() == 1
