from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from callsheet import __version__
from callsheet.plan.job import Plan
from callsheet.report.manifest import read_manifest, write_manifest
from callsheet.run.outcome import State


@pytest.fixture
def short(aurora: Plan, make: SimpleNamespace) -> Plan:
    """One shot, one voice, and the spot they make."""
    names = {"hero[look=dawn,take=1]", "spokesperson[language=en]", "spot[look=dawn,language=en]"}
    plan: Plan = make.plan([one for one in aurora.jobs if one.id in names])
    return plan


def test_a_manifest_tells_of_each_instance_what_it_is_and_how_it_was_made(
    tmp_path: Path, short: Plan, make: SimpleNamespace, clip: Callable[[int, int], bytes]
) -> None:
    place = tmp_path / "aurora/spot/look=dawn,language=en.mp4"
    place.parent.mkdir(parents=True)
    place.write_bytes(clip(640, 360))
    outcome = make.outcome(short, tmp_path)

    written = write_manifest(tmp_path, short, outcome)

    assert json.loads((tmp_path / "manifest.json").read_text()) == written
    assert {name: value for name, value in written.items() if name != "instances"} == {
        "manifest_version": 1,
        "callsheet": __version__,
        "pipeline": "aurora-launch",
        "description": None,
        "provider": "simulator",
        "run": "run-1",
        "status": "succeeded",
        "nodes": [
            {
                "name": "hero",
                "description": "The bottle, once per look",
                "axes": ["look", "take"],
                "takes": None,
                "needs": [],
                "deliverable": False,
            },
            {
                "name": "spokesperson",
                "description": None,
                "axes": ["language"],
                "takes": None,
                "needs": [],
                "deliverable": False,
            },
            {
                "name": "spot",
                "description": None,
                "axes": ["look", "language"],
                "takes": None,
                "needs": ["hero", "spokesperson"],
                "deliverable": True,
            },
        ],
        "earlier": [],
    }
    assert written["instances"][1] == {
        "id": "spokesperson[language=en]",
        "node": "spokesperson",
        "axes": {"language": "en"},
        "run": "run-1",
        "state": "succeeded",
        "kind": "route",
        "route": "wan-ai/wan-2-7/text-to-video",
        "intent": "lip-sync",
        "intent_why": None,
        "seed": 88,
        "key": make.digest("spokesperson[language=en]"),
        "request_id": f"req-{make.digest('spokesperson[language=en]')[:8]}",
        "shared_with": None,
        "input": {
            "prompt": "Medium close-up of a presenter in a softly lit booth, locked tripod.",
            "audio_url": {"url": "https://cdn.example/en.wav", "sha256": make.digest("en")},
            "duration": 5,
            "aspect_ratio": "9:16",
        },
        "defaults": [],
        "needs": [],
        "cost_usd": 0.5,
        "seconds": 2.25,
        "outputs": [
            {
                "name": "video",
                "path": "aurora/spokesperson/language=en.mp4",
                "sha256": make.digest("bytes of spokesperson[language=en]"),
                "bytes": 1234,
                "media_type": "video/mp4",
                "width": None,
                "height": None,
                "seconds": None,
            }
        ],
        "error": None,
        "warnings": [],
        "picked": None,
        "stale_pick": False,
    }
    spot = written["instances"][2]
    assert (spot["kind"], spot["step"], spot["seed"], "route" in spot) == ("step", "concat", None, False)
    assert spot["input"]["clips"] == [
        {
            "from": name,
            "output": "video",
            "many": False,
            "sha256": make.digest(f"bytes of {name}"),
        }
        for name in ("hero[look=dawn,take=1]", "spokesperson[language=en]")
    ]
    output = spot["outputs"][0]
    assert (output["path"], output["width"], output["height"], output["seconds"]) == (
        "aurora/spot/look=dawn,language=en.mp4",
        640,
        360,
        2.5,
    )


def test_no_secret_of_an_address_is_in_a_manifest(tmp_path: Path, short: Plan, make: SimpleNamespace) -> None:
    write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    text = (tmp_path / "manifest.json").read_text()

    assert "sig=secret" not in text
    assert "user:pw" not in text


