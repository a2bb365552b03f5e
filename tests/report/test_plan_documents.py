from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from callsheet.catalog.route import Estimate
from callsheet.media.info import Artifact, RemoteFile
from callsheet.plan.job import MatchAudio, Plan
from callsheet.plan.shown import bare_url, shown_input
from callsheet.report.plan_json import json_text, plan_document, run_document
from callsheet.run.outcome import Action, State


def test_a_plan_is_told_whole(aurora: Plan, make: SimpleNamespace) -> None:
    kept = {"hero[look=dawn,take=1]", "spokesperson[language=ja]", "spot[look=dawn,language=en]"}
    plan = make.plan([one for one in aurora.jobs if one.id in kept], excluded=2)
    decisions = make.decisions(plan, {"hero[look=dawn,take=1]": Action.cached})

    assert plan_document(plan, decisions) == {
        "pipeline": "aurora-launch",
        "provider": "simulator",
        "schema_version": 1,
        "instances": [
            {
                "id": "hero[look=dawn,take=1]",
                "node": "hero",
                "axes": {"look": "dawn", "take": "1"},
                "kind": "route",
                "route": "happyhorse/happyhorse-1.0/image-to-video",
                "intent": "product-reveal",
                "action": "cached",
                "why": {"code": "same-key", "text": "rendered before, nothing changed"},
                "key": make.digest("hero[look=dawn,take=1]"),
                "seed": 1403381120,
                "unseeded": False,
                "input": {
                    "image_url": {"asset": "assets/bottle.png", "sha256": make.digest("bottle")},
                    "prompt": "Slow dolly in on the Aurora bottle on a stone ledge above the sea, "
                    "warm sunrise rim light; packaging unchanged.",
                    "duration": 5,
                    "resolution": "1080P",
                    "watermark": False,
                },
                "defaults": ["watermark"],
                "needs": [],
                "cost_estimate_usd": 0.5,
                "cost_basis": "quoted",
                "warnings": [],
            },
            {
                "id": "spokesperson[language=ja]",
                "node": "spokesperson",
                "axes": {"language": "ja"},
                "kind": "route",
                "route": "wan-ai/wan-2-7/text-to-video",
                "intent": "lip-sync",
                "action": "render",
                "why": {"code": "never-rendered", "text": "never rendered"},
                "key": make.digest("spokesperson[language=ja]"),
                "seed": 88,
                "unseeded": False,
                "input": {
                    "prompt": "Medium close-up of a presenter in a softly lit booth, locked tripod.",
                    "audio_url": {"url": "https://cdn.example/ja.wav", "sha256": make.digest("ja")},
                    "duration": 5,
                    "aspect_ratio": "9:16",
                },
                "defaults": [],
                "needs": [],
                "cost_estimate_usd": 0.5,
                "cost_basis": "quoted",
                "warnings": [],
            },
            {
                "id": "spot[look=dawn,language=en]",
                "node": "spot",
                "axes": {"look": "dawn", "language": "en"},
                "kind": "step",
                "step": "concat",
                "step_version": 1,
                "intent": None,
                "action": "local",
                "why": {"code": "never-made", "text": "never made"},
                "key": None,
                "seed": None,
                "unseeded": False,
                "input": {
                    "clips": [
                        {"from": "hero[look=dawn,take=1]", "output": "video", "many": False},
                        {"from": "spokesperson[language=en]", "output": "video", "many": False},
                    ],
                    "fit": "crop",
                },
                "defaults": [],
                "needs": ["hero[look=dawn,take=1]", "spokesperson[language=en]"],
                "cost_estimate_usd": 0.0,
                "cost_basis": "quoted",
                "warnings": [],
            },
        ],
        "totals": {
            "instances": 3,
            "render": 1,
            "shared": 0,
            "cached": 1,
            "local": 1,
            "attach": 0,
            "held": 0,
            "excluded": 2,
            "skipped": 0,
            "cost_estimate_usd": 0.5,
            "unpriced": 0,
            "held_cost_estimate_usd": 0,
        },
        "held_behind": [],
        "warnings": [],
    }


