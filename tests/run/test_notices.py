"""While something is in the way that may pass by itself, the screen and the events say so, once."""

from __future__ import annotations

import json

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
LIMITED = "the API is asked too often (HTTP 429: simulated fault); trying again"


def test_a_rate_limit_is_told_once_on_screen_and_in_the_events(project, provider) -> None:
    one = provider("submit:429@1+2+3,retry-after=0")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--events", "events.ndjson")
    assert finished.exit_code == 0, finished.stderr
    assert sum(entry["request_id"] is not None for entry in one.submits) == 2
    assert [line.partition("] ")[2] for line in finished.stderr.splitlines() if "trying" in line] == [LIMITED]
    events = [json.loads(line) for line in project.read("events.ndjson").splitlines()]
    assert [event["detail"] for event in events if event["event"] == "notice"] == [LIMITED]


def test_reads_that_fail_more_than_once_are_told(project, provider) -> None:
    provider("status:500@1+2+3")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 0, finished.stderr
    assert [line.partition("] ")[2] for line in finished.stderr.splitlines() if "trying" in line] == [
        "the API can't be asked how requests stand: HTTP 500, error 500001: simulated fault; trying again"
    ]


def test_a_run_without_trouble_tells_none(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--events", "events.ndjson")
    assert "trying" not in finished.stderr
    assert '"notice"' not in project.read("events.ndjson")
