"""Keys: what is in them, and what is not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from callsheet.plan.key import canonical_json

HERO = """
axes:
  look:
    dawn: {light: warm}
    studio: {light: soft}
nodes:
  hero:
    intent: product-reveal
    over: [look]
    input:
      image: assets/bottle.png
      prompt: "{{ look.light }} light"
  reel:
    step: concat
    input: {clips: "{{ nodes.hero.videos }}"}
"""


def keys(project, *words: str, file: str = "pipeline.yaml") -> dict[str, Any]:
    return {name: one["key"] for name, one in project.plan(*words, file=file).items()}


def hero(project, pipeline, png) -> dict[str, Any]:
    project.write(pipeline(HERO)).write({"assets/bottle.png": png})
    return keys(project)


def test_a_key_is_sha_256_over_canonical_json_of_format_provider_route_and_effective_input(
    project, pipeline, png
) -> None:
    key = hero(project, pipeline, png)["hero[look=dawn]"]
    asked = {
        "format": "callsheet-key",
        "version": 1,
        "provider": "simulator",
        "route": "happyhorse/happyhorse-1.0/image-to-video",
        "input": {
            "image_url": {"sha256": hashlib.sha256(png).hexdigest()},
            "prompt": "warm light",
            "resolution": "1080P",
            "duration": 5,
            "seed": project.plan()["hero[look=dawn]"]["seed"],
            "watermark": False,
        },
    }
    assert key == hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_a_key_is_null_while_it_waits_for_a_producers_content(project, pipeline, png) -> None:
    assert hero(project, pipeline, png)["reel"] is None


def test_names_comments_order_paths_and_the_pipelines_name_are_not_in_a_key(project, pipeline, png) -> None:
    before = hero(project, pipeline, png)
    moved = HERO.replace("assets/bottle.png", "other/flask.png").replace(
        "      prompt:", "      # a note\n      prompt:"
    )
    lines = moved.splitlines(keepends=True)
    image = next(number for number, line in enumerate(lines) if "image:" in line)
    lines.insert(image + 2, lines.pop(image))
    text = pipeline("".join(lines))["pipeline.yaml"].replace("name: shop", "name: another shop")
    project.write({"deep/down/campaign.yaml": text, "deep/down/other/flask.png": png})
    assert keys(project, file="deep/down/campaign.yaml") == before


def test_both_spellings_of_a_route_have_one_key(project, pipeline, png) -> None:
    before = hero(project, pipeline, png)
    for name in ("happyhorse/happyhorse-1-0/image-to-video", "happyhorse/happyhorse-1.0/image-to-video"):
        project.write(pipeline(HERO.replace("intent: product-reveal", f"route: {name}")))
        assert keys(project) == before


def test_canonical_and_native_names_have_one_key(project, pipeline, png) -> None:
    before = hero(project, pipeline, png)
    project.edit("pipeline.yaml", "image: assets", "image_url: assets")
    assert keys(project) == before


def test_a_prompt_and_an_assets_byte_change_exactly_the_keys_that_depend_on_them(project, pipeline, png) -> None:
    before = hero(project, pipeline, png)
    project.edit("pipeline.yaml", "light: soft", "light: hard")
    after = keys(project)
    assert after["hero[look=dawn]"] == before["hero[look=dawn]"]
    assert after["hero[look=studio]"] != before["hero[look=studio]"]
    project.write({"assets/bottle.png": png + b"\0"})
    assert keys(project)["hero[look=dawn]"] != before["hero[look=dawn]"]


def test_the_provider_is_in_the_key_and_another_base_contributes_its_origin(project, pipeline, png) -> None:
    simulated = hero(project, pipeline, png)["hero[look=dawn]"]

    def planned() -> tuple[str, str]:
        plan = project.run("plan", "pipeline.yaml", "--json").json
        return plan["provider"], plan["instances"][0]["key"]

    real = planned()
    project.write({"callsheet.toml": '[provider]\nbase = "https://gate.example:8443/v1"\n'})
    other = planned()
    project.write({"callsheet.toml": '[provider]\nbase = "https://gate.example:8443/v1"\nname = "gate"\n'})
    named = planned()
    assert (real[0], other[0], named[0]) == ("runcomfy", "https://gate.example:8443", "gate")
    assert len({simulated, real[1], other[1], named[1]}) == 4


def test_equal_keys_are_shared(project, pipeline, png) -> None:
    project.write(pipeline(HERO.replace("{{ look.light }} light", "any light"))).write({"assets/bottle.png": png})
    plan = project.plan()
    assert plan["hero[look=dawn]"]["key"] == plan["hero[look=studio]"]["key"]
    assert plan["hero[look=studio]"]["action"] == "shared"
    assert plan["hero[look=studio]"]["why"] == {"code": "same-key", "text": "the same as `hero[look=dawn]`"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_the_quick_way_to_canonical_json_gives_the_bytes_of_rfc_8785(value) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)
