"""`routes sync`: models of the API become route files of the project, and work the same day."""

from __future__ import annotations

import io
import json
import wave
from datetime import UTC, datetime

import pytest
from PIL import Image

IMAGE_EDIT = "invented/basalt-1/image-to-image"
TO_AUDIO = "invented/fern-5/text-to-audio"
TO_IMAGE = "invented/amber-0/text-to-image"
GRAPH = "invented/ember-4/video-to-video"
FRAMES = "invented/dune-3/image-to-video"


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(data, "PNG")
    return data.getvalue()


def test_a_model_is_written_as_a_file_made_for_git(project, provider) -> None:
    one = provider(extra_models=12)
    finished = project.run("routes", "sync", IMAGE_EDIT)
    assert (finished.exit_code, finished.stdout) == (
        0,
        f"new        {IMAGE_EDIT}  (routes/invented--basalt-1--image-to-image.json)\n"
        "           makes image; seed: `seed`\n"
        "           media: `image_url` (image), `mask` (image)\n"
        "           canonical names: prompt\n"
        "           map others in `routes/invented--basalt-1--image-to-image.fields.yaml`\n",
    )
    written = json.loads(project.read("routes/invented--basalt-1--image-to-image.json"))
    today = datetime.now(UTC).date().isoformat()
    assert written["synced"] == today
    assert written["price"] == {
        "base_usd": 0.02,
        "unit": "output",
        "note": "Simulated price: nothing is charged",
        "as_of": today,
    }
    assert [(call["method"], call["path"]) for call in one.calls] == [("GET", f"/v1/models/{IMAGE_EDIT}")]


