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
from callsheet.report.gallery_view import link, page_data
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


def policy_of(page: Page) -> str:
    return next(values["content"] for _, values in page.tags if values.get("http-equiv"))


def source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def data_in(page: Page) -> dict[str, Any]:
    return json.loads(next(text for text in page.texts["script"] if text.startswith("{")))


def test_a_gallery_is_one_page_beside_the_files_it_links_to(
    tmp_path: Path, aurora: Plan, make: SimpleNamespace
) -> None:
    outcome = make.outcome(aurora, tmp_path)
    for one in outcome.instances:
        one.outputs[0].path.parent.mkdir(parents=True, exist_ok=True)
        one.outputs[0].path.write_bytes(b"clip")

    place = write_gallery(tmp_path, manifest_document(tmp_path, aurora, outcome))

    assert place == tmp_path / "index.html"
    cells = data_in(Page(place.read_text()))["cells"]
    links = [urlsplit(output["href"]) for cell in cells for output in cell["outputs"]]
    assert len(links) == 17
    assert {(one.scheme, one.netloc) for one in links} == {("", "")}
    assert {(tmp_path / unquote(one.path)).read_bytes() for one in links} == {b"clip"}


def test_a_gallery_asks_nothing_of_any_network(aurora: Plan, make: SimpleNamespace) -> None:
    html = gallery_html(manifest_of(make.plan([one for one in aurora.jobs if one.node != "spokesperson"]), make))

    assert set(re.findall(r"https?:[^\"]*", html)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"@import|url\(|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource", html) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", html) == []


def test_the_policy_of_the_page_allows_its_own_style_and_script_alone(aurora: Plan, make: SimpleNamespace) -> None:
    page = Page(gallery_html(manifest_of(aurora, make)))

    style = "".join(page.texts["style"])
    script = next(text for text in page.texts["script"] if text.startswith("// Making elements."))
    assert policy_of(page) == (
        "default-src 'none'; img-src 'self' file: data:; media-src 'self' file:; "
        f"style-src {source(style)}; script-src {source(script)}; base-uri 'none'; form-action 'none'"
    )
    assert page.attributes("style") == []
    assert [name for _, values in page.tags for name in values if name.startswith("on")] == []


