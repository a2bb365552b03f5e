"""A story of six shots with two takes each, every shot from the last picture of the picked take before it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from PIL import Image

SHOTS = ("s1", "s2", "s3", "s4", "s5", "s6")
STORY = """
callsheet: 1
name: story
seed: 7
axes:
  shot: {ordered: [s1, s2, s3, s4, s5, s6]}
  take: {takes: 2, unpicked: hold}
nodes:
  clip:
    route: studio/short/image-to-video
    over: [shot, take]
    input:
      image: "{{ nodes.last.previous('shot').image | default('a.png', true) }}"
      prompt: "A boat, {{ shot }}"
      duration: 1
  last: {step: last_frame, over: [shot], input: {video: "{{ nodes.clip.video }}"}}
  film: {step: concat, input: {clips: "{{ nodes.clip.videos }}"}, publish: film.mp4}
"""


SHIPPED = Path(__file__).parents[2] / "schemas/routes/happyhorse--happyhorse-1.0--image-to-video.json"


def short_route() -> dict[str, object]:
    """A route that makes clips of a second, so that real pictures are quickly drawn."""
    route = json.loads(SHIPPED.read_text(encoding="utf-8"))
    route["id"] = "studio/short/image-to-video"
    route["input_schema"]["properties"]["duration"] = {
        "type": "integer",
        "title": "Duration",
        "enum": [1],
        "default": 1,
    }
    return route


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (400, 400), "navy").save(content, "PNG")
    return content.getvalue()


def run(project) -> tuple[str, int, set[str]]:
    """A run: how it ended, how much it submitted, and what it rendered."""
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    made = {one["id"] for one in finished.json["instances"] if one["state"] == "succeeded" and one["request_id"]}
    return finished.json["status"], finished.json["totals"]["submitted"], made


def pick(project, shot: str, take: str) -> dict[str, int]:
    """Picks a take; gives back what would then be done how often."""
    picked = project.run("pick", "pipeline.yaml", f"clip[shot={shot}]", take, "--json")
    assert picked.exit_code == 0, picked.stderr
    return {name: picked.json["next"][name] for name in ("render", "local", "cached", "held")}


def both(shot: str) -> set[str]:
    return {f"clip[shot={shot},take=1]", f"clip[shot={shot},take=2]"}


def test_six_shots_are_picked_one_by_one_and_a_changed_pick_renders_what_follows_it_alone(project, provider) -> None:
    route = short_route()
    one = provider(media=True, more_routes=(route,))
    files = {"routes/studio--short--image-to-video.json": json.dumps(route)}
    project.write({"callsheet.toml": "", "pipeline.yaml": STORY, "a.png": picture(), **files})
    for number, shot in enumerate(SHOTS, 1):
        assert run(project) == ("held", 2, both(shot))
        assert pick(project, shot, "1") == {
            "render": 2 if number < 6 else 0,
            "local": 1 if number < 6 else 2,
            "cached": 3 * number - 1,
            "held": 17 - 3 * number if number < 6 else 0,
        }
    assert run(project) == ("succeeded", 0, set())
    assert len(one.submits) == 12
    film = project.read_bytes("renders/film.mp4")

    # Another take of the second shot: of the third both takes are made anew, and its old pick is of other footage.
    assert pick(project, "s2", "2") == {"render": 2, "local": 1, "cached": 5, "held": 11}
    plan = project.run("plan", "pipeline.yaml", "--json").json
    assert [(warning["code"], warning["instance"]) for warning in plan["warnings"]] == [("stale-pick", "clip[shot=s3]")]
    assert plan["held_behind"] == [{"pick": "clip[shot=s3]", "instances": 11, "cost_estimate_usd": 0.6}]
    assert (plan["totals"]["cost_estimate_usd"], plan["totals"]["held_cost_estimate_usd"]) == (0.2, 0.6)
    assert run(project) == ("held", 2, both("s3"))
    assert run(project) == ("held", 0, set())
    assert project.read_bytes("renders/film.mp4") == film

    # Picked anew, it goes on by one shot; the fourth's old pick does not apply either.
    assert pick(project, "s3", "1") == {"render": 2, "local": 1, "cached": 8, "held": 8}
    assert run(project) == ("held", 2, both("s4"))
    assert len(one.submits) == 16

    # Back to the first take of the second shot: all that was made then is there, but the third was picked anew since.
    assert pick(project, "s2", "1") == {"render": 0, "local": 0, "cached": 8, "held": 11}
    assert pick(project, "s3", "1") == {"render": 0, "local": 0, "cached": 19, "held": 0}
    assert run(project) == ("succeeded", 0, set())
    assert project.read_bytes("renders/film.mp4") == film
    assert len(one.submits) == 16