def test_synced_again_an_unchanged_model_leaves_its_file_alone_whatever_the_day(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", TO_IMAGE)
    name = "routes/invented--amber-0--text-to-image.json"
    earlier = project.read(name).replace(datetime.now(UTC).date().isoformat(), "2025-01-01")
    project.write({name: earlier})
    assert project.run("routes", "sync").stdout == f"unchanged  {TO_IMAGE}  ({name})\n"
    assert project.read(name) == earlier


def test_what_changed_since_the_last_time_is_told_field_by_field(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", TO_IMAGE)
    name = "routes/invented--amber-0--text-to-image.json"
    old = json.loads(project.read(name))
    old["input_schema"]["properties"]["num_images"]["maximum"] = 8
    del old["input_schema"]["properties"]["negative_prompt"]
    del old["fields"]["negative_prompt"]
    project.write({name: json.dumps(old)})
    assert project.run("routes", "sync", "--json").json == {
        "synced": [
            {
                "route": TO_IMAGE,
                "file": name,
                "state": "changed",
                "changes": ["`negative_prompt` is new", "`num_images`: its `maximum` was `8`, and is `1`"],
            }
        ]
    }


PIPELINE = """\
callsheet: 1
name: day-one
seed: 3
nodes:
  still:
    route: invented/amber-0/text-to-image
    input: {prompt: A bottle on a ledge, image_size: 1280x720}
  edit:
    route: invented/basalt-1/image-to-image
    input: {prompt: Dusk, image: "{{ nodes.still.image }}", mask: mask.png}
  voice:
    route: invented/fern-5/text-to-audio
    input: {text: Good evening}
  walk:
    route: invented/dune-3/image-to-video
    input: {prompt: A walk, first_frame_image_url: mask.png, duration: 3}
"""
SIDECAR = "fields:\n  image_url: {canonical: image, limits: {min_side_px: 30}}\n"


def test_image_audio_and_video_models_are_usable_the_day_they_appear(project, provider) -> None:
    one = provider(extra_models=12)
    assert project.run("routes", "sync", TO_IMAGE, IMAGE_EDIT, TO_AUDIO, FRAMES).exit_code == 0
    project.write({"pipeline.yaml": PIPELINE, "mask.png": png()})
    project.write({"routes/invented--basalt-1--image-to-image.fields.yaml": SIDECAR})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    bodies = {submit["path"].removeprefix("/v1/models/"): submit["body"] for submit in one.submits}
    seeds = {name: body.pop("seed", None) for name, body in bodies.items()}
    assert all(isinstance(seeds[name], int) and seeds[name] > 0 for name in (TO_IMAGE, IMAGE_EDIT))
    assert bodies[TO_IMAGE] == {"prompt": "A bottle on a ledge", "image_size": "1280x720", "num_images": 1}
    assert bodies[TO_AUDIO] == {"text": "Good evening", "voice": "Nora", "speed": 1}
    assert set(bodies[IMAGE_EDIT]) == {"prompt", "image_url", "mask", "strength"}
    assert (bodies[IMAGE_EDIT]["strength"], bodies[IMAGE_EDIT]["mask"]["media_type"]) == (0.8, "image/png")
    assert set(bodies[FRAMES]) == {"prompt", "first_frame_image_url", "duration"}
    kinds = {one["id"]: [output["media_type"] for output in one["outputs"]] for one in finished.json["instances"]}
    assert kinds == {"still": ["image/png"], "edit": ["image/png"], "voice": ["audio/wav"], "walk": ["video/mp4"]}


def test_a_synced_model_runs_on_the_embedded_simulator_too(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", TO_IMAGE, TO_AUDIO)
    nodes = "\n".join(PIPELINE.split("\n")[4:7]) + "\n" + "\n".join(PIPELINE.split("\n")[10:13])
    project.write({"pipeline.yaml": f"callsheet: 1\nname: day-one\nseed: 3\nnodes:\n{nodes}\n"})
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json")
    assert finished.exit_code == 0, finished.stderr
    assert [one["state"] for one in finished.json["instances"]] == ["succeeded", "succeeded"]


def test_a_sample_of_a_media_field_is_never_sent(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", GRAPH)
    node = f"  a:\n    route: {GRAPH}\n    input: {{104_positive_prompt: A walk}}\n"
    project.write({"pipeline.yaml": f"callsheet: 1\nname: x\nseed: 1\nnodes:\n{node}"})
    assert f"`{GRAPH}` needs `104_video` [input-required]" in project.refusal()


def test_a_shipped_route_synced_by_its_other_spelling_keeps_its_checks(project, provider) -> None:
    provider()
    finished = project.run("routes", "sync", "happyhorse/happyhorse-1-0/image-to-video", "--json")
    (synced,) = finished.json["synced"]
    assert (synced["route"], synced["file"]) == (
        "happyhorse/happyhorse-1.0/image-to-video",
        "routes/happyhorse--happyhorse-1.0--image-to-video.json",
    )
    shown = project.run("routes", "happyhorse/happyhorse-1-0/image-to-video", "--json").json
    assert shown["price"]["base_usd"] == 0.1
    assert shown["fields"][0]["limits"]["min_side_px"] == 300


def test_an_unknown_route_says_how_to_fetch_it(project) -> None:
    node = "  a:\n    route: invented/basalt-1/image-to-image\n    input: {prompt: x}\n"
    project.write({"pipeline.yaml": f"callsheet: 1\nname: x\nseed: 1\nnodes:\n{node}"})
    assert (
        "help: `callsheet routes` lists what there is; if the API has it, `callsheet routes sync" in project.refusal()
    )


def test_a_model_the_api_does_not_have_hinders_no_other(project, provider) -> None:
    provider(extra_models=12)
    finished = project.run("routes", "sync", "studio/nothing", TO_IMAGE)
    assert (finished.exit_code, finished.stderr) == (
        65,
        "error: the API has no model `studio/nothing` "
        "(HTTP 404, error 404001: there is no model studio/nothing) [no-such-model]\n"
        "  help: `callsheet routes sync --search TEXT` fetches all whose id or name has a text in it\n",
    )
    assert project.run("routes", "--search", "invented").stdout == f"{TO_IMAGE:<46}  Amber 0\n"


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["sync"], 64, "no route is named, and none was fetched before [nothing-to-sync]"),
        (["sync", "../etc/passwd"], 64, "`../etc/passwd` can't be the id of a model [bad-route]"),
        (["sync", "a/b", "--search", "x"], 64, "`--search` is for fetching routes that are not named [bad-option]"),
        (["a/b", "c/d"], 64, "2 routes are named [bad-option]"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(project, words: list[str], exit_code: int, said: str) -> None:
    finished = project.run("routes", *words)
    assert (finished.exit_code, finished.stderr.split("\n")[0]) == (exit_code, f"error: {said}")


def test_without_a_token_nothing_is_fetched(project) -> None:
    finished = project.run("routes", "sync", TO_IMAGE)
    assert (finished.exit_code, finished.stderr) == (
        77,
        "error: there is no token for the Model API [no-token]\n  help: set `RUNCOMFY_TOKEN`, use `callsheet login`, or try "
        "`callsheet simulate` and set `RUNCOMFY_MODEL_API_BASE` to its address\n",
    )


def test_three_hundred_models_are_fetched_by_a_search_and_listed(project, provider) -> None:
    one = provider(extra_models=300)
    finished = project.run("routes", "sync", "--search", "invented", "--json")
    assert finished.exit_code == 0, finished.stderr
    assert len(finished.json["synced"]) == 300
    assert len(one.calls) == 3
    assert len(list((project.folder / "routes").iterdir())) == 300
    assert len(project.run("routes").stdout.splitlines()) == 306
    assert len(project.run("routes", "--search", "text-to-audio lumen").stdout.splitlines()) == 25


def test_a_description_that_can_not_be_used_is_told_and_no_file_is_written(project, provider) -> None:
    route = {
        "id": "studio/odd", "title": "Odd", "category": "x", "makes": "image", "output_schema": {},
        "input_schema": {"properties": {"a": {"type": "string", "enum": "b"}}},
    }  # fmt: skip
    provider(more_routes=(route,))
    finished = project.run("routes", "sync", "studio/odd")
    assert (finished.exit_code, finished.stderr) == (
        65,
        "error: the API's description of `studio/odd` can't be used: `enum` must be a list [model-unusable]\n"
        "  help: write its route file by hand; the format is described in `schemas/README.md`\n",
    )
    assert not (project.folder / "routes").exists()


def test_the_token_is_in_no_file_and_on_no_screen(project, provider) -> None:
    provider(extra_models=2)
    finished = project.run("routes", "sync", "--search", "", "--json")
    texts = [path.read_text(encoding="utf-8") for path in (project.folder / "routes").iterdir()]
    assert not any("canary-token" in text for text in (finished.stdout, finished.stderr, *texts))


def test_a_fields_file_in_yaml_is_read_with_places(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", IMAGE_EDIT)
    project.write({"routes/invented--basalt-1--image-to-image.fields.yaml": "fields: {image_url: {canonical: image}\n"})
    finished = project.run("routes", IMAGE_EDIT)
    assert finished.exit_code == 65
    assert finished.stderr.startswith(
        "routes/invented--basalt-1--image-to-image.fields.yaml:1:9: error: this mapping is never closed"
    )


def test_a_voice_that_a_synced_model_takes_is_checked_by_its_own_file(project, provider) -> None:
    provider(extra_models=12)
    project.run("routes", "sync", FRAMES)
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", "not compressed"))
        file.writeframes(bytes(8000))
    node = f"  a:\n    route: {FRAMES}\n    input: {{first_frame_image_url: a.wav, prompt: x}}\n"
    project.write({"a.wav": data.getvalue(), "pipeline.yaml": f"callsheet: 1\nname: x\nnodes:\n{node}"})
    assert "`a.wav` is" in project.refusal()


def odd(route_id: str, title: str = "Odd") -> dict[str, object]:
    schema = {"properties": {"a\x1b[2J": {"type": "string"}}}
    return {
        "id": route_id, "title": title, "category": "x", "makes": "image", "output_schema": {}, "input_schema": schema,
    }  # fmt: skip


def test_what_a_provider_writes_can_not_steer_a_terminal(project, provider) -> None:
    provider(more_routes=(odd("studio/odd", "\x1b]0;owned\x07"),))
    screens = [
        project.run("routes", "sync", "studio/odd"),
        project.run("routes"),
        project.run("routes", "studio/odd"),
        project.run("routes", "--markdown"),
    ]
    assert not any("\x1b" in one.stdout + one.stderr or "\x07" in one.stdout for one in screens)
    assert screens[1].stdout.splitlines()[5].endswith("  \ufffd]0;owned\ufffd")


def test_two_models_that_differ_in_a_slash_alone_do_not_overwrite_each_other(project, provider) -> None:
    provider(more_routes=(odd("studio/odd/one"), odd("studio/odd--one")))
    assert project.run("routes", "sync", "studio/odd/one").exit_code == 0
    finished = project.run("routes", "sync", "studio/odd--one")
    assert (finished.exit_code, finished.stderr.split("\n")[0]) == (
        65,
        "error: the API's description of `studio/odd--one` can't be used: "
        "its file would be the one of `studio/odd/one` [model-unusable]",
    )