def test_a_run_that_finds_everything_cached_leaves_the_manifest_as_the_run_that_made_it_wrote_it(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    first = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    cached = {"state": State.cached, "request_id": None, "cost_usd": None, "seconds": None}
    second = write_manifest(
        tmp_path, short, make.outcome(short, tmp_path, {one.id: cached for one in short.jobs}, run="run-2")
    )

    assert second == first


def test_a_render_made_anew_keeps_the_earlier_request_on_record(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    first = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    anew = {"hero[look=dawn,take=1]": {"key": "another", "request_id": "req-new"}}
    second = write_manifest(tmp_path, short, make.outcome(short, tmp_path, anew, run="run-2"))
    third = write_manifest(tmp_path, short, make.outcome(short, tmp_path, anew, run="run-3"))

    assert second["instances"][0]["request_id"] == "req-new"
    assert second["earlier"] == [{"pipeline": "aurora-launch", **first["instances"][0]}]
    assert third["earlier"] == second["earlier"]


def test_instances_that_left_the_plan_are_kept_until_they_come_back(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    whole = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    less = make.plan(list(short.jobs)[:1])
    cut = write_manifest(tmp_path, less, make.outcome(less, tmp_path))
    again = write_manifest(tmp_path, less, make.outcome(less, tmp_path))
    back = write_manifest(tmp_path, short, make.outcome(short, tmp_path))

    assert cut["earlier"] == [{"pipeline": "aurora-launch", **entry} for entry in whole["instances"][1:]]
    assert again["earlier"] == cut["earlier"]
    assert back["earlier"] == []


def test_what_was_not_selected_stays_as_it_was_and_is_stale_if_its_key_changed(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    first = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    states = {
        "hero[look=dawn,take=1]": State.skipped,
        "spokesperson[language=en]": {"state": State.skipped, "key": "another"},
        "spot[look=dawn,language=en]": {"state": State.skipped, "key": None},
    }
    second = write_manifest(tmp_path, short, make.outcome(short, tmp_path, states, run="run-2"))

    assert second["instances"] == [
        {**first["instances"][0], "stale": False},
        {**first["instances"][1], "stale": True},
        first["instances"][2],
    ]
    assert second["earlier"] == []


def test_a_failed_attempt_keeps_the_request_that_came_before_it(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    error = make.error("render-failed", "no", "change it")
    states = {"hero[look=dawn,take=1]": {"state": State.failed, "key": "another", "request_id": "r2", "error": error}}
    second = write_manifest(tmp_path, short, make.outcome(short, tmp_path, states))

    entry = second["instances"][0]
    assert (entry["state"], entry["request_id"], entry["outputs"]) == ("failed", "r2", [])
    assert entry["error"] == {"code": "render-failed", "message": "no", "hint": "change it"}
    assert [one["request_id"] for one in second["earlier"]] == [f"req-{make.digest('hero[look=dawn,take=1]')[:8]}"]


def test_another_pipeline_in_the_same_folder_loses_nothing_of_the_first(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    first = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    other = make.plan([make.job("teaser", {})], name="teaser")
    second = write_manifest(tmp_path, other, make.outcome(other, tmp_path))

    assert second["pipeline"] == "teaser"
    assert second["earlier"] == [{"pipeline": "aurora-launch", **entry} for entry in first["instances"]]


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "a web app"}', '{"manifest_version": 1, "instances": 3}'])
def test_a_manifest_that_is_none_is_put_aside_and_never_overwritten(
    tmp_path: Path, short: Plan, make: SimpleNamespace, content: str
) -> None:
    for number in (1, 2):
        (tmp_path / "manifest.json").write_text(content + " " * number)
        write_manifest(tmp_path, short, make.outcome(short, tmp_path))

    assert (tmp_path / "manifest.unreadable.json").read_text() == content + " "
    assert (tmp_path / "manifest.unreadable-2.json").read_text() == content + "  "
    assert read_manifest(tmp_path) is not None


def test_a_manifest_leaves_no_temporary_file_and_the_same_run_gives_the_same_bytes(
    tmp_path: Path, short: Plan, make: SimpleNamespace
) -> None:
    folder = tmp_path / "new" / "renders"
    write_manifest(folder, short, make.outcome(short, folder))
    first = (folder / "manifest.json").read_bytes()
    write_manifest(folder, short, make.outcome(short, folder))

    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
    assert (folder / "manifest.json").read_bytes() == first


def test_outputs_beside_the_folder_are_named_from_it(tmp_path: Path, make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {})])
    written = write_manifest(tmp_path / "pages", plan, make.outcome(plan, tmp_path / "files"))

    assert written["instances"][0]["outputs"][0]["path"] == "../files/aurora/hero/hero.mp4"


def test_there_is_no_manifest_in_a_folder_without_one(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


def test_nothing_is_said_of_an_output_that_cant_be_read(tmp_path: Path, short: Plan, make: SimpleNamespace) -> None:
    written = write_manifest(tmp_path, short, make.outcome(short, tmp_path))
    (output,) = written["instances"][0]["outputs"]
    assert (output["width"], output["height"], output["seconds"]) == (None, None, None)
