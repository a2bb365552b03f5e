"""Campaigns of all sorts under a lock: growth, order, names and newer catalogues move nothing that is there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.catalog.load import load_catalog
from callsheet.document.load import load
from callsheet.document.lock import Lock
from callsheet.media.info import MediaInfo, Output
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import key_of
from callsheet.plan.locking import locked
from callsheet.plan.make import make_plan
from callsheet.plan.pins import NO_PINS, pins_of
from callsheet.shipped import shipped

CATALOG = load_catalog()
WAN = "wan-ai/wan-2-7/text-to-video"
HAPPY = "happyhorse/happyhorse-1.0/image-to-video"
UNSEEDED = "bytedance/seedance-v1.5-pro/image-to-video"
ROUTES = [WAN, HAPPY, UNSEEDED]
AXES = ["look", "language", "take"]
IDS = st.lists(st.sampled_from(["a", "b", "c", "é", "日", "x-1", "7"]), min_size=1, max_size=3, unique=True)

Place = tuple[str, frozenset[tuple[str, str]]]
Seen = Mapping[Place, tuple[int | None, str | None]]


class Campaign:
    """A campaign as data, the bytes of its assets, and the files it is written to."""

    def __init__(self, data: dict[str, Any], lock: Lock | None = None, catalog: Any = CATALOG) -> None:
        self.data = data
        self.lock = lock
        self.catalog = catalog
        self.assets = {"one.png": "1", "two.png": "2"}
        self.name = "pipeline.yaml"
        self.comment = ""

    def plan(self) -> Plan:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.name
            text = self.comment + yaml.safe_dump(self.data, sort_keys=False, allow_unicode=True)
            path.write_text(text, encoding="utf-8")
            pins = NO_PINS if self.lock is None else pins_of(self.lock)
            return make_plan(load(path), self.catalog, provider="runcomfy", read_media=self.read, pins=pins)

    def read(self, path: Path) -> MediaInfo:
        return MediaInfo("image", "image/png", 100, self.assets[path.name] * 64, 1280, 1280)

    def locked(self) -> Campaign:
        """The same under a lock of its own, as the next run will find it."""
        plan = self.plan()
        keys, outputs = rendered(plan)
        made = {name: (keys[name], outputs[name]) for name in keys}
        other = Campaign(self.data, locked(plan, made, self.lock), self.catalog)
        other.assets = dict(self.assets)
        return other


def rendered(plan: Plan) -> tuple[dict[str, str], dict[str, tuple[Output, ...]]]:
    """The key of every instance, and what a provider gives for it: bytes that depend on nothing but the key."""
    keys: dict[str, str] = {}
    outputs: dict[str, tuple[Output, ...]] = {}
    for position in plan.order:
        job = plan.jobs[position]
        key = key_of(job, plan.provider, outputs.get)
        assert key is not None
        keys[job.id] = key
        outputs[job.id] = (Output(job.makes, job.makes, key[::-1], 1, f"{job.makes}/x"),)
    return keys, outputs


def place(job: Job) -> Place:
    return job.node, frozenset(job.axes.items())


def seen(campaign: Campaign) -> Seen:
    """Seed and key of every instance, by its node and its place on each axis."""
    plan = campaign.plan()
    keys, _ = rendered(plan)
    return {place(job): (job.seed, keys[job.id]) for job in plan.jobs}


@st.composite
def campaigns(draw: Callable[..., Any]) -> Campaign:
    takes = draw(st.integers(1, 3) | st.just(["calm", "wild"]))
    axes = {"look": draw(IDS), "language": draw(IDS), "take": {"takes": takes}}
    nodes: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(["shot", "talk", "wide", "close"]), min_size=1, max_size=3, unique=True)):
        over = draw(st.lists(st.sampled_from(AXES), unique=True))
        route = draw(st.sampled_from(ROUTES))
        words = " ".join(f"{{{{ {axis} }}}}" for axis in over if axis != "take")
        given: dict[str, Any] = {"prompt": f"{name} {words}"}
        if route != WAN:
            given["image"] = draw(st.sampled_from(["one.png", "two.png"]))
        nodes[name] = {"route": route, "over": over, "input": given}
        seed = draw(st.none() | st.integers(1, 99) | st.just({"vary": [axis for axis in over if axis != "take"]}))
        if seed is not None and seed != {"vary": []}:
            nodes[name]["seed"] = seed
    made = list(nodes)
    for name in draw(st.lists(st.sampled_from(["still", "reel"]), unique=True)):
        source = draw(st.sampled_from(made))
        if name == "still":
            over = [axis for axis in nodes[source]["over"] if axis != "take" or draw(st.booleans())]
            nodes[name] = {"step": "last_frame", "over": over, "input": {"video": f"{{{{ nodes.{source}.video }}}}"}}
        else:
            over = draw(st.lists(st.sampled_from(["look", "language"]), unique=True))
            clips = [
                f"{{{{ nodes.{one}.videos }}}}" for one in draw(st.lists(st.sampled_from(made), min_size=1, max_size=2))
            ]
            nodes[name] = {"step": "concat", "over": over, "input": {"clips": clips, "fit": "crop"}}
            if draw(st.booleans()):
                nodes[name]["needs"] = [source]
    if "still" in nodes:
        nodes["next"] = {
            "route": HAPPY, "over": nodes["still"]["over"], "input": {"prompt": "go on", "image": "{{ nodes.still.image }}"},
        }  # fmt: skip
    data = {"callsheet": 1, "name": "grown", "seed": draw(st.integers(1, 10**6)), "axes": axes, "nodes": nodes}
    return Campaign(data)


def gatherers(campaign: Campaign, axis: str) -> set[str]:
    """The nodes that what grows on an axis reaches: those that gather over it, and all that is made from them."""
    nodes = campaign.data["nodes"]
    reached: set[str] = set()
    for name, node in nodes.items():
        sources = [one for one in nodes if f"nodes.{one}." in json.dumps(node["input"])]
        gathered = [
            one for one in sources if axis in nodes[one]["over"] and axis not in node["over"] and axis != "take"
        ]
        if gathered or reached.intersection(sources):
            reached.add(name)
    return reached


def kept(before: Seen, after: Seen, but: Collection[str] = ()) -> None:
    assert {spot: after[spot] for spot in before if spot[0] not in but} == {
        spot: facts for spot, facts in before.items() if spot[0] not in but
    }
    assert all(after[spot][0] == facts[0] for spot, facts in before.items())


def newer(change: Callable[[dict[str, Any]], None]) -> Any:
    """The catalogue as a later one may be: every route of it changed."""
    folder = Path(tempfile.mkdtemp())
    for route in ROUTES:
        name = route.replace("/", "--") + ".json"
        description = json.loads((shipped("schemas") / "routes" / name).read_text(encoding="utf-8"))
        change(description["input_schema"]["properties"])
        (folder / name).write_text(json.dumps(description), encoding="utf-8")
    return load_catalog([folder])


def other_defaults(properties: dict[str, Any]) -> None:
    for field in properties.values():
        if "default" in field and field.get("enum"):
            field["default"] = next((one for one in field["enum"] if one != field["default"]), field["default"])
        elif field.get("type") == "boolean" and "default" in field:
            field["default"] = not field["default"]
    properties["new_field"] = {"type": "number", "default": 0.5, "title": "New"}


NEWER = newer(other_defaults)


@settings(max_examples=40)
@given(campaigns(), st.sampled_from(AXES), st.booleans(), st.booleans())
def test_adding_a_value_to_any_axis_moves_nothing_that_does_not_gather_it(campaign, axis, first, with_lock) -> None:
    if with_lock:
        campaign = campaign.locked()
    before = seen(campaign)
    reached = gatherers(campaign, axis)
    axes = campaign.data["axes"]
    if axis != "take":
        axes[axis] = ["new", *axes[axis]] if first else [*axes[axis], "new"]
    elif isinstance(axes["take"]["takes"], int):
        axes["take"] = {"takes": axes["take"]["takes"] + 2}
    else:
        named = axes["take"]["takes"]
        axes["take"] = {"takes": [*named, "new"]}
    kept(before, seen(campaign), reached)


@settings(max_examples=25)
@given(campaigns())
def test_a_take_put_before_the_others_moves_no_take_under_a_lock(campaign) -> None:
    campaign.data["axes"]["take"] = {"takes": ["calm", "wild"]}
    campaign = campaign.locked()
    before = seen(campaign)
    campaign.data["axes"]["take"] = {"takes": ["new", "calm", "wild"]}
    after = seen(campaign)
    made = {name for name, node in campaign.data["nodes"].items() if "nodes." not in json.dumps(node["input"])}
    kept({spot: facts for spot, facts in before.items() if spot[0] in made}, after)


@settings(max_examples=25)
@given(campaigns(), st.booleans(), st.booleans())
def test_adding_a_node_moves_nothing(campaign, first, with_lock) -> None:
    if with_lock:
        campaign = campaign.locked()
    before = seen(campaign)
    node = {"extra": {"route": WAN, "over": ["look"], "input": {"prompt": "more"}}}
    nodes = campaign.data["nodes"]
    campaign.data["nodes"] = {**node, **nodes} if first else {**nodes, **node}
    kept(before, seen(campaign))


@settings(max_examples=25)
@given(campaigns(), st.randoms(use_true_random=False), st.booleans())
def test_order_of_keys_nodes_and_axes_moves_no_seed_and_no_key(campaign, random, with_lock) -> None:
    if with_lock:
        campaign = campaign.locked()
    before = seen(campaign)

    def shuffled(mapping: dict[str, Any]) -> dict[str, Any]:
        items = [(key, shuffled(value) if isinstance(value, dict) else value) for key, value in mapping.items()]
        random.shuffle(items)
        return dict(items)

    several = {name for name, node in campaign.data["nodes"].items() if node.get("step") == "concat"}
    campaign.data = shuffled(campaign.data)
    kept(before, seen(campaign), several)  # a reel shows its clips in the order of the axes


@settings(max_examples=25)
@given(campaigns(), st.booleans())
def test_names_of_files_and_pipelines_and_comments_change_nothing(campaign, with_lock) -> None:
    if with_lock:
        campaign = campaign.locked()
    before = seen(campaign)
    campaign.data = json.loads(json.dumps({**campaign.data, "name": "renamed"}).replace("one.png", "eins.png"))
    campaign.assets["eins.png"] = campaign.assets["one.png"]
    campaign.name, campaign.comment = "another.yaml", "# a comment\n"
    assert seen(campaign) == before


@settings(max_examples=40)
@given(campaigns(), st.sampled_from([None, "look", "language"]))
def test_a_newer_catalogue_moves_nothing_under_a_lock(campaign, axis) -> None:
    before = seen(campaign)
    campaign = campaign.locked()
    campaign.catalog = NEWER
    reached = gatherers(campaign, axis or "")
    if axis is not None:
        campaign.data["axes"][axis] = ["new", *campaign.data["axes"][axis]]
    kept(before, seen(campaign), reached)


@settings(max_examples=25)
@given(campaigns())
def test_locking_what_is_locked_changes_nothing(campaign) -> None:
    once = campaign.locked()
    once.catalog = NEWER
    assert once.locked().lock == once.lock


def dependents(plan: Plan, roots: set[str]) -> set[str]:
    """These instances and all that is made from them."""
    found = set(roots)
    for position in plan.order:
        job = plan.jobs[position]
        if found.intersection(artifacts(job)):
            found.add(job.id)
    return found


def artifacts(job: Job) -> set[str]:
    """The instances whose files an instance takes."""
    values = [one for value in job.input.values() for one in (value if isinstance(value, list | tuple) else (value,))]
    return {one.instance for one in values if hasattr(one, "instance")}


def changed(before: Plan, after: Plan) -> set[str]:
    old, new = rendered(before)[0], rendered(after)[0]
    return {name for name in old if old[name] != new[name]}


@settings(max_examples=25)
@given(campaigns(), st.data())
def test_a_changed_prompt_changes_exactly_what_depends_on_it(campaign, data) -> None:
    campaign = campaign.locked()
    before = campaign.plan()
    name = data.draw(
        st.sampled_from(
            sorted(one for one in campaign.data["nodes"] if "prompt" in campaign.data["nodes"][one]["input"])
        )
    )
    campaign.data["nodes"][name]["input"]["prompt"] += "!"
    after = campaign.plan()
    assert changed(before, after) == dependents(before, {job.id for job in before.jobs if job.node == name})
    assert [job.seed for job in after.jobs] == [job.seed for job in before.jobs]


@settings(max_examples=25)
@given(campaigns())
def test_a_changed_byte_of_an_asset_changes_exactly_what_depends_on_it(campaign) -> None:
    campaign = campaign.locked()
    before = campaign.plan()
    users = {job.id for job in before.jobs if "one.png" in str(campaign.data["nodes"][job.node]["input"])}
    campaign.assets["one.png"] = "3"
    assert changed(before, campaign.plan()) == dependents(before, users)


@settings(max_examples=25)
@given(campaigns())
def test_a_changed_pinned_default_changes_exactly_what_depends_on_it(campaign) -> None:
    campaign = campaign.locked()
    before = campaign.plan()
    assert campaign.lock is not None
    users = {job.id for job in before.jobs if job.made_by == HAPPY and "watermark" in job.defaults}
    routes = dict(campaign.lock.routes)
    if HAPPY in routes:
        defaults = routes[HAPPY].defaults
        routes[HAPPY] = replace(routes[HAPPY], defaults={**defaults, "watermark": not defaults["watermark"]})
    campaign.lock = replace(campaign.lock, routes=routes)
    assert changed(before, campaign.plan()) == dependents(before, users)
