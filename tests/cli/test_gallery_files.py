"""`callsheet gallery`: the page with its posters, one file that holds all, a contact sheet, what is stale."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

PIPELINE = """\
callsheet: 1
name: boats
seed: 3
params: {sea: calm}
axes:
  look: [dawn, dusk]
  take: {takes: 2}
profiles:
  storm: {params: {sea: rough}}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A boat on a {{ params.sea }} sea at {{ look }}", duration: 2}
"""


@pytest.fixture
def boats(project: Any) -> Any:
    """A project with four simulated clips."""
    project.write({"pipeline.yaml": PIPELINE})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    return project


def outputs(project: Any) -> list[dict[str, Any]]:
    manifest = json.loads(project.read("previews/manifest.json"))
    return [output for entry in manifest["instances"] for output in entry["outputs"]]


def gallery(project: Any, *words: str) -> Any:
    return project.run("gallery", "pipeline.yaml", "--simulate", *words)


def test_each_clip_has_a_small_poster_beside_the_page(boats: Any) -> None:
    assert gallery(boats).stdout == "previews/index.html\n"

    digests = {output["sha256"] for output in outputs(boats)}
    posters = sorted((boats.folder / "previews" / "posters").iterdir())
    assert {path.name for path in posters} == {f"{digest}.jpg" for digest in digests}
    for path in posters:
        with Image.open(path) as picture:
            assert (picture.format, max(picture.size)) == ("JPEG", 512)
        assert path.stat().st_size < 60_000
    page = boats.read("previews/index.html")
    assert set(re.findall(r'"poster":"([^"]+)"', page)) == {f"posters/{digest}.jpg" for digest in digests}


def test_posters_that_are_there_are_kept_and_those_of_gone_clips_are_removed(boats: Any) -> None:
    gallery(boats)
    folder = boats.folder / "previews" / "posters"
    kept = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    boats.write({f"previews/posters/{'0' * 64}.jpg": b"old", "previews/posters/mine.jpg": b"mine"})

    gallery(boats)

    assert {path.name for path in folder.iterdir()} == {*kept, "mine.jpg"}
    assert {name: (folder / name).stat().st_mtime_ns for name in kept} == kept


def test_a_clip_that_is_gone_or_broken_has_no_poster_and_the_page_is_made_all_the_same(boats: Any) -> None:
    gone, broken, *_ = (boats.folder / "previews" / output["path"] for output in outputs(boats))
    gone.unlink()
    broken.write_bytes(b"no film")

    assert gallery(boats).exit_code == 0

    assert len(list((boats.folder / "previews" / "posters").iterdir())) == 2
    assert boats.read("previews/index.html").count('"poster":null') == 2


def test_a_single_file_holds_every_clip_and_poster(boats: Any) -> None:
    assert gallery(boats, "--single-file").stdout == "previews/gallery.html\n"

    page = boats.read("previews/gallery.html")
    held = dict(re.findall(r'<script type="text/plain" data-file="([^"]+)">([^<]+)</script>', page))
    digests = [output["sha256"] for output in outputs(boats)]
    assert set(held) == {*digests, *(f"poster-{digest}" for digest in digests)}
    for output in outputs(boats):
        assert base64.b64decode(held[output["sha256"]]) == boats.read_bytes(f"previews/{output['path']}")
    assert not (boats.folder / "previews" / "index.html").exists()


def test_a_single_file_never_holds_what_lies_outside_the_output_folder(boats: Any) -> None:
    boats.write({"secret.txt": "token"})
    manifest = boats.read("previews/manifest.json")
    path = outputs(boats)[0]["path"]
    boats.write({"previews/manifest.json": manifest.replace(f'"{path}"', '"../secret.txt"')})

    assert gallery(boats, "--single-file").exit_code == 0

    assert base64.b64encode(b"token").decode() not in boats.read("previews/gallery.html")


def test_a_single_file_that_would_be_too_large_is_refused(boats: Any) -> None:
    path = outputs(boats)[0]["path"]
    with (boats.folder / "previews" / path).open("wb") as film:
        film.truncate(100_000_001)
    others = sum(output["bytes"] for output in outputs(boats)[1:])

    finished = gallery(boats, "--single-file")

    assert finished.exit_code == 65
    assert finished.stderr == (
        f"error: the files of `boats` are {100_000_001 + others:,} bytes; one page holds at most 100,000,000 "
        "[gallery-too-large]\n  help: leave `--single-file` away: the page beside its files has no limit\n"
    )
    assert not (boats.folder / "previews" / "gallery.html").exists()


def test_a_contact_sheet_is_a_picture_of_all_clips(boats: Any) -> None:
    assert gallery(boats, "--png", "out/sheet.png").stdout == "previews/index.html\nout/sheet.png\n"

    with Image.open(io.BytesIO(boats.read_bytes("out/sheet.png"))) as sheet:
        assert (sheet.format, sheet.width) == ("PNG", 1600)
        colours = sheet.convert("RGB").getcolors(sheet.width * sheet.height)
    assert colours is not None
    assert len(colours) > 1000

    again = gallery(boats, "--png", "out/sheet.png")
    assert again.exit_code == 0
    assert sorted(path.name for path in (boats.folder / "out").iterdir()) == ["sheet.png"]


def test_a_picture_that_is_someone_elses_is_left_alone(boats: Any) -> None:
    boats.write({"mine.png": b"\x89PNG\r\n\x1a\n my own picture"})

    finished = gallery(boats, "--png", "mine.png")

    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: `mine.png` was not written by callsheet and is left [picture-in-the-way]\n"
        "  help: move it away, or give another name\n"
    )
    assert boats.read_bytes("mine.png") == b"\x89PNG\r\n\x1a\n my own picture"


def test_a_profile_marks_what_it_would_make_otherwise(boats: Any) -> None:
    gallery(boats)
    assert '"stale":true' not in boats.read("previews/index.html")

    gallery(boats, "--profile", "storm")

    assert boats.read("previews/index.html").count('"stale":true') == 4
    finished = gallery(boats, "--profile", "strom")
    assert finished.exit_code == 65
    assert "did you mean `storm`?" in finished.stderr
    assert '"stale"' not in boats.read("previews/manifest.json")


def test_another_output_folder_has_its_own_page(boats: Any) -> None:
    boats.run("run", "pipeline.yaml", "--simulate", "--output-dir", "elsewhere")

    finished = gallery(boats, "--output-dir", "elsewhere")

    assert finished.stdout == "elsewhere/index.html\n"
    assert (boats.folder / "elsewhere" / "posters").is_dir()


def test_what_a_failed_route_charged_is_counted_where_a_fallback_made_the_clip(project: Any, provider: Any) -> None:
    provider("render:failed-billed#1")
    wan, seedance = "wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v2/pro"
    node = f"  shot:\n    route: {wan}\n    input: {{prompt: A bottle, duration: 4}}\n    fallback: [{{route: {seedance}}}]\n"
    project.write({"pipeline.yaml": f"callsheet: 1\nname: shop\nseed: 7\nnodes:\n{node}"})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert project.run("gallery", "pipeline.yaml").exit_code == 0

    page = project.read("renders/index.html")
    data = json.loads(re.search(r'id="campaign">(.*?)</script>', page).group(1))
    (cell,) = data["cells"]
    (tried,) = cell["before"]
    assert (cell["route"], cell["own_route"], tried["route"]) == (seedance, wan, wan)
    both = cell["cost_usd"] + tried["cost_usd"]
    facts = {name: value for name, value, _ in data["facts"]}
    assert facts["Cost"] == f"{both:.2f} USD"
    routes = next(table["rows"] for table in data["totals"] if table["by"] == "Route")
    assert {row["name"]: row["cost"] for row in routes} == {
        wan: f"{tried['cost_usd']:.2f} USD",
        seedance: f"{cell['cost_usd']:.2f} USD",
    }
