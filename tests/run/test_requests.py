"""The verbs that look at paid work and settle it: `status`, `cancel`, `resolve`; and the token: `login`, `logout`."""

from __future__ import annotations

import io
import json
import re
import stat

import pytest

from callsheet.simulator.settings import Spread

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A bottle at {{ look }}.", duration: 2}
"""
ROUTE = "wan-ai/wan-2-7/text-to-video"


@pytest.fixture
def under_way(project, provider):
    """A project with a request that runs and one that is queued, left by a run that did not wait, and their provider."""
    one = provider(speed=1, slots=1, queue=Spread(0.0), render=Spread(600.0))
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--yes", "--timeout", "0.7").exit_code == 75
    return one


def test_status_lists_what_is_in_flight(project, under_way) -> None:
    finished = project.run("status", "pipeline.yaml")
    assert finished.exit_code == 0
    head, *rows = finished.stdout.splitlines()
    assert head.split() == ["instance", "state", "route", "request", "since", "run"]
    ids = {entry["label"] or entry["request_id"] for entry in under_way.submits}
    assert {row.split()[3] for row in rows} == ids
    assert sorted((row.split()[0], row.split()[2], row.split()[-1]) for row in rows) == [
        ("shot[look=dawn]", ROUTE, "none"),
        ("shot[look=studio]", ROUTE, "none"),
    ]
    requests = project.run("status", "--json").json["requests"]
    assert {one["state"] for one in requests} <= {"queued", "running"}
    assert {one["request_id"] for one in requests} == ids


def test_status_has_nothing_to_list_where_nothing_is_under_way(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("status", "pipeline.yaml")
    assert (finished.exit_code, finished.stdout) == (0, "nothing is in flight, and nothing is to be settled\n")
    assert not (project.folder / ".callsheet").exists()


def test_status_says_how_to_settle_what_is_unknown(project, provider) -> None:
    provider("submit:drop-after@1")
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    said = project.run("status", "pipeline.yaml").stdout
    assert re.search(
        r"\n  help: look for it in your account .*`callsheet resolve pipeline.yaml 'shot\[look=\w+\]' --resubmit`", said
    )


def test_cancel_cancels_what_is_queued_and_says_what_is_not(project, under_way) -> None:
    finished = project.run("cancel", "pipeline.yaml")
    assert finished.exit_code == 0
    told = sorted(line.split(" ", 3)[3] for line in finished.stdout.splitlines())
    assert told == ["can't be cancelled any more: it runs or is over, and the next run takes it up", "is cancelled"]
    assert sorted(entry["state"] for entry in under_way.submits) == ["cancelled", "in_progress"]
    (left,) = project.run("status", "--json").json["requests"]
    assert left["request_id"] in [entry["request_id"] for entry in under_way.submits if entry["state"] == "in_progress"]


def test_cancel_of_one_instance_leaves_the_others(project, under_way) -> None:
    (waits,) = [entry["request_id"] for entry in under_way.submits if entry["state"] == "in_queue"]
    requests = project.run("status", "--json").json["requests"]
    (queued,) = [one["instance"] for one in requests if one["request_id"] == waits]
    finished = project.run("cancel", "pipeline.yaml", queued)
    assert re.fullmatch(re.escape(queued) + r": request [0-9a-f-]{36} is cancelled\n", finished.stdout)
    plan = project.run("plan", "pipeline.yaml", "--json").json
    assert {one["id"]: one["action"] for one in plan["instances"]}[queued] == "render"


def test_cancel_of_what_is_not_there_says_so(project, under_way) -> None:
    finished = project.run("cancel", "pipeline.yaml", "shot[look=dwan]")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: `shot[look=dwan]` has no request that is in flight [nothing-open]\n"
        "  help: did you mean `shot[look=dawn]`?\n"
    )


def test_resolve_wants_one_of_its_two_options(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    for words in ((), ("--attach", "x", "--resubmit")):
        finished = project.run("resolve", "pipeline.yaml", "shot[look=dawn]", *words)
        assert (finished.exit_code, finished.stderr) == (
            64,
            "error: say either `--attach REQUEST_ID` or `--resubmit` [bad-option]\n",
        )


def test_resolve_settles_only_what_is_unknown(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    finished = project.run("resolve", "pipeline.yaml", "shot[look=dawn]", "--resubmit")
    assert (finished.exit_code, finished.stderr) == (
        65,
        "error: there is nothing to settle about `shot[look=dawn]`: it is done [not-unknown]\n"
        "  help: `callsheet status` lists what is in flight\n",
    )


def test_resolve_refuses_the_request_of_another_instance(project, provider) -> None:
    one = provider("submit:drop-after@1")
    project.write({"pipeline.yaml": CAMPAIGN})
    states = {i["id"]: i for i in project.run("run", "pipeline.yaml", "--yes", "--json").json["instances"]}
    (lost,) = [name for name, found in states.items() if found["state"] == "unknown"]
    (made,) = [found for found in states.values() if found["state"] == "succeeded"]
    finished = project.run("resolve", "pipeline.yaml", lost, "--attach", made["request_id"])
    assert (finished.exit_code, finished.stderr) == (
        65,
        f"error: request `{made['request_id']}` belongs to `{made['id']}` [request-taken]\n"
        "  help: look for another one in your account: each submit has a request of its own\n",
    )
    assert len(one.submits) == 2


def test_an_unknown_submit_can_be_settled_after_the_pipeline_has_changed(project, provider) -> None:
    provider("submit:drop-after@1")
    project.write({"pipeline.yaml": CAMPAIGN})
    states = project.run("run", "pipeline.yaml", "--yes", "--json").json["instances"]
    (lost,) = [found["id"] for found in states if found["state"] == "unknown"]
    project.edit("pipeline.yaml", "A bottle at", "A flask at")
    assert project.run("resolve", "pipeline.yaml", lost, "--resubmit").exit_code == 0
    assert project.run("status", "--json").json == {"requests": []}


def test_login_stores_the_token_for_its_owner_alone_and_logout_removes_it(project, tmp_path, monkeypatch) -> None:
    place = tmp_path / ".config/runcomfy/token.json"
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("RUNCOMFY_CONFIG_DIR", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-token\n"))
    finished = project.run("login")
    assert (finished.exit_code, finished.stdout, finished.stderr) == (0, f"the token is stored in {place}\n", "")
    assert json.loads(place.read_text()) == {"access_token": "canary-token"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [path.name for path in place.parent.iterdir()] == ["token.json"]
    assert project.run("logout").stdout == f"the token in {place} is removed\n"
    assert project.run("logout").stdout == "there was no stored token\n"
    assert not place.exists()


def test_login_needs_a_token_and_tells_when_another_comes_before_it(project, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RUNCOMFY_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setattr("sys.stdin", io.StringIO(" \n"))
    finished = project.run("login")
    assert (finished.exit_code, finished.stderr) == (
        64,
        "error: there is no token on standard input [no-token]\n  help: callsheet login < token.txt\n",
    )
    monkeypatch.setenv("RUNCOMFY_TOKEN", "other")
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-token"))
    finished = project.run("login")
    assert finished.stderr == "callsheet: `RUNCOMFY_TOKEN` is set, and is used before it\n"
    assert (tmp_path / "own/token.json").exists()
