from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from callsheet.plan.job import Plan
from callsheet.problems import DataFault
from callsheet.report.gallery import gallery_html, write_gallery
from callsheet.report.gallery_view import link, page_of
from callsheet.report.manifest import manifest_document
from callsheet.run.outcome import State

VOID = {"meta", "link", "img", "br", "input"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202eevil"


class Page(HTMLParser):
    """A page taken apart; a tag that is closed out of turn is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def attributes(self, name: str) -> list[str]:
        return [values[name] for _, values in self.tags if name in values]


def manifest_of(plan: Plan, make: SimpleNamespace, folder: Path = Path("/out"), **more: Any) -> dict[str, Any]:
    return manifest_document(folder, plan, make.outcome(plan, folder, **more))


def test_a_gallery_is_one_page_beside_the_files_it_links_to(
    tmp_path: Path, aurora: Plan, make: SimpleNamespace
) -> None:
    outcome = make.outcome(aurora, tmp_path)
    for one in outcome.instances:
        one.outputs[0].path.parent.mkdir(parents=True, exist_ok=True)
        one.outputs[0].path.write_bytes(b"clip")

    place = write_gallery(tmp_path, manifest_document(tmp_path, aurora, outcome))

    assert place == tmp_path / "index.html"
    links = [urlsplit(source) for source in Page(place.read_text()).attributes("src")]
    assert len(links) == 17
    assert {(one.scheme, one.netloc) for one in links} == {("", "")}
    assert {(tmp_path / unquote(one.path)).read_bytes() for one in links} == {b"clip"}


def test_a_gallery_asks_nothing_of_any_network(aurora: Plan, make: SimpleNamespace) -> None:
    html = gallery_html(manifest_of(make.plan([one for one in aurora.jobs if one.node != "spokesperson"]), make))

    assert re.findall(r"https?:", html) == []
    assert re.findall(r"@import|url\(", html) == []


def test_the_policy_of_the_page_allows_its_own_style_and_script_alone(aurora: Plan, make: SimpleNamespace) -> None:
    page = Page(gallery_html(manifest_of(aurora, make)))
    policy = next(values["content"] for _, values in page.tags if values.get("http-equiv"))

    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    style = "".join(page.texts["style"])
    script = next(text for text in page.texts["script"] if text.startswith('"use strict"'))
    assert policy == (
        "default-src 'none'; img-src 'self' file: data:; media-src 'self' file:; "
        f"style-src {source(style)}; script-src {source(script)}; base-uri 'none'; form-action 'none'"
    )
    assert page.attributes("style") == []
    assert [name for _, values in page.tags for name in values if name.startswith("on")] == []


def test_hostile_texts_are_inert(make: SimpleNamespace) -> None:
    one = make.job(
        "hero",
        {"look": HOSTILE},
        input={"prompt": HOSTILE, HOSTILE: HOSTILE},
        publish='a"><script>b</script>/c#d?e.mp4',
        warnings=(HOSTILE,),
        intent=HOSTILE,
        intent_why=HOSTILE,
    )
    other = make.job("hero", {"look": "x"}, needs=(HOSTILE,))
    plan = make.plan([one, other], name=HOSTILE, description=HOSTILE)
    error = make.error(HOSTILE, HOSTILE, HOSTILE)
    plain = make.plan([make.job("hero", {"look": "x"}), make.job("hero", {"look": "y"})], description="d")

    hostile = Page(gallery_html(manifest_of(plan, make, states={other.id: {"state": State.failed, "error": error}})))
    tags = [tag for tag, _ in hostile.tags]

    assert tags.count("script") == 2
    assert tags.count("img") == 0
    assert {name for _, values in hostile.tags for name in values} - {"dir"} <= {
        name for _, values in Page(gallery_html(manifest_of(plain, make))).tags for name in values
    }
    data = json.loads(next(text for text in hostile.texts["script"] if text.startswith("{")))
    assert data["cells"][0]["prompt"] == HOSTILE
    assert data["cells"][0]["outputs"][0]["href"] == "a%22%3E%3Cscript%3Eb%3C/script%3E/c%23d%3Fe.mp4"


def test_texts_that_turn_the_direction_of_reading_are_kept_apart(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {"look": "\u202eevil"}, input={"prompt": "عطر \u202e"})])
    html = gallery_html(manifest_of(plan, make))

    assert '<bdi dir="auto">\u202eevil</bdi>' in html
    assert '<p class="text" dir="auto">عطر \u202e</p>' in html


def test_deliverables_come_first_and_each_node_is_a_grid_by_its_axes(aurora: Plan, make: SimpleNamespace) -> None:
    page = page_of(manifest_of(aurora, make))

    assert [(section.node, section.deliverable) for section in page.sections] == [
        ("captioned", True),
        ("hero", False),
        ("spokesperson", False),
        ("spot", False),
    ]
    captioned, hero, spokesperson, _ = page.sections
    assert (captioned.column_axis, captioned.columns) == ("language", ("en", "de", "ja"))
    assert [(row.labels, [cell.id for cell in row.cells]) for row in captioned.rows] == [
        ((("look", "dawn"),), [f"captioned[look=dawn,language={language}]" for language in ("en", "de", "ja")]),
        (
            (("look", "studio"),),
            ["captioned[look=studio,language=en]", "captioned[look=studio,language=de]", ""],
        ),
    ]
    absent = captioned.rows[1].cells[2]
    assert (absent.number, absent.label, absent.said) == (None, "ja", "not in this campaign")
    assert [cell.label for cell in hero.rows[0].cells] == ["take 1", "take 2"]
    assert (spokesperson.columns, [cell.label for cell in spokesperson.rows[0].cells]) == ((), ["en", "de", "ja"])
    numbers = [cell.number for part in page.sections for row in part.rows for cell in row.cells if cell.id]
    assert numbers == list(range(17))


def test_a_node_without_axes_is_a_single_cell_with_its_name(make: SimpleNamespace) -> None:
    page = page_of(manifest_of(make.plan([make.job("intro", {})]), make))

    assert [(cell.id, cell.label) for cell in page.sections[0].rows[0].cells] == [("intro", "intro")]


def test_the_header_says_what_there_is_and_what_it_cost(aurora: Plan, make: SimpleNamespace) -> None:
    states = {
        "hero[look=dawn,take=2]": {"state": State.failed, "error": make.error("x", "no")},
        "captioned[look=dawn,language=ja]": {"state": State.held, "error": make.error("x", "waits")},
        "hero[look=studio,take=2]": {"shared_with": "hero[look=studio,take=1]"},
    }
    plan = make.plan(list(aurora.jobs), provider="runcomfy")

    assert page_of(manifest_of(aurora, make)).facts == (
        ("Deliverables", "5", "captioned"),
        ("Renders", "7", "on 2 routes"),
        ("Local steps", "10", "made here, free"),
        ("Would cost", "3.50 USD", "nothing was charged"),
    )
    assert page_of(manifest_of(plan, make, states=states)).facts == (
        ("Deliverables", "4/5", "captioned"),
        ("Renders", "5", "on 2 routes"),
        ("Local steps", "9", "made here, free"),
        ("Cost", "2.50 USD", "as charged"),
        ("Open", "2", "1 failed, 1 held"),
    )


def test_a_simulated_campaign_is_marked_as_a_preview(aurora: Plan, make: SimpleNamespace) -> None:
    paid = make.plan(list(aurora.jobs), provider="runcomfy")

    assert "<strong>Simulated preview</strong>" in gallery_html(manifest_of(aurora, make))
    assert "Simulated preview" not in gallery_html(manifest_of(paid, make))


def test_what_has_no_file_is_shown_with_the_reason(aurora: Plan, make: SimpleNamespace) -> None:
    states = {
        "hero[look=dawn,take=1]": {"state": State.failed, "error": make.error("x", "refused", "change the prompt")},
        "spot[look=dawn,language=en]": {"state": State.blocked, "error": make.error("x", "waits for hero")},
        "hero[look=dawn,take=2]": {"outputs": ()},
    }
    page = page_of(manifest_of(aurora, make, states=states))
    cells = {cell.id: cell for section in page.sections for row in section.rows for cell in row.cells}
    shown = [(cells[name].word, cells[name].said, cells[name].hint, cells[name].href) for name in states]

    assert shown == [
        ("Failed", "refused", "change the prompt", ""),
        ("Blocked", "waits for hero", "", ""),
        ("Nothing published", "", "", ""),
    ]


def test_boxes_have_the_shape_of_their_pictures_before_they_are_loaded(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {"take": take}) for take in ("1", "2", "3")])
    manifest = manifest_of(plan, make, states={"hero[take=3]": State.failed})
    manifest["instances"][0]["outputs"][0] |= {"width": 360, "height": 640, "seconds": 3.0}
    manifest["instances"][1]["outputs"][0] |= {"width": 360, "height": 640}
    page = page_of(manifest)

    assert page.sections[0].shape == "tall"
    assert [(cell.ratio, cell.fact) for cell in page.sections[0].rows[0].cells] == [
        ("r360x640", "0.50 USD · 3.0 s"),
        ("r360x640", "0.50 USD"),
        ("r360x640", ""),
    ]
    assert ".r360x640 { aspect-ratio: 360 / 640; }" in gallery_html(manifest)


def test_pictures_sounds_and_several_files_have_their_own_place(make: SimpleNamespace) -> None:
    manifest = manifest_of(make.plan([make.job("still", {}), make.job("voice", {})]), make)
    still, voice = (entry["outputs"] for entry in manifest["instances"])
    still[0] |= {"media_type": "image/png", "path": "still.png"}
    still.append({**still[0], "path": "still-2.png", "name": "image-2"})
    voice[0] |= {"media_type": "audio/wav", "path": "voice.wav"}
    html = gallery_html(manifest)

    assert '<img class="media" src="still.png" alt="" loading="lazy" decoding="async">' in html
    assert '<span class="more">+1</span>' in html
    assert '<svg class="media wave"' in html


def test_a_page_of_many_videos_loads_only_those_near_the_view(make: SimpleNamespace) -> None:
    for number, preload in ((60, "metadata"), (61, "none")):
        plan = make.plan([make.job("hero", {"look": f"l{place}"}) for place in range(number)])
        page = Page(gallery_html(manifest_of(plan, make)))

        assert page.attributes("preload") == [preload] * number
        assert ("data-many" in dict(page.tags)["main"]) == (number == 61)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("aurora/hero/look=dawn,take=1.mp4", "aurora/hero/look=dawn,take=1.mp4"),
        ("javascript:alert(1)/x.mp4", "javascript%3Aalert(1)/x.mp4"),
        ("50%/a b#c?d.mp4", "50%25/a%20b%23c%3Fd.mp4"),
        ("光/عطر.mp4", "%E5%85%89/%D8%B9%D8%B7%D8%B1.mp4"),
    ],
)
def test_a_path_becomes_a_relative_address(path: str, address: str) -> None:
    assert link(path) == address


def test_a_page_that_is_someone_elses_is_left_alone(tmp_path: Path, aurora: Plan, make: SimpleNamespace) -> None:
    (tmp_path / "index.html").write_text("<h1>My site</h1>")

    with pytest.raises(DataFault) as caught:
        write_gallery(tmp_path, manifest_of(aurora, make))

    assert str(caught.value) == (
        "error: `index.html` in the output folder was not written by callsheet and is left as it is "
        "[gallery-in-the-way]\n  help: move it away, or choose another folder with --output-dir"
    )
    assert (tmp_path / "index.html").read_text() == "<h1>My site</h1>"


def test_a_gallery_is_written_over_an_older_one_of_ours(tmp_path: Path, aurora: Plan, make: SimpleNamespace) -> None:
    write_gallery(tmp_path, manifest_of(aurora, make))
    write_gallery(tmp_path, manifest_of(make.plan(list(aurora.jobs), name="second"), make))

    assert "<title>second</title>" in (tmp_path / "index.html").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_cost_that_the_provider_did_not_say_is_unknown_on_the_page(aurora: Plan, make: SimpleNamespace) -> None:
    plan = make.plan(list(aurora.jobs), provider="runcomfy")
    renders = [job.id for job in plan.jobs if job.kind == "route"]
    none = {name: {"cost_usd": None} for name in renders}

    assert page_of(manifest_of(plan, make, states=none)).facts[3] == ("Cost", "price unknown", "as charged")
    assert page_of(manifest_of(plan, make, states={renders[0]: {"cost_usd": None}})).facts[3] == (
        "Cost", "3.00 USD + 1 at an unknown price", "as charged",
    )  # fmt: skip
