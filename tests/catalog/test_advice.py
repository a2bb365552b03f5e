"""Tips that can be checked: as warnings, with few false alarms, and silenced by `advice: off`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet.catalog.check import check
from callsheet.catalog.fields import fill
from callsheet.catalog.load import load_catalog
from callsheet.media.info import Artifact
from callsheet.problems import DataFault


@pytest.fixture
def advised(catalog):
    """The advice that an input of a route brings."""

    def told(route, **given: object) -> list[str]:
        found = check(route, fill(route, given, {}).values)
        assert all((fault.code, fault.severity) == ("advice", "warning") for fault in found), found
        return [fault.message for fault in found]

    return told


ONE = ": one main movement per clip"
CHANGE = ": say what changes; the model already sees the picture"


@pytest.mark.parametrize(
    ("prompt", "advice"),
    [
        ("Slow dolly-in, then an orbit around the bottle", f"`prompt` mentions `orbit` and `dolly in`{ONE}"),
        ("Push in, tilt up, zoom out", f"`prompt` mentions `push in`, `tilt up` and `zoom out`{ONE}"),
        ("镜头环绕产品,然后推镜头", f"`prompt` mentions `环绕` and `推镜头`{ONE}"),
        ("A photo of a bottle on a ledge", f"`prompt` begins with `a photo of`{CHANGE}"),
        ("  The image shows a bottle", f"`prompt` begins with `the image shows`{CHANGE}"),
        ("图片中是一个瓶子", f"`prompt` begins with `图片中`{CHANGE}"),
    ],
)
def test_happyhorse_is_asked_for_one_movement_and_for_what_changes(
    advised, happyhorse, image, prompt: str, advice: str
) -> None:
    assert advised(happyhorse, image_url=image(), prompt=prompt) == [advice]


@pytest.mark.parametrize(
    "prompt",
    [
        "Slow dolly in on the bottle on a stone ledge, warm rim light; packaging unchanged.",
        "Dolly in, no orbit, without zoom out, the camera doesn't pan left",
        "Orbiting slowly, a full orbit",
        "The photo album opens; a picture of the sea falls out",
        "缓慢推镜头,不要环绕",
        "A tilted hat, a pan on the stove, the exorbitant price",
    ],
)
def test_a_prompt_that_keeps_to_the_tips_is_left_alone(advised, happyhorse, image, prompt: str) -> None:
    assert advised(happyhorse, image_url=image(), prompt=prompt) == []


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("A presenter, no subtitles, no flicker", "`no subtitles` and `no flicker`"),
        ("一位主持人,不要字幕", "`不要字幕`"),
    ],
)
def test_wan_has_a_field_for_what_must_not_appear(advised, wan, prompt: str, words: str) -> None:
    assert advised(wan, prompt=prompt) == [
        f"`prompt` mentions {words}: use `negative_prompt` for what must not appear",
    ]
    assert advised(wan, prompt="A presenter", negative_prompt="no subtitles, no flicker") == []


def test_seedance_2_wants_several_references_called_by_number(advised, seedance2, image, clip) -> None:
    given = {"image_url": [image()], "video_url": [clip()]}
    assert advised(seedance2, prompt="The subject walks through the café", **given) == [
        "`prompt` names none of the 2 references: "
        "call references by number: subject of image 1, light of video 1, voice of audio 1"
    ]
    assert advised(seedance2, prompt="Image 1 walks through video 1", **given) == []
    assert advised(seedance2, prompt="图片1中的人走过视频1", **given) == []
    assert advised(seedance2, prompt="The subject walks", image_url=[image()]) == []
    assert advised(seedance2, prompt="The subject walks", image_url=[Artifact("stills", "image", many=True)]) == []


def test_seedance_15_keeps_the_camera_still_unless_told(advised, seedance15, image) -> None:
    given = {"first_frame_image_url": image(), "prompt": "A breeze; tracking shot"}
    assert advised(seedance15, **given) == [
        "`prompt` mentions `tracking shot`, and `camera_fixed` is `true`: "
        "set `camera_fixed: false` where the camera should move"
    ]
    assert advised(seedance15, **given, camera_fixed=False) == []


def test_every_tip_that_is_checked_is_shown_with_the_others(catalog) -> None:
    for route in catalog.routes():
        assert {rule.tip for rule in route.advice_rules} <= set(route.advice)


PIPELINE = """\
callsheet: 1
name: x
seed: 1
nodes:
  a:
    route: wan-ai/wan-2-7/text-to-video
    advice: {advice}
    input: {{prompt: "A presenter, no subtitles"}}
"""


def test_advice_is_a_warning_of_the_plan_and_silent_where_it_is_off(project) -> None:
    project.write({"pipeline.yaml": PIPELINE.format(advice="on")})
    assert project.plan()["a"]["warnings"] == [
        "`prompt` mentions `no subtitles`: use `negative_prompt` for what must not appear"
    ]
    project.write({"pipeline.yaml": PIPELINE.format(advice="off")})
    assert project.plan()["a"]["warnings"] == []


@pytest.mark.parametrize(
    ("tip", "why"),
    [
        (
            {"tip": "x", "field": "prompt"},
            "a tip that is checked must have one of `begins_with`, `mentions`, `one_of`, `unnamed_references`",
        ),
        ({"tip": "x", "field": "promt", "mentions": ["a"]}, "`promt` is no property of `input_schema`"),
        ({"tip": "x", "field": "prompt", "mentions": []}, "`mentions` must be a list of phrases"),
        ({"field": "prompt", "mentions": ["a"]}, "`tip` must be a text"),
    ],
)
def test_a_rule_that_breaks_the_format_says_where(tmp_path: Path, tip: dict[str, object], why: str) -> None:
    schema = {"properties": {"prompt": {"type": "string"}}}
    route = {"id": "studio/clay", "makes": "video", "input_schema": schema, "advice": [tip]}
    (tmp_path / "studio--clay.json").write_text(json.dumps(route), encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_catalog([tmp_path]).route("studio/clay")
    assert caught.value.problems[0].message.endswith(f"can't be used: {why}")
