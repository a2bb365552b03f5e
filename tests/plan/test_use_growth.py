"""Growth, order and file names never move a seed or a key of what a used pipeline makes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
IDS = st.lists(st.sampled_from(["a", "b", "c", "é", "日", "x-1", "7"]), min_size=1, max_size=3, unique=True)
ROUTE = "wan-ai/wan-2-7/text-to-video"

Seen = Mapping[tuple[str, frozenset[tuple[str, str]]], tuple[int | None, str | None]]


@dataclass(frozen=True)
class Campaign:
    """A pipeline, and the one that it uses, which lies at `place`."""

    outer: dict[str, Any]
    inner: dict[str, Any]
    place: str = "part.yaml"

    def seen(self) -> Seen:
        """Seed and key of every instance, by its node and its place on each axis."""
        with tempfile.TemporaryDirectory() as folder:
            nodes = {
                name: {**node, "use": self.place} if "with" in node else node
                for name, node in self.outer["nodes"].items()
            }
            for name, content in (("pipeline.yaml", {**self.outer, "nodes": nodes}), (self.place, self.inner)):
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
            document = load(Path(folder) / "pipeline.yaml")
            plan = make_plan(document, CATALOG, provider="runcomfy", read_media=no_media)
        return {(job.node, frozenset(job.axes.items())): (job.seed, job.key) for job in plan.jobs}


def no_media(path: Path) -> MediaInfo:
    raise AssertionError(f"{path} is not asked for")


def render(words: str, over: list[str]) -> dict[str, Any]:
    return {"route": ROUTE, "over": over, "input": {"prompt": words, "duration": 4, "aspect_ratio": "1:1"}}


@st.composite
def campaigns(draw: Callable[..., Any]) -> Campaign:
    over = draw(st.lists(st.sampled_from(["language", "take"]), unique=True))
    inside = draw(st.sampled_from([[], ["scene"]]))
    scene = " {{ scene }}" if inside else ""
    inner = {
        "callsheet": 1,
        "name": "part",
        "params": {"word": {"type": "text"}},
        "axes": {"scene": draw(IDS)},
        "nodes": {
            "shot": render("{{ params.word }}" + scene, inside),
            "wide": render("wide {{ params.word }}", []),
        },
    }
    outer = {
        "callsheet": 1,
        "name": "campaign",
        "seed": draw(st.integers(1, 10**6)),
        "axes": {"language": draw(IDS), "take": {"takes": draw(st.integers(1, 3))}},
        "nodes": {
            "spot": {"over": over, "with": {"word": "{{ language }}" if "language" in over else "word"}},
            "plain": render("plain", []),
        },
    }
    return Campaign(outer, inner)


def kept(before: Seen, after: Seen) -> None:
    assert {place: after[place] for place in before} == before


@settings(max_examples=20)
@given(campaigns(), st.sampled_from(["language", "take", "scene"]))
def test_adding_a_value_to_an_axis_outside_or_inside_moves_nothing(campaign, axis) -> None:
    before = campaign.seen()
    if axis == "take":
        campaign.outer["axes"]["take"]["takes"] += 2
    else:
        axes = campaign.outer["axes"] if axis == "language" else campaign.inner["axes"]
        axes[axis] = ["new", *axes[axis]]
    kept(before, campaign.seen())


@settings(max_examples=20)
@given(campaigns(), st.randoms(use_true_random=False))
def test_reordering_nodes_axes_and_ids_moves_nothing(campaign, random) -> None:
    def shuffled(mapping: dict[str, Any]) -> dict[str, Any]:
        keys = list(mapping)
        random.shuffle(keys)
        return {key: mapping[key] for key in keys}

    before = campaign.seen()
    for file in (campaign.outer, campaign.inner):
        file["nodes"], file["axes"] = shuffled(file["nodes"]), shuffled(file["axes"])
    random.shuffle(campaign.inner["axes"]["scene"])
    random.shuffle(campaign.outer["axes"]["language"])
    assert replace(campaign, outer=shuffled(campaign.outer), inner=shuffled(campaign.inner)).seen() == before


@settings(max_examples=15)
@given(campaigns(), st.sampled_from(["other.yaml", "lib/part.yaml", "日本.yaml"]))
def test_renaming_or_moving_the_used_file_moves_nothing(campaign, place) -> None:
    assert replace(campaign, place=place).seen() == campaign.seen()


@settings(max_examples=15)
@given(campaigns())
def test_a_second_use_and_a_param_more_move_nothing(campaign) -> None:
    before = campaign.seen()
    campaign.outer["nodes"]["again"] = {"over": [], "with": {"word": "again"}}
    campaign.inner["params"]["further"] = {"type": "integer", "default": 3}
    kept(before, campaign.seen())


@settings(max_examples=15)
@given(campaigns())
def test_seeds_are_shared_by_languages_and_scenes_and_tell_takes_and_nodes_apart(campaign) -> None:
    seeds: dict[tuple[str, str], set[int | None]] = {}
    for (node, axes), (seed, _) in campaign.seen().items():
        seeds.setdefault((node, dict(axes).get("take", "1")), set()).add(seed)
    assert all(len(found) == 1 for found in seeds.values())
    assert len(set.union(*seeds.values())) == len(seeds)