def test_the_estimate_of_a_plan_is_exact_and_counts_renders_without_a_price(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": str(number)}, estimate=Estimate(0.1, "base")) for number in range(10)]
    jobs.append(make.job("hero", {"look": "x"}, estimate=Estimate(None, "unknown")))
    plan = make.plan(jobs)

    totals = plan_document(plan, make.decisions(plan))["totals"]

    assert isinstance(totals, dict)
    assert (totals["cost_estimate_usd"], totals["unpriced"]) == (1.0, 1)


def test_a_run_is_told_whole(aurora: Plan, make: SimpleNamespace) -> None:
    plan = make.plan(list(aurora.jobs)[:3])
    outcome = make.outcome(
        plan,
        Path("/out"),
        {
            "hero[look=dawn,take=2]": {"state": State.succeeded, "shared_with": "hero[look=dawn,take=1]"},
            "hero[look=studio,take=1]": {
                "state": State.failed,
                "error": make.error("render-failed", "the API says no", "change the prompt"),
            },
        },
        status="failed",
        exit_code=65,
    )

    def output(take: str) -> dict[str, object]:
        return {
            "name": "video",
            "path": f"renders/aurora/hero/look=dawn,take={take}.mp4",
            "sha256": make.digest(f"bytes of hero[look=dawn,take={take}]"),
            "bytes": 1234,
            "media_type": "video/mp4",
        }

    assert run_document(outcome) == {
        "run": "run-1",
        "status": "failed",
        "exit_code": 65,
        "instances": [
            {
                "id": "hero[look=dawn,take=1]",
                "axes": {"look": "dawn", "take": "1"},
                "state": "succeeded",
                "shared_with": None,
                "key": make.digest("hero[look=dawn,take=1]"),
                "seed": 1403381120,
                "request_id": f"req-{make.digest('hero[look=dawn,take=1]')[:8]}",
                "cost_usd": 0.5,
                "outputs": [output("1")],
                "error": None,
            },
            {
                "id": "hero[look=dawn,take=2]",
                "axes": {"look": "dawn", "take": "2"},
                "state": "succeeded",
                "shared_with": "hero[look=dawn,take=1]",
                "key": make.digest("hero[look=dawn,take=2]"),
                "seed": 611953,
                "request_id": f"req-{make.digest('hero[look=dawn,take=2]')[:8]}",
                "cost_usd": 0.5,
                "outputs": [output("2")],
                "error": None,
            },
            {
                "id": "hero[look=studio,take=1]",
                "axes": {"look": "studio", "take": "1"},
                "state": "failed",
                "shared_with": None,
                "key": make.digest("hero[look=studio,take=1]"),
                "seed": 1403381120,
                "request_id": None,
                "cost_usd": None,
                "outputs": [],
                "error": {"code": "render-failed", "message": "the API says no", "hint": "change the prompt"},
            },
        ],
        "totals": {"submitted": 2, "cached": 0, "shared": 1, "failed": 1, "cost_usd": 1.0, "seconds": 12.3},
        "warnings": [],
    }


def test_a_document_as_text_has_a_line_per_instance_and_is_ascii(aurora: Plan, make: SimpleNamespace) -> None:
    document = plan_document(aurora, make.decisions(aurora))
    text = json_text(document)

    assert json.loads(text) == document
    assert text.isascii()
    assert sum(line.startswith('  {"id": ') for line in text.split("\n")) == 17
    assert json_text({"instances": [], "totals": {"a": 1}}) == '{"instances": [],\n "totals": {"a": 1}}\n'


def test_media_are_shown_by_name_and_digest_and_never_by_bytes_or_secret() -> None:
    shown = shown_input(
        {
            "image_url": "data:image/png;base64,AAAA",
            "video_url": "https://user:pw@host.example:8443/a.mp4?X-Amz-Signature=abc#t",
            "prompt": "see https://host.example/?q=1 for more",
            "audio_url": [RemoteFile("https://host.example/a.wav?sig=1"), Artifact("hero", "audio", many=True)],
            "duration": MatchAudio("audio_url"),
            "options": {"nested": "https://host.example/x?token=1", "steps": 4},
        }
    )

    assert shown == {
        "image_url": {
            "asset": "data:",
            "sha256": "bde6da8e9d3902a86a1452ec62648cd07cb1cfbae0ec8dd5142ad881c7aa2ba0",
        },
        "video_url": "https://host.example:8443/a.mp4",
        "prompt": "see https://host.example/?q=1 for more",
        "audio_url": [
            {"url": "https://host.example/a.wav", "sha256": None},
            {"from": "hero", "output": "audio", "many": True},
        ],
        "duration": {"match_audio": "audio_url"},
        "options": {"nested": "https://host.example/x", "steps": 4},
    }


def test_an_address_that_can_not_be_read_is_cut_at_its_query() -> None:
    assert bare_url("https://user:pw@[bad/x?sig=1#y") == "[bad/x"
    assert bare_url("https://[::1]:80/x?y") == "https://[::1]:80/x"
