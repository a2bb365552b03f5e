"""Clips of differing aspect are told in the plan, where a step would stop at them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

WAN = "wan-ai/wan-2-7/text-to-video"
FUSION = "community/wan-2-1/fusionx/image-to-video"
BODY = f"""\
nodes:
  hero: {{intent: default, input: {{image: a.png, prompt: Dolly in.}}}}
  talk: {{route: {WAN}, input: {{prompt: A presenter., aspect_ratio: 9:16}}}}
  spot: {{step: concat, input: {{clips: ["{{{{ nodes.hero.video }}}}", "{{{{ nodes.talk.video }}}}"]}}}}
"""


def picture(width: int, height: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height)).save(content, "PNG")
    return content.getvalue()


def test_a_route_whose_clip_has_its_pictures_aspect_is_warned_of_where_another_is_expected(
    project, pipeline, png
) -> None:
    plan = project.write(pipeline(BODY)).write({"a.png": png}).plan()
    assert plan["spot"]["warnings"] == [
        "`hero` is 1:1 and `talk` is 9:16: with `fit: error` this step will stop; write `fit: pad` or `fit: crop`"
    ]
    assert plan["hero"]["warnings"] == plan["talk"]["warnings"] == []


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_a_step_that_pads_or_crops_is_not_warned(project, pipeline, png, fit) -> None:
    project.write(pipeline(BODY.replace("input: {clips", f"input: {{fit: {fit}, clips"))).write({"a.png": png})
    assert project.plan()["spot"]["warnings"] == []


def test_clips_that_agree_are_not_warned_of(project, pipeline) -> None:
    assert project.write(pipeline(BODY)).write({"a.png": picture(722, 1280)}).plan()["spot"]["warnings"] == []


def test_an_aspect_without_a_name_is_told_as_a_number(project, pipeline) -> None:
    project.write(pipeline(BODY)).write({"a.png": picture(1000, 500)})
    assert project.plan()["spot"]["warnings"][0].startswith("`hero` is 2.00:1 and `talk` is 9:16: ")


def test_the_size_of_a_step_is_what_its_clips_must_fit(project, pipeline, png) -> None:
    project.write(pipeline(BODY.replace("input: {clips", "input: {size: 1080x1920, clips"))).write({"a.png": png})
    assert project.plan()["spot"]["warnings"] == [
        "`size` is 9:16 and `hero` is 1:1: with `fit: error` this step will stop; write `fit: pad` or `fit: crop`"
    ]


def test_the_frame_is_known_through_steps_that_keep_it(project, pipeline, png) -> None:
    body = BODY.replace("  spot", '  short: {step: trim, input: {video: "{{ nodes.hero.video }}", seconds: 1}}\n  spot')
    project.write(pipeline(body.replace('["{{ nodes.hero', '["{{ nodes.short'))).write({"a.png": png})
    assert project.plan()["spot"]["warnings"][0].startswith("`short` is 1:1 and `talk` is 9:16: ")


def test_a_route_of_fixed_sizes_makes_the_size_that_is_asked_for(project, pipeline, png) -> None:
    body = BODY.replace(
        f"route: {WAN}, input: {{prompt: A presenter., aspect_ratio: 9:16}}",
        f"route: {FUSION}, input: {{image: a.png, prompt: x, aspect_ratio: 9:16}}",
    )
    project.write(pipeline(body)).write({"a.png": png})
    assert project.plan()["spot"]["warnings"][0].startswith("`hero` is 1:1 and `talk` is 9:16: ")


def test_what_is_not_known_is_not_warned_of(project, pipeline, png) -> None:
    body = BODY.replace(
        f"route: {WAN}, input: {{prompt: A presenter., aspect_ratio: 9:16}}",
        "route: bytedance/seedance-v2/pro, input: {prompt: x}",
    )
    project.write(pipeline(body)).write({"a.png": png})
    assert project.plan()["spot"]["warnings"] == []
