"""Steps that make images, in whole campaigns: between clips, published, and on one page with their labels."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

CAMPAIGN = """
callsheet: 1
name: shop
axes:
  look: [dawn, studio]
nodes:
  cut:
    step: trim
    over: [look]
    input: {video: "{{ look }}.mp4", seconds: 0.4}
  still:
    step: last_frame
    over: [look]
    input: {video: "{{ nodes.cut.video }}"}
  next_shot:
    step: still
    over: [look]
    input: {image: "{{ nodes.still.image }}", seconds: 0.2, move: none}
  poster:
    step: poster
    over: [look]
    input: {video: "{{ nodes.cut.video }}"}
  page:
    step: contact_sheet
    input:
      images: ["{{ nodes.still.images }}", logo.png]
      clips: "{{ nodes.next_shot.videos }}"
"""


def film(colour: str, folder: Path) -> bytes:
    binary = next((Path(av.__file__).parent.parent / "imageio_ffmpeg" / "binaries").glob("ffmpeg-*"))
    source = ("-f", "lavfi", "-i", f"color={colour}:s=64x36:d=0.8,format=yuv420p")
    subprocess.run([binary, "-v", "error", *source, "-c:v", "libx264", folder / "made.mp4"], check=True)
    content = (folder / "made.mp4").read_bytes()
    (folder / "made.mp4").unlink()
    return content


@pytest.fixture
def shop(project, tmp_path):
    logo = BytesIO()
    Image.new("RGB", (64, 36), "white").save(logo, "PNG")
    films = {f"{look}.mp4": film(colour, tmp_path) for look, colour in (("dawn", "orange"), ("studio", "blue"))}
    return project.write({"pipeline.yaml": CAMPAIGN, "logo.png": logo.getvalue(), **films})


def rows(finished):
    assert finished.exit_code == 0, finished.stderr
    return {one["id"]: one for one in finished.json["instances"]}


def test_images_go_from_step_to_step_and_are_published_as_what_they_are(shop) -> None:
    made = rows(shop.run("run", "pipeline.yaml", "--simulate", "--json"))
    published = {name: [(o["name"], o["path"], o["media_type"]) for o in one["outputs"]] for name, one in made.items()}
    assert published["still[look=dawn]"] == [("image", "previews/pipeline/still/look=dawn.png", "image/png")]
    assert published["next_shot[look=dawn]"] == [("video", "previews/pipeline/next_shot/look=dawn.mp4", "video/mp4")]
    assert published["poster[look=studio]"] == [("image", "previews/pipeline/poster/look=studio.jpg", "image/jpeg")]
    assert published["page"] == [("image", "previews/pipeline/page.png", "image/png")]
    with Image.open(shop.folder / "previews/pipeline/page.png") as page:
        assert page.width == 3 * 336 + 16
    assert {one["state"] for one in rows(shop.run("run", "pipeline.yaml", "--simulate", "--json")).values()} == {
        "cached"
    }


def test_the_plan_shows_the_axes_that_become_labels(shop) -> None:
    page = shop.plan()["page"]
    assert page["input"]["labels"] == ["look=dawn", "look=studio", "", "look=dawn", "look=studio"]


@pytest.mark.parametrize(("labels", "shown"), [("[]", []), ("[a, b, c, d, e]", ["a", "b", "c", "d", "e"])])
def test_labels_of_the_author_stand_in_place_of_the_axes(shop, labels, shown) -> None:
    shop.edit("pipeline.yaml", "contact_sheet\n    input:\n", f"contact_sheet\n    input:\n      labels: {labels}\n")
    assert shop.plan()["page"]["input"]["labels"] == shown


def test_a_page_is_made_anew_when_a_label_changes_though_every_picture_stays(shop) -> None:
    rows(shop.run("run", "pipeline.yaml", "--simulate", "--json"))
    shop.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio2]")
    shop.write({"studio2.mp4": shop.read_bytes("studio.mp4")})
    made = rows(shop.run("run", "pipeline.yaml", "--simulate", "--json"))
    assert {name: one["state"] for name, one in made.items() if one["state"] != "cached"} == {"page": "succeeded"}


def test_a_node_without_axes_is_called_by_its_name_and_files_alone_have_no_labels(shop) -> None:
    shop.write({
        "pipeline.yaml": "callsheet: 1\nname: shop\nnodes:\n"
        "  one: {step: first_frame, input: {video: dawn.mp4}}\n"
        "  named: {step: contact_sheet, input: {images: ['{{ nodes.one.image }}', logo.png]}}\n"
        "  plain: {step: contact_sheet, input: {clips: [dawn.mp4], images: [logo.png]}}\n"
    })  # fmt: skip
    plan = shop.plan()
    assert plan["named"]["input"]["labels"] == ["one", ""]
    assert "labels" not in plan["plain"]["input"]


def test_transition_and_its_length_are_in_a_key_only_where_they_are_given(shop) -> None:
    def key(more: str) -> str:
        clips = "clips: [dawn.mp4, studio.mp4]"
        shop.write(
            {"pipeline.yaml": f"callsheet: 1\nname: shop\nnodes:\n  reel: {{step: concat, input: {{{clips}{more}}}}}\n"}
        )
        return shop.plan()["reel"]["key"]

    assert key("") != key(", transition: crossfade") != key(", transition: crossfade, seconds: 0.3")
    assert set(shop.plan()["reel"]["input"]) == {"clips", "fit", "audio", "transition", "seconds"}
    key("")
    assert set(shop.plan()["reel"]["input"]) == {"clips", "fit", "audio"}