def test_a_page_that_is_served_has_scripts_beside_its_own_and_may_ask_its_own_server(
    aurora: Plan, make: SimpleNamespace
) -> None:
    more = "window.callsheetGallery.update({});"
    html = gallery_html(manifest_of(aurora, make), extra_style=".pick { color: red; }", extra_script=more, served=True)
    page = Page(html)

    style = "".join(page.texts["style"])
    assert style.endswith(".pick { color: red; }")
    scripts = [text for text in page.texts["script"] if not text.startswith("{")]
    assert scripts[1:] == [more]
    assert policy_of(page) == (
        "default-src 'none'; img-src 'self' data:; media-src 'self'; "
        f"style-src {source(style)}; script-src {source(scripts[0])} {source(more)}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_page_that_holds_its_media_asks_nothing_of_the_disk_either(make: SimpleNamespace) -> None:
    manifest = manifest_of(make.plan([make.job("hero", {})]), make)
    digest = manifest["instances"][0]["outputs"][0]["sha256"]

    page = Page(gallery_html(manifest, {digest: "#"}, embedded={digest: b"clip", f"poster-{digest}": b"still"}))

    assert policy_of(page).startswith("default-src 'none'; img-src blob: data:; media-src blob:; ")
    held = [(values["data-file"], values["type"]) for tag, values in page.tags if "data-file" in values]
    assert held == [(digest, "text/plain"), (f"poster-{digest}", "text/plain")]
    texts = [base64.b64decode(text) for text in page.texts["script"][:2]]
    assert texts == [b"clip", b"still"]


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

    harmless = Page(gallery_html(manifest_of(plain, make)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert hostile.attributes("id") == harmless.attributes("id")
    data = data_in(hostile)
    assert data["cells"][0]["prompt"] == HOSTILE
    assert data["cells"][0]["outputs"][0]["href"] == "a%22%3E%3Cscript%3Eb%3C/script%3E/c%23d%3Fe.mp4"


def test_texts_that_turn_the_direction_of_reading_are_kept_apart(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {})], name="\u202eevil", description="عطر \u202e")
    html = gallery_html(manifest_of(plan, make))

    assert '<h1><bdi dir="auto">\u202eevil</bdi></h1>' in html
    assert '<p class="lead" dir="auto">عطر \u202e</p>' in html


def test_cells_stand_by_node_deliverables_first(aurora: Plan, make: SimpleNamespace) -> None:
    page = page_data(manifest_of(aurora, make))

    assert [(node["name"], node["axes"], node["deliverable"]) for node in page["nodes"]] == [
        ("captioned", ["look", "language"], True),
        ("hero", ["look", "take"], False),
        ("spokesperson", ["language"], False),
        ("spot", ["look", "language"], False),
    ]
    assert list(dict.fromkeys(cell["node"] for cell in page["cells"])) == [node["name"] for node in page["nodes"]]
    assert len(page["cells"]) == 17


def test_a_node_says_what_made_it_and_what_came_of_it(aurora: Plan, make: SimpleNamespace) -> None:
    states = {"hero[look=dawn,take=2]": {"state": State.failed, "error": make.error("x", "no")}}
    captioned, hero, *_ = page_data(manifest_of(aurora, make, states=states))["nodes"]

    assert (captioned["made_by"], captioned["summary"]) == (["caption, a local step"], "5 clips")
    assert hero["made_by"] == ["happyhorse/happyhorse-1.0/image-to-video"]
    assert (hero["description"], hero["intents"]) == ("The bottle, once per look", ["product-reveal"])
    assert hero["summary"] == "3 of 4 clips · 1.50 USD"


def test_the_head_says_what_there_is_and_what_it_cost(aurora: Plan, make: SimpleNamespace) -> None:
    states = {
        "hero[look=dawn,take=2]": {"state": State.failed, "error": make.error("x", "no")},
        "captioned[look=dawn,language=ja]": {"state": State.held, "error": make.error("x", "waits")},
        "hero[look=studio,take=2]": {"shared_with": "hero[look=studio,take=1]"},
    }
    plan = make.plan(list(aurora.jobs), provider="runcomfy")

    assert page_data(manifest_of(aurora, make))["facts"] == [
        ("Deliverables", "5", "captioned"),
        ("Renders", "7", "on 2 routes"),
        ("Local steps", "10", "made here, free"),
        ("Would cost", "3.50 USD", "nothing was charged"),
        ("Per deliverable", "0.70 USD", "with all it is made from"),
    ]
    assert page_data(manifest_of(plan, make, states=states))["facts"] == [
        ("Deliverables", "4/5", "captioned"),
        ("Renders", "5", "on 2 routes"),
        ("Local steps", "9", "made here, free"),
        ("Cost", "2.50 USD", "as charged"),
        ("Per deliverable", "0.62 USD", "with all it is made from"),
        ("Open", "2", "1 failed, 1 held"),
    ]


def test_a_picked_asset_costs_what_all_its_takes_cost(aurora: Plan, make: SimpleNamespace) -> None:
    manifest = manifest_of(aurora, make)
    for entry in manifest["instances"]:
        if entry["node"] == "hero":
            entry["picked"] = entry["axes"]["take"] == "2"

    assert page_data(manifest)["facts"][4] == ("Per picked asset", "1.00 USD", "2 picked, all takes counted")


def test_the_cost_is_told_by_route_by_node_and_by_each_axis(aurora: Plan, make: SimpleNamespace) -> None:
    totals = page_data(manifest_of(aurora, make))["totals"]

    assert [
        (table["by"], [(row["name"], row["renders"], row["cost"]) for row in table["rows"]]) for table in totals
    ] == [
        (
            "Route",
            [
                ("happyhorse/happyhorse-1.0/image-to-video", 4, "2.00 USD"),
                ("wan-ai/wan-2-7/text-to-video", 3, "1.50 USD"),
            ],
        ),
        ("Node", [("hero", 4, "2.00 USD"), ("spokesperson", 3, "1.50 USD")]),
        ("look", [("dawn", 2, "1.00 USD"), ("studio", 2, "1.00 USD"), ("not by look", 3, "1.50 USD")]),
        ("take", [("1", 2, "1.00 USD"), ("2", 2, "1.00 USD"), ("not by take", 3, "1.50 USD")]),
        (
            "language",
            [("en", 1, "0.50 USD"), ("de", 1, "0.50 USD"), ("ja", 1, "0.50 USD"), ("not by language", 4, "2.00 USD")],
        ),
    ]


def test_a_shared_render_is_paid_for_once_in_every_table(aurora: Plan, make: SimpleNamespace) -> None:
    states = {"hero[look=studio,take=2]": {"shared_with": "hero[look=studio,take=1]"}}
    route = page_data(manifest_of(aurora, make, states=states))["totals"][0]

    assert [(row["renders"], row["cost"]) for row in route["rows"]] == [(3, "1.50 USD"), (3, "1.50 USD")]


def test_an_axis_of_very_many_ids_is_told_by_its_dearest(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {"sku": f"s{place:03}"}) for place in range(60)])
    states = {"hero[sku=s007]": {"cost_usd": 9.0}}
    (table,) = page_data(manifest_of(plan, make, states=states))["totals"]

    assert (table["by"], len(table["rows"]), table["rows"][0]["name"]) == ("sku", 51, "s007")
    assert table["rows"][-1] == {"name": "10 more", "renders": 10, "cost": "5.00 USD"}


