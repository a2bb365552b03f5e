"""Growth, order and names never move a seed or a key."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.catalog.load import load_catalog
from callsheet.document.load import load
from callsheet.media.info import MediaInfo
from callsheet.plan.make import make_plan

CATALOG = load_catalog()
IDS = st.lists(st.sampled_from(["a", "b", "c", "d", "é", "日", "x-1", "7"]), min_size=1, max_size=4, unique=True)

Seen = Mapping[tuple[str, frozenset[tuple[str, str]]], tuple[int | None, str | None]]


def planned(campaign: dict[str, Any], name: str = "pipeline.yaml", comment: str = "") -> Seen:
    """Seed and key of every instance, by its node and its place on each axis."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(comment + yaml.safe_dump(campaign, sort_keys=False, allow_unicode=True), encoding="utf-8")
        plan = make_plan(load(path), CATALOG, provider="runcomfy", read_media=no_media)
    return {(job.node, frozenset(job.axes.items())): (job.seed, job.key) for job in plan.jobs}


def no_media(path: Path) -> MediaInfo:
    raise AssertionError(f"{path} is not asked for")


@st.composite
def campaigns(draw: Callable[..., Any]) -> dict[str, Any]:
    looks, languages = draw(IDS), draw(IDS)
    axes = {"look": looks, "language": languages, "take": {"takes": draw(st.integers(1, 3))}}
    names = draw(st.lists(st.sampled_from(["shot", "talk", "wide", "close"]), min_size=1, max_size=3, unique=True))
    nodes = {}
    for name in names:
        over = draw(st.lists(st.sampled_from(["look", "language", "take"]), unique=True))
        words = " ".join(f"{{{{ {axis} }}}}" for axis in over)
        nodes[name] = {
            "route": "wan-ai/wan-2-7/text-to-video",
            "over": over,
            "input": {"prompt": f"{name} {words}", "duration": draw(st.integers(2, 15)), "aspect_ratio": "1:1"},
        }
    return {"callsheet": 1, "name": "grown", "seed": draw(st.integers(1, 10**6)), "axes": axes, "nodes": nodes}


def kept(before: Seen, after: Seen) -> None:
    assert {place: after[place] for place in before} == before


@settings(max_examples=25)
@given(campaigns(), st.sampled_from(["look", "language", "take"]))
def test_adding_a_value_to_any_axis_moves_no_seed_and_no_key(campaign, axis) -> None:
    before = planned(campaign)
    if axis == "take":
        campaign["axes"]["take"]["takes"] += 2
    else:
        campaign["axes"][axis] = ["new", *campaign["axes"][axis]]
    kept(before, planned(campaign))


@settings(max_examples=25)
@given(campaigns(), st.booleans())
def test_adding_a_node_moves_no_seed_and_no_key(campaign, first) -> None:
    before = planned(campaign)
    node = {"extra": {"route": "wan-ai/wan-2-7/text-to-video", "input": {"prompt": "more"}}}
    campaign["nodes"] = {**node, **campaign["nodes"]} if first else {**campaign["nodes"], **node}
    kept(before, planned(campaign))


@settings(max_examples=25)
@given(campaigns(), st.randoms(use_true_random=False))
def test_reordering_keys_nodes_axes_and_their_values_changes_no_seed_and_no_key(campaign, random) -> None:
    before = planned(campaign)

    def shuffled(mapping: dict[str, Any]) -> dict[str, Any]:
        items = [(key, shuffled(value) if isinstance(value, dict) else value) for key, value in mapping.items()]
        random.shuffle(items)
        return dict(items)

    other = shuffled(campaign)
    for axis in ("look", "language"):
        random.shuffle(other["axes"][axis])
    assert planned(other) == before


@settings(max_examples=25)
@given(campaigns())
def test_comments_the_files_name_and_the_pipelines_name_change_no_seed_and_no_key(campaign) -> None:
    before = planned(campaign)
    assert planned({**campaign, "name": "renamed"}, "another.yaml", "# a comment\n") == before


@settings(max_examples=25)
@given(campaigns(), st.data())
def test_a_changed_prompt_changes_exactly_the_keys_of_its_node_and_no_seed(campaign, data) -> None:
    before = planned(campaign)
    name = data.draw(st.sampled_from(sorted(campaign["nodes"])))
    campaign["nodes"][name]["input"]["prompt"] += "!"
    after = planned(campaign)
    assert {place for place in before if after[place][1] != before[place][1]} == {
        place for place in before if place[0] == name
    }
    assert all(after[place][0] == before[place][0] for place in before)
