"""What a run leaves on record for those who watch from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from callsheet.run.outcome import State
from callsheet.run.record import KEPT, read_record, records

PIPELINE = """\
callsheet: 1
name: lamps
seed: 7
axes: {look: [dawn, dusk]}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A lamp at {{ look }}"}
"""
DAWN, DUSK = "shot[look=dawn]", "shot[look=dusk]"


def _rendered(project: Any, *words: str) -> list[Any]:
    project.write({"pipeline.yaml": PIPELINE})
    project.run("run", "pipeline.yaml", "--yes", *words)
    return [read_record(path) for path in records(project.folder / ".callsheet" / "runs")]


def test_a_record_tells_who_ran_and_what_came_of_each(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    (record,) = _rendered(project)
    manifest = json.loads(project.read("renders/manifest.json"))

    assert (record.pipeline, record.about.file, record.about.folder) == ("lamps", "pipeline.yaml", "renders")
    assert record.about.run == manifest["run"]
    assert record.jobs == {
        one: {"kind": "route", "made_by": "wan-ai/wan-2-7/text-to-video", "needs": []} for one in (DAWN, DUSK)
    }
    assert (record.lives, record.ended["status"], record.ended["submitted"]) == (False, "succeeded", 2)
    for entry in manifest["instances"]:
        last = record.told[entry["id"]][-1]
        assert last.state is State.succeeded
        assert (last.facts["key"], last.facts["request_id"]) == (entry["key"], entry["request_id"])
        assert [(one["path"], one["sha256"]) for one in last.facts["outputs"]] == [
            (one["path"], one["sha256"]) for one in entry["outputs"]
        ]
        times = [told.at for told in record.told[entry["id"]]]
        assert times == sorted(times)


def test_a_run_with_nothing_to_do_leaves_no_record(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    _rendered(project)

    assert len(_rendered(project)) == 1


def test_what_was_there_already_is_not_told(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    _rendered(project, "--only", "look=dawn")
    latest, _ = _rendered(project)

    assert list(latest.jobs) == list(latest.told) == [DUSK]


def test_a_failure_is_on_record_with_its_reason(project: Any, provider: Callable[..., Any]) -> None:
    provider("render:failed=1")
    (record,) = _rendered(project)

    last = record.told[DAWN][-1]
    assert (last.state, last.facts["error"]["code"]) == (State.failed, "render-failed")
    assert record.ended["exit_code"] == 65


def test_what_was_in_the_way_is_on_record(project: Any, provider: Callable[..., Any]) -> None:
    provider("submit:429@1,retry-after=0")
    (record,) = _rendered(project)

    assert record.notices
    assert all("429" in text for text in record.notices)


def test_neither_the_token_nor_a_signed_address_gets_on_record(project: Any, provider: Callable[..., Any]) -> None:
    origin = provider().base_url.removesuffix("/v1")
    (record,) = _rendered(project)

    text = record.path.read_text("utf-8")
    assert "canary-token" not in text
    assert re.findall(r'[a-z]+://[^"]*', text) == [origin]


def test_a_record_that_breaks_off_is_of_a_run_that_died(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    (record,) = _rendered(project)
    lines = record.path.read_bytes().splitlines(keepends=True)
    record.path.write_bytes(b"".join(lines[:-1]) + b'{"event": "fin')

    broken = read_record(record.path)

    assert broken is not None
    assert (broken.ended, broken.lives) == (None, False)
    assert broken.told == record.told


def test_what_is_no_record_is_none(project: Any) -> None:
    for number, text in enumerate((b"", b"{}\n", b"nonsense\n", b'{"event": "started", "record": 99}\n', b"\xff\n")):
        project.write({f"{number}-x.ndjson": text})
        assert read_record(project.folder / f"{number}-x.ndjson") is None
    assert read_record(project.folder / "missing.ndjson") is None


def test_only_the_latest_records_are_kept(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    project.write({f".callsheet/runs/0000000000{number:02}-old.ndjson": "{}\n" for number in range(30)})
    _rendered(project)

    kept = records(project.folder / ".callsheet" / "runs")
    assert len(kept) == KEPT
    assert [path.name for path in kept[1:3]] == ["000000000029-old.ndjson", "000000000028-old.ndjson"]


def test_a_folder_that_can_not_be_written_stops_no_run(project: Any, provider: Callable[..., Any]) -> None:
    provider()
    project.write({"pipeline.yaml": PIPELINE, ".callsheet/runs": "a file is in the way\n"})

    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
