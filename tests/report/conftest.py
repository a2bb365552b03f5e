"""The aurora campaign as values: a plan, what was decided, and what came of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from callsheet.catalog.route import Estimate
from callsheet.document.item import Item
from callsheet.document.model import Document, Node
from callsheet.media.info import Artifact, LocalFile, MediaInfo, RemoteFile
from callsheet.plan.job import Job, Plan
from callsheet.problems import SourceText, Span
from callsheet.run.outcome import (
    Action,
    Decision,
    InstanceError,
    InstanceOutcome,
    PlacedOutput,
    RunOutcome,
    RunTotals,
    State,
    Why,
)

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SPAN = Span(SourceText("pipeline.yaml", "callsheet: 1\n"), 1, 1, 1, 2)
WHY = {
    Action.render: Why("never-rendered", "never rendered"),
    Action.shared: Why("same-key", "same key as another instance"),
    Action.cached: Why("same-key", "rendered before, nothing changed"),
    Action.local: Why("never-made", "never made"),
    Action.attach: Why("in-flight", "submitted earlier, still in flight"),
    Action.held: Why("no-pick", "waits for a pick of `hero[look=dawn]`"),
    Action.unknown: Why("submit-unknown", "an earlier submit got no certain answer"),
    Action.missing: Why("bytes-missing", "locked, but its bytes are not in the store"),
    Action.skipped: Why("not-selected", "not selected"),
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def job(node: str, axes: Mapping[str, str], made_by: str = HAPPYHORSE, **more: Any) -> Job:
    inside = ",".join(f"{axis}={place}" for axis, place in axes.items())
    name = f"{node}[{inside}]" if inside else node
    step = "/" not in made_by
    values: dict[str, Any] = {
        "id": name,
        "node": node,
        "axes": dict(axes),
        "kind": "step" if step else "route",
        "made_by": made_by,
        "version": 1 if step else None,
        "intent": None,
        "intent_why": None,
        "seed": None if step else 1403381120,
        "unseeded": False,
        "salt": None,
        "input": {},
        "defaults": (),
        "needs": (),
        "key": digest(name),
        "publish": f"aurora/{node}/{inside or node}.mp4",
        "extension": ".mp4",
        "makes": "video",
        "estimate": Estimate(0.0, "quoted") if step else Estimate(0.5, "quoted"),
        "warnings": (),
        "span": SPAN,
    }
    return Job(**values | more)


def plan_of(jobs: list[Job], name: str = "aurora-launch", provider: str = "simulator", **more: Any) -> Plan:
    described = {
        "hero": "The bottle, once per look",
        "captioned": None,
    }
    nodes = {
        one.node: Node(
            name=one.node,
            maker=one.kind,
            made_by=Item(one.made_by, SPAN),
            over=tuple(one.axes),
            over_span=None,
            input=None,
            seed=None,
            when=None,
            needs=(),
            needs_spans=(),
            publish=None,
            tags=(),
            advice=True,
            allow_cut=False,
            was=None,
            description=described.get(one.node),
            span=SPAN,
        )
        for one in jobs
    }
    document = Document(
        path=Path("pipeline.yaml"),
        folder=Path(),
        name=name,
        description=more.pop("description", None),
        seed=20260401,
        seed_span=SPAN,
        params={},
        axes={},
        exclude=(),
        include=(),
        only={},
        only_spans={},
        text=None,
        defaults={},
        default_spans={},
        max_instances=1000,
        nodes=nodes,
        outputs={},
        span=SPAN,
    )
    return Plan(
        document=document,
        provider=provider,
        jobs=jobs,
        order=range(len(jobs)),
        by_id={one.id: one for one in jobs},
        nodes=nodes,
        **{"excluded": 0, **more},
    )


def aurora_jobs() -> list[Job]:
    info = MediaInfo("image", "image/png", 120_000, digest("bottle"), 900, 1600)
    bottle = LocalFile(Path("/project/assets/bottle.png"), "assets/bottle.png", info)
    looks = {"dawn": "a stone ledge above the sea, warm sunrise rim light", "studio": "a seamless white sweep"}
    jobs = [
        job(
            "hero",
            {"look": look, "take": take},
            intent="product-reveal",
            intent_why="Geometry kept, smooth camera moves",
            seed=1403381120 if take == "1" else 611953,
            input={
                "image_url": bottle,
                "prompt": f"Slow dolly in on the Aurora bottle on {place}; packaging unchanged.",
                "duration": 5,
                "resolution": "1080P",
                "watermark": False,
            },
            defaults=("watermark",),
        )
        for look, place in looks.items()
        for take in ("1", "2")
    ]
    for language in ("en", "de", "ja"):
        voice = MediaInfo("audio", "audio/wav", 90_000, digest(language), seconds=4.2)
        jobs.append(
            job(
                "spokesperson",
                {"language": language},
                WAN,
                intent="lip-sync",
                seed=88,
                input={
                    "prompt": "Medium close-up of a presenter in a softly lit booth, locked tripod.",
                    "audio_url": RemoteFile(f"https://user:pw@cdn.example/{language}.wav?sig=secret#x", voice),
                    "duration": 5,
                    "aspect_ratio": "9:16",
                },
            )
        )
    pairs = [("dawn", "en"), ("dawn", "de"), ("dawn", "ja"), ("studio", "en"), ("studio", "de")]
    for look, language in pairs:
        hero, voice_over = f"hero[look={look},take=1]", f"spokesperson[language={language}]"
        jobs.append(
            job(
                "spot",
                {"look": look, "language": language},
                "concat",
                key=None,
                input={"clips": [Artifact(hero, "video"), Artifact(voice_over, "video")], "fit": "crop"},
                needs=(hero, voice_over),
            )
        )
    captions = {"en": "Light, bottled.", "de": "Licht, abgefüllt.", "ja": "光を、瓶に。"}
    for look, language in pairs:
        spot = f"spot[look={look},language={language}]"
        jobs.append(
            job(
                "captioned",
                {"look": look, "language": language},
                "caption",
                key=None,
                input={"video": Artifact(spot, "video"), "text": captions[language]},
                needs=(spot,),
            )
        )
    return jobs


def decisions_of(plan: Plan, actions: Mapping[str, Action] | None = None) -> dict[str, Decision]:
    decisions = {}
    for one in plan.jobs:
        action = (actions or {}).get(one.id) or (Action.render if one.kind == "route" else Action.local)
        decisions[one.id] = Decision(one.id, action, WHY[action], one.key)
    return decisions


def outcome_of(plan: Plan, folder: Path, states: Mapping[str, Any] | None = None, **more: Any) -> RunOutcome:
    """Every instance made, but for those that `states` gives a state or fields of their own."""
    made = []
    for one in plan.jobs:
        path = folder / (one.publish or f"{one.id}.mp4")
        output = PlacedOutput("video", path, f"renders/{one.publish}", digest(f"bytes of {one.id}"), 1234, "video/mp4")
        values: dict[str, Any] = {
            "id": one.id,
            "node": one.node,
            "axes": one.axes,
            "state": State.succeeded,
            "key": one.key or digest(f"key of {one.id}"),
            "seed": one.seed,
            "request_id": f"req-{digest(one.id)[:8]}" if one.kind == "route" else None,
            "cost_usd": 0.5 if one.kind == "route" else 0.0,
            "outputs": (output,),
            "seconds": 2.25,
        }
        own = (states or {}).get(one.id, {})
        own = {"state": own} if isinstance(own, State) else own
        if own.get("state", State.succeeded) not in (State.succeeded, State.cached):
            values |= {"outputs": (), "cost_usd": None, "request_id": None}
        made.append(InstanceOutcome(**values | own))
    ends = [one.state for one in made]
    submitted = sum(one.state is State.succeeded and one.request_id is not None for one in made)
    totals = RunTotals(
        submitted=submitted,
        cached=ends.count(State.cached),
        shared=sum(one.shared_with is not None for one in made),
        failed=ends.count(State.failed),
        cost_usd=0.5 * submitted,
        seconds=12.34,
    )
    values = {"run": "run-1", "status": "succeeded", "exit_code": 0, "instances": tuple(made), "totals": totals}
    return RunOutcome(**values | more)


@pytest.fixture
def make() -> SimpleNamespace:
    """What the tests build their campaigns from."""
    return SimpleNamespace(
        job=job, plan=plan_of, decisions=decisions_of, outcome=outcome_of, digest=digest, error=InstanceError
    )


@pytest.fixture
def aurora() -> Plan:
    return plan_of(aurora_jobs(), excluded=2)


@pytest.fixture
def clip() -> Callable[[int, int], bytes]:
    """The bytes of an MP4 of this size in pixels and 2.5 seconds."""

    def made(width: int, height: int) -> bytes:
        content = io.BytesIO()
        with av.open(content, "w", format="mp4") as film:
            stream = film.add_stream("libx264", rate=4, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for _ in range(10):
                film.mux(stream.encode(av.VideoFrame(width, height, "yuv420p")))
            film.mux(stream.encode(None))
        return content.getvalue()

    return made
