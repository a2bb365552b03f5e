"""Whatever is written as a selector selects instances of the plan, or is told to be none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.catalog.load import load_catalog
from callsheet.document.load import load
from callsheet.media.read import read_media
from callsheet.plan.job import Plan
from callsheet.plan.make import SIMULATOR, make_plan
from callsheet.plan.select import STATES, select
from callsheet.problems import UsageFault

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes: {look: [dawn, noir], take: {takes: 2}}
nodes:
  hero: {route: wan-ai/wan-2-7/text-to-video, over: [look, take], tags: [social], input: {prompt: "{{ look }}"}}
  spot: {step: loop, over: [look], input: {video: "{{ nodes.hero.video }}", times: 2}}
  reel: {step: concat, input: {clips: "{{ nodes.spot.videos }}"}}
"""
PIECES = [
    "hero", "spot", "reel", "h*", "?", "+", "@", "1", "2", ",", " ", "[", "]", "=", "|", ":", "look", "dawn", "n*",
    "take", "tag", "state", "step", "social", "failed", "loop", ".", "é", "route:", "node:", "intent:x",
]  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path: Path = tmp_path_factory.mktemp("campaign") / "pipeline.yaml"
    path.write_text(CAMPAIGN)
    return make_plan(load(path), load_catalog(), provider=SIMULATOR, read_media=read_media)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=12))
def test_a_selector_selects_or_is_refused(plan: Plan, expression: str) -> None:
    found, codes = set(), {"bad-selector"}
    try:
        found = set(select(plan, expression, None, lambda: {job.id: (STATES[0],) for job in plan.jobs}))
    except UsageFault as fault:
        codes = {problem.code for problem in fault.problems}
    assert (found <= plan.by_id.keys(), codes) == (True, {"bad-selector"})


@given(st.sampled_from(["hero", "spot[look=dawn]", "reel", "hero[take=1]"]), st.integers(0, 4))
def test_more_steps_select_more_and_all_steps_the_most(plan: Plan, name: str, steps: int) -> None:
    for near, far, every in (
        (f"{steps}+{name}", f"{steps + 1}+{name}", f"+{name}"),
        (f"{name}+{steps}", f"{name}+{steps + 1}", f"{name}+"),
    ):
        assert set(select(plan, name, None)) <= set(select(plan, near, None)) <= set(select(plan, far, None))
        assert set(select(plan, far, None)) <= set(select(plan, every, None)) <= set(select(plan, f"@{name}", None))