def test_a_simulated_campaign_is_marked_as_a_preview(aurora: Plan, make: SimpleNamespace) -> None:
    paid = make.plan(list(aurora.jobs), provider="runcomfy")

    assert "<strong>Simulated preview</strong>" in gallery_html(manifest_of(aurora, make))
    assert "Simulated preview" not in gallery_html(manifest_of(paid, make))


def test_what_has_no_file_is_in_the_page_with_the_reason(aurora: Plan, make: SimpleNamespace) -> None:
    states = {
        "hero[look=dawn,take=1]": {"state": State.failed, "error": make.error("x", "refused", "change the prompt")},
        "spot[look=dawn,language=en]": {"state": State.blocked, "error": make.error("x", "waits for hero")},
        "hero[look=dawn,take=2]": {"outputs": ()},
    }
    cells = {cell["id"]: cell for cell in page_data(manifest_of(aurora, make, states=states))["cells"]}

    assert [(cells[name]["state"], cells[name]["error"], cells[name]["outputs"]) for name in states] == [
        ("failed", {"code": "x", "message": "refused", "hint": "change the prompt"}, []),
        ("blocked", {"code": "x", "message": "waits for hero", "hint": None}, []),
        ("succeeded", None, []),
    ]


def test_cells_have_the_shape_of_their_pictures_before_they_are_loaded(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {"take": take}) for take in ("1", "2", "3")])
    manifest = manifest_of(plan, make, states={"hero[take=3]": State.failed})
    manifest["instances"][0]["outputs"][0] |= {"width": 360, "height": 640, "seconds": 3.0}
    manifest["instances"][1]["outputs"][0] |= {"width": 360, "height": 640}
    page = page_data(manifest)

    assert page["nodes"][0]["ratio"] == 0.5625
    assert [(output["width"], output["height"]) for cell in page["cells"] for output in cell["outputs"]] == [
        (360, 640)
    ] * 2


def test_outputs_have_their_kind_and_their_poster(make: SimpleNamespace) -> None:
    manifest = manifest_of(make.plan([make.job("still", {}), make.job("voice", {}), make.job("facts", {})]), make)
    still, voice, facts = (entry["outputs"] for entry in manifest["instances"])
    still[0] |= {"media_type": "image/png", "path": "still.png"}
    still.append({**still[0], "path": "still-2.png", "name": "image-2", "sha256": make.digest("2")})
    voice[0] |= {"media_type": "audio/wav"}
    facts[0] |= {"media_type": "application/json"}

    cells = page_data(manifest, {still[0]["sha256"]: "posters/a.jpg"})["cells"]

    assert [[(output["kind"], output["poster"]) for output in cell["outputs"]] for cell in cells] == [
        [("image", "posters/a.jpg"), ("image", None)],
        [("audio", None)],
        [("none", None)],
    ]


def test_which_axis_holds_takes_is_said_where_the_manifest_knows(project: Any) -> None:
    project.write(
        {
            "pipeline.yaml": "callsheet: 1\nname: t\nseed: 1\naxes:\n  look: [a, b]\n  take: {takes: 2}\nnodes:\n  shot:\n"
            "    route: wan-ai/wan-2-7/text-to-video\n    over: [look, take]\n    input: {prompt: A boat.}\n"
        }
    )
    project.run("run", "pipeline.yaml", "--simulate")
    manifest = json.loads(project.read("previews/manifest.json"))

    assert [node["takes"] for node in manifest["nodes"]] == ["take"]
    assert [node["takes"] for node in page_data(manifest)["nodes"]] == ["take"]


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

    assert page_data(manifest_of(plan, make, states=none))["facts"][3] == ("Cost", "price unknown", "as charged")
    assert page_data(manifest_of(plan, make, states={renders[0]: {"cost_usd": None}}))["facts"][3] == (
        "Cost", "3.00 USD + 1 at an unknown price", "as charged",
    )  # fmt: skip
