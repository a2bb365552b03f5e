"""Picking, rejecting and commenting, alone and with somebody else at the same time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

FIRST, SECOND = "shot[look=dawn,take=1]", "shot[look=dawn,take=2]"
NOBODY = "shot[look=dusk,take=1]"


def _picks(campaign: Any) -> dict[str, Any]:
    lines = campaign.read("pipeline.picks.yaml").splitlines()
    records = [line.partition(": ") for line in lines[2:]]
    return {of: json.loads(record) for of, _, record in records}


def _pick(review: Any, instance: str) -> Any:
    cell = review.cells()[instance]
    return review.post("pick", instance=instance, key=cell["key"], seen=cell["revision"])


def test_a_pick_is_written_with_the_key_and_the_bytes_it_was_made_of(campaign: Any, review: Any) -> None:
    answer = _pick(review, SECOND)
    cells = review.cells()

    assert answer.status == 200
    assert answer.json["group"] == "shot[look=dawn]"
    assert _picks(campaign) == {
        "shot[look=dawn]": {
            "take": "2",
            "key": cells[SECOND]["key"],
            "sha256": [output["sha256"] for output in cells[SECOND]["outputs"]],
        }
    }
    assert [cells[one]["picked"] for one in (FIRST, SECOND, NOBODY, "hero")] == [False, True, None, None]


def test_a_pick_can_be_taken_back(campaign: Any, review: Any) -> None:
    _pick(review, SECOND)

    cell = review.cells()[FIRST]
    assert review.post("clear", instance=FIRST, seen=cell["revision"]).status == 200
    assert not (campaign.folder / "pipeline.picks.yaml").exists()
    assert [review.cells()[one]["picked"] for one in (FIRST, SECOND)] == [None, None]


def test_a_rejected_take_says_why_and_is_picked_no_more(campaign: Any, review: Any) -> None:
    _pick(review, SECOND)
    cell = review.cells()[SECOND]

    assert review.post("reject", instance=SECOND, why="flickers", seen=cell["revision"]).status == 200
    assert _picks(campaign) == {"shot[look=dawn]": {"rejected": {"2": "flickers"}}}
    cells = review.cells()
    assert [cells[one]["rejected"] for one in (FIRST, SECOND)] == [None, "flickers"]
    assert cells[SECOND]["picked"] is None
    assert review.post("reject", instance=SECOND, why=None, seen=cells[SECOND]["revision"]).status == 200
    assert review.cells()[SECOND]["rejected"] is None


def test_picking_a_rejected_take_takes_the_mark_away(campaign: Any, review: Any) -> None:
    review.post("reject", instance=SECOND, why="", seen=review.cells()[SECOND]["revision"])
    assert _picks(campaign) == {"shot[look=dawn]": {"rejected": {"2": ""}}}

    assert _pick(review, SECOND).status == 200
    assert review.cells()[SECOND]["rejected"] is None


def test_a_comment_stays_with_the_instance_through_a_pick(campaign: Any, review: Any) -> None:
    note = "schöner – \u202egnp.exe </script>"
    cell = review.cells()[FIRST]
    assert review.post("comment", instance=FIRST, note=note, seen=cell["revision"]).status == 200
    assert _pick(review, SECOND).status == 200

    assert _picks(campaign)["shot[look=dawn]"]["note"] == note
    assert [review.cells()[one]["note"] for one in (FIRST, SECOND, NOBODY)] == [note, note, None]
    hero = review.cells()["hero"]
    assert review.post("comment", instance="hero", note="as is", seen=hero["revision"]).status == 200
    assert _picks(campaign)["hero"] == {"note": "as is"}


def test_whoever_comes_second_is_told_what_the_first_one_did(
    campaign: Any, review: Any, reviewing: Callable[..., Any]
) -> None:
    other = reviewing(campaign.folder, "pipeline.yaml").enter()
    seen = other.cells()[FIRST]
    _pick(review, SECOND)

    answer = other.post("pick", instance=FIRST, key=seen["key"], seen=seen["revision"])

    error = answer.json["error"]
    assert answer.status == 409
    assert error["code"] == "changed-meanwhile"
    assert error["message"] == "somebody else changed `shot[look=dawn]` meanwhile: take `2` is picked now"
    assert error["pick"]["take"] == "2"
    assert other.cells()[SECOND]["picked"] is True
    assert _pick(other, FIRST).status == 200
    assert _picks(campaign)["shot[look=dawn]"]["take"] == "1"


def test_two_people_at_once_lose_nothing(campaign: Any, review: Any, reviewing: Callable[..., Any]) -> None:
    other = reviewing(campaign.folder, "pipeline.yaml").enter()
    answers: list[int] = []

    def decide(who: Any, instance: str) -> None:
        for number in range(6):
            cell = who.cells()[instance]
            answers.append(who.post("comment", instance=instance, note=f"{number}", seen=cell["revision"]).status)

    people = [
        threading.Thread(target=decide, args=(review, FIRST)),
        threading.Thread(target=decide, args=(other, NOBODY)),
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert answers == [200] * 12
    assert _picks(campaign) == {"shot[look=dawn]": {"note": "5"}, "shot[look=dusk]": {"note": "5"}}


def test_a_take_that_was_made_anew_since_is_not_picked(campaign: Any, review: Any) -> None:
    cell = review.cells()[SECOND]
    campaign.edit("pipeline.yaml", "A lamp at {{ look }}", "A lantern at {{ look }}")

    answer = review.post("pick", instance=SECOND, key=cell["key"], seen=cell["revision"])
    assert answer.json["error"] == {
        "code": "not-made",
        "message": f"`{SECOND}` is not made as the pipeline asks for it now",
    }

    assert campaign.run("run", "pipeline.yaml", "--yes").exit_code == 0
    answer = review.post("pick", instance=SECOND, key=cell["key"], seen=cell["revision"])
    assert answer.json["error"] == {
        "code": "stale-take",
        "message": f"`{SECOND}` is not the one that you saw: its key has changed",
        "key": {"seen": cell["key"], "now": review.cells()[SECOND]["key"]},
    }
    assert not (campaign.folder / "pipeline.picks.yaml").exists()


def test_a_pick_of_former_footage_is_shown_as_stale(campaign: Any, review: Any) -> None:
    _pick(review, SECOND)
    campaign.edit("pipeline.yaml", "A lamp at {{ look }}", "A lantern at {{ look }}")
    assert campaign.run("run", "pipeline.yaml", "--yes").exit_code == 0

    cells = review.cells()
    assert [(cells[one]["picked"], cells[one]["stale_pick"]) for one in (FIRST, SECOND)] == [
        (None, False),
        (None, True),
    ]


def test_what_has_no_takes_and_what_is_not_there_can_not_be_picked(review: Any) -> None:
    hero = review.cells()["hero"]

    answer = review.post("pick", instance="hero", key=hero["key"], seen=hero["revision"])
    assert answer.refusal == (409, "no-takes")
    answer = review.post("pick", instance="shot", key=hero["key"], seen=hero["revision"])
    assert answer.json["error"] == {"code": "no-such-instance", "message": "there is no instance `shot`"}


def test_a_picks_file_with_marks_of_a_merge_is_left_alone_and_told(campaign: Any, review: Any) -> None:
    text = "callsheet-picks: 1\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"
    campaign.write({"pipeline.picks.yaml": text})
    cell = review.cells()[SECOND]

    answer = review.post("pick", instance=SECOND, key=cell["key"], seen=cell["revision"])

    assert answer.refusal == (409, "unmerged-picks")
    assert campaign.read("pipeline.picks.yaml") == text
    assert review.ask("GET", "/_review/state").json["problems"] == [
        "`pipeline.picks.yaml` holds the marks of a merge that nobody has settled"
    ]


def test_a_pipeline_that_is_broken_meanwhile_is_told_and_the_page_stays(campaign: Any, review: Any) -> None:
    before = review.cells()
    campaign.edit("pipeline.yaml", "wan-ai/wan-2-7/text-to-video\n    over", "wan-ai/none\n    over")

    state = review.ask("GET", "/_review/state").json

    assert state["problems"] == ["there is no route `wan-ai/none`"]
    assert {cell["id"]: cell for cell in state["cells"]} == before


def test_what_the_next_run_would_do_and_cost_is_told(campaign: Any, review: Any) -> None:
    assert review.ask("GET", "/_review/state").json["next"]["instances"] == []
    campaign.edit("pipeline.yaml", '"A lamp"', '"A lantern"')

    state = review.ask("GET", "/_review/state").json

    (due,) = state["next"]["instances"]
    assert due == {"id": "hero", "action": "render", "why": "never rendered", "cost_usd": due["cost_usd"]}
    assert due["cost_usd"] > 0
    assert state["next"]["totals"]["cost_estimate_usd"] == due["cost_usd"]
    assert state["next"]["command"] == "callsheet run pipeline.yaml"
    hero = next(cell for cell in state["cells"] if cell["id"] == "hero")
    assert (hero["stale"], hero["next"]["action"]) == (True, "render")


def test_a_page_that_knows_a_version_is_told_only_what_changed_since(review: Any) -> None:
    version = review.ask("GET", "/_review/state").json["version"]
    _pick(review, SECOND)

    state = review.ask("GET", f"/_review/state?since={version}").json
    assert state["whole"] is False
    assert [cell["id"] for cell in state["cells"]] == [FIRST, SECOND]
    state = review.ask("GET", f"/_review/state?since={state['version']}").json
    assert (state["whole"], state["cells"]) == (False, [])
    assert review.ask("GET", "/_review/state?since=999999").json["whole"] is True
    assert review.ask("GET", "/_review/state?since=-1").refusal == (400, "bad-request")


def test_a_campaign_that_was_never_run_shows_what_a_run_would_make(
    campaign: Any, reviewing: Callable[..., Any]
) -> None:
    campaign.write({"other/pipeline.yaml": campaign.read("pipeline.yaml")})
    review = reviewing(campaign.folder, "other/pipeline.yaml", "--simulate").enter()

    state = review.ask("GET", "/_review/state").json
    assert (state["status"], state["run_now"], state["next"]["totals"]["render"]) == ("planned", None, 5)
    assert {(cell["state"], cell["next"]["action"]) for cell in state["cells"]} == {("planned", "render")}
    assert state["next"]["command"] == "callsheet run other/pipeline.yaml --simulate"
    assert review.ask("GET", "/").status == 200


def test_work_held_for_a_pick_is_told_and_set_free_by_it(campaign: Any, reviewing: Callable[..., Any]) -> None:
    campaign.edit("pipeline.yaml", "take: {takes: 2}", "take: {takes: 2, unpicked: hold}")
    campaign.edit(
        "pipeline.yaml",
        "  hero:\n",
        "  still: {step: last_frame, over: [look], input: {video: '{{ nodes.shot.video }}'}}\n  hero:\n",
    )
    review = reviewing(campaign.folder, "pipeline.yaml").enter()
    state = review.ask("GET", "/_review/state").json
    assert [(one["id"], one["action"]) for one in state["next"]["instances"]] == [
        ("still[look=dawn]", "held"),
        ("still[look=dusk]", "held"),
    ]
    waits = {"instances": 1, "cost_estimate_usd": 0.0}
    assert state["next"]["held_behind"] == [{"pick": "shot[look=dawn]", **waits}, {"pick": "shot[look=dusk]", **waits}]

    due = _pick(review, SECOND).json["next"]

    assert [(one["id"], one["action"]) for one in due["instances"]] == [
        ("still[look=dawn]", "local"),
        ("still[look=dusk]", "held"),
    ]
