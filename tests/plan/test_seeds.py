"""Seeds: derived from the root seed, the node's name and its take, and from nothing else."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from callsheet.plan.seeds import LARGEST, derive_seed, fold_seed

CLIP = "{route: wan-ai/wan-2-7/text-to-video, over: OVER, input: {prompt: x}EXTRA}"


def body(over: str = "[look, take]", extra: str = "", takes: str = "{takes: 2}", name: str = "clip") -> str:
    clip = CLIP.replace("OVER", over).replace("EXTRA", f", {extra}" if extra else "")
    return f"axes:\n  look: [dawn, studio]\n  take: {takes}\nnodes:\n  {name}: {clip}\n"


def seeds(project, pipeline, *args, **kwargs) -> dict[str, int]:
    project.write(pipeline(body(*args, **kwargs)))
    return {name: one["seed"] for name, one in project.plan().items()}


def test_the_derivation_is_sha_256_tagged_versioned_and_folded() -> None:
    text = json.dumps(["callsheet-seed/1", "20260401", "hero", "1"]).encode()
    assert derive_seed(20260401, "hero") == int(hashlib.sha256(text).hexdigest(), 16) % (2**31 - 1) + 1


def test_looks_of_a_node_share_a_seed_and_each_further_take_has_its_own(project, pipeline) -> None:
    found = seeds(project, pipeline)
    assert found["clip[look=dawn,take=1]"] == found["clip[look=studio,take=1]"] == derive_seed(7, "clip")
    assert found["clip[look=dawn,take=2]"] == found["clip[look=studio,take=2]"] == derive_seed(7, "clip", "2")


def test_take_1_has_the_seed_of_a_node_without_takes(project, pipeline) -> None:
    assert seeds(project, pipeline, "[look]")["clip[look=dawn]"] == derive_seed(7, "clip")


def test_growth_never_moves_a_seed(project, pipeline) -> None:
    before = seeds(project, pipeline)
    after = seeds(project, pipeline, takes="{takes: 5}")
    assert {name: after[name] for name in before} == before


def test_a_pinned_seed_is_used_by_the_first_take_and_further_ones_are_derived_from_it(project, pipeline) -> None:
    found = seeds(project, pipeline, extra="seed: 1234")
    assert found["clip[look=dawn,take=1]"] == 1234
    assert found["clip[look=dawn,take=2]"] == derive_seed(1234, "clip", "2")


def test_vary_lets_further_axes_draw_seeds_of_their_own(project, pipeline) -> None:
    found = seeds(project, pipeline, extra="seed: {vary: [look]}")
    assert len(set(found.values())) == 4
    assert found["clip[look=dawn,take=1]"] == derive_seed(7, "clip", "1", [("look", "dawn")])


def test_was_carries_seeds_over_a_rename(project, pipeline) -> None:
    before = seeds(project, pipeline)
    after = seeds(project, pipeline, name="hero", extra="was: clip")
    assert list(after.values()) == list(before.values())


def test_seeds_may_be_given_one_by_one_as_takes(project, pipeline) -> None:
    assert seeds(project, pipeline, takes="{seeds: [11, 22]}")["clip[look=studio,take=22]"] == 22


def test_an_instance_of_a_route_without_a_seed_is_unseeded_and_its_further_takes_differ_by_key(
    project, pipeline, png
) -> None:
    text = body().replace("wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v1.5-pro/image-to-video")
    project.write(pipeline(text.replace("{prompt: x}", "{prompt: x, image: a.png}"))).write({"a.png": png})
    plan = project.plan()
    first, second = plan["clip[look=dawn,take=1]"], plan["clip[look=dawn,take=2]"]
    assert (first["unseeded"], first["seed"], second["seed"]) == (True, None, None)
    assert first["key"] != second["key"]
    project.edit("pipeline.yaml", "over: [look, take]", "over: [look]")
    assert project.plan()["clip[look=dawn]"]["key"] == first["key"]


def test_a_root_seed_is_required_as_soon_as_a_seed_is_derived(project) -> None:
    project.write({"pipeline.yaml": "callsheet: 1\nname: shop\n" + body()})
    assert project.refusal() == (
        "pipeline.yaml:7:3: error: clip[look=dawn,take=1] and 3 more: node `clip` needs a seed, and the pipeline has none "
        "to derive it from [seed-required]\n"
        "  7 |   clip: {route: wan-ai/wan-2-7/text-to-video, over: [look, take], input: {prompt: x}}\n"
        "    |   ^^^^\n"
        "  help: add `seed: 1` (any whole number) at the top of the file\n"
    )


@given(st.integers(1, LARGEST), st.integers(0, 50), st.integers(1, 200), st.sets(st.integers(0, 260), max_size=20))
def test_a_folded_seed_is_in_the_routes_range_and_never_one_it_reads_as_random(seed, low, size, random) -> None:
    allowed = set(range(max(1, low), max(1, low) + size))
    random &= set(sorted(allowed)[1:]) | {0}
    folded = fold_seed(seed, low, max(allowed), random)
    assert folded in allowed - random
    if seed in allowed - random:
        assert folded == seed


@given(st.integers(1, LARGEST), st.text(max_size=20), st.text(max_size=20))
def test_a_derived_seed_is_from_1_to_2_to_the_31_minus_1(root, name, take) -> None:
    assert 1 <= derive_seed(root, name, take) <= LARGEST


def test_a_pinned_seed_that_the_route_cant_take_is_an_error_and_never_another_seed(project, pipeline, png) -> None:
    text = body("[look]", "seed: 2147483648").replace(
        "wan-ai/wan-2-7/text-to-video", "happyhorse/happyhorse-1.0/image-to-video"
    )
    project.write(pipeline(text.replace("{prompt: x}", "{prompt: x, image: a.png}"))).write({"a.png": png})
    assert (
        "the seed 2147483648 is none that `happyhorse/happyhorse-1.0/image-to-video` takes [seed-out-of-range]"
        in project.refusal()
    )
