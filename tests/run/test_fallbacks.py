"""Fallback routes in a run: tried after a definite failure alone, each paid for once."""

from __future__ import annotations

import json

import pytest

WAN, SEEDANCE = "wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v2/pro"
CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: A bottle on a ledge., duration: 4}
    fallback:
      - route: bytedance/seedance-v2/pro
"""
THREE = (
    f"{CAMPAIGN}        input: {{duration: 5}}\n      - {{route: bytedance/seedance-v2/pro, input: {{duration: 6}}}}\n"
)


def run(project, *words: str, text: str = CAMPAIGN):
    if not (project.folder / "pipeline.yaml").exists():
        project.write({"pipeline.yaml": text})
    return project.run("run", "pipeline.yaml", "--yes", "--json", *words)


def shot(finished) -> dict:
    return next(one for one in finished.json["instances"] if one["id"] == "shot")


def planned(project) -> dict:
    (one,) = project.run("plan", "pipeline.yaml", "--json").json["instances"]
    return one


def asked(provider) -> list[str]:
    """The routes that were submitted to, in order."""
    return [one["path"].removeprefix("/v1/models/") for one in provider.submits]


# Never in doubt


@pytest.mark.parametrize(
    ("faults", "words", "state", "exit_code"),
    [
        ("submit:drop-after#1", (), "unknown", 75),
        ("submit:502-after#1", (), "unknown", 75),
        ("submit:408#1", (), "unknown", 75),
        ("submit:garbage-after#1", (), "unknown", 75),
        ("submit:402#1", (), "failed", 77),
        ("submit:401#1", (), "failed", 77),
        ("submit:403#1", (), "failed", 77),
        ("render:stuck#1", ("--timeout", "0.7"), "failed", 75),
        ("status:unknown-state=1", (), "failed", 75),
    ],
)
def test_no_other_route_is_tried_after(project, provider, faults, words, state, exit_code) -> None:
    one = provider(faults)
    finished = run(project, *words)
    assert (shot(finished)["state"], finished.exit_code) == (state, exit_code)
    assert (asked(one), shot(finished)["before"]) == ([WAN], [])


def test_a_rate_limit_is_waited_for_on_the_same_route(project, provider) -> None:
    one = provider("submit:429@1,retry-after=0")
    finished = run(project)
    assert (shot(finished)["state"], shot(finished)["route"]) == ("succeeded", WAN)
    assert asked(one) == [WAN, WAN]
    assert finished.json["totals"]["submitted"] == 1


def test_a_completed_request_without_output_is_for_a_person_and_not_for_another_route(project, provider) -> None:
    one = provider("result:no-output=1")
    finished = run(project, "--timeout", "2")
    assert shot(finished)["state"] in ("unknown", "failed")
    assert asked(one) == [WAN]


def test_a_route_that_answers_every_submit_with_a_server_error_is_left_alone(project, provider) -> None:
    one = provider("submit:502=1")
    many = CAMPAIGN.replace("nodes:", "axes: {look: [a, b, c, d, e, f, g, h]}\nnodes:")
    many = many.replace("    input: {prompt: A", '    over: [look]\n    input: {prompt: "{{ look }}. A').replace(
        "ledge.,", 'ledge.",'
    )
    finished = run(project, "--concurrency", "1", text=many)
    codes = {made["error"]["code"] for made in finished.json["instances"]}
    assert codes == {"submit-unknown", "route-failing"}
    assert set(asked(one)) == {WAN}


def test_a_cancelled_request_is_what_somebody_wanted(project, provider) -> None:
    one = provider("status:unknown-state=1", slots=0)
    run(project)
    project.run("cancel", "pipeline.yaml")
    assert planned(project)["why"] == {"code": "cancelled-before", "text": "cancelled in an earlier run"}
    assert asked(one) == [WAN]


def test_a_budget_that_the_next_route_would_pass_ends_there(project, provider) -> None:
    one = provider("render:failed-billed#2")
    fallback = f"{{route: {WAN}, input: {{negative_prompt: people}}}}"
    head = CAMPAIGN.partition("      - route")[0]
    price = shot(run(project, text=f"{head.replace('bottle', 'flask')}      - {fallback}\n"))["cost_usd"]
    project.edit("pipeline.yaml", "A flask on", "A bottle on")
    finished = project.run("run", "pipeline.yaml", "--budget", f"{price * 1.5}", "--json")
    assert asked(one) == [WAN, WAN]
    assert (finished.exit_code, shot(finished)["error"]["code"]) == (75, "budget-reached")
    assert finished.json["totals"]["cost_usd"] == price


def test_a_budget_holds_back_what_may_come_to_a_route_without_a_known_price(project, provider) -> None:
    one = provider()
    run(project, text=CAMPAIGN.replace("bottle", "flask"))
    project.edit("pipeline.yaml", "A flask on", "A bottle on")
    finished = project.run("run", "pipeline.yaml", "--budget", "100", "--json")
    assert (finished.exit_code, shot(finished)["error"]["code"], len(one.submits)) == (75, "unpriced", 1)


# After a definite failure


def test_after_a_failed_render_the_next_route_is_tried(project, provider) -> None:
    one = provider("render:failed#1")
    finished = run(project)
    assert finished.exit_code == 0
    assert asked(one) == [WAN, SEEDANCE]
    made = shot(finished)
    first, second = one.submits
    assert (made["state"], made["route"], made["request_id"]) == ("succeeded", SEEDANCE, second["request_id"])
    assert made["key"] == planned(project)["fallbacks"][0]["key"]
    assert made["before"] == [
        {
            "route": WAN,
            "key": made["before"][0]["key"],
            "request_id": first["request_id"],
            "cost_usd": 0.0,
            "error": {
                "code": "render-failed",
                "message": "the API failed this render: the render failed (simulated)",
                "hint": "a later run submits it anew",
            },
        }
    ]
    totals = finished.json["totals"]
    assert (totals["submitted"], totals["failed"], totals["cost_usd"]) == (2, 0, second["billed_usd"])


@pytest.mark.parametrize(
    ("status", "code"), [("422", "input-refused"), ("404", "route-refused"), ("409", "submit-rejected")]
)
def test_after_a_refused_submit_the_next_route_is_tried(project, provider, status, code) -> None:
    one = provider(f"submit:{status}#1")
    finished = run(project)
    assert asked(one) == [WAN, SEEDANCE]
    made = shot(finished)
    assert (made["state"], [(fail["request_id"], fail["error"]["code"]) for fail in made["before"]]) == (
        "succeeded", [(None, code)],
    )  # fmt: skip
    assert finished.json["totals"]["submitted"] == 1


def test_a_failed_render_that_was_charged_for_counts(project, provider) -> None:
    one = provider("render:failed-billed#1")
    finished = run(project)
    first, second = one.submits
    assert first["billed_usd"] > 0
    assert shot(finished)["before"][0]["cost_usd"] == first["billed_usd"]
    assert shot(finished)["cost_usd"] == second["billed_usd"]
    assert finished.json["totals"]["cost_usd"] == pytest.approx(first["billed_usd"] + second["billed_usd"])


def test_a_failed_render_that_was_charged_for_counts_without_a_fallback_too(project, provider) -> None:
    one = provider("render:failed-billed#1")
    finished = run(project, text=CAMPAIGN.partition("    fallback")[0])
    (billed,) = [entry["billed_usd"] for entry in one.submits]
    assert (finished.exit_code, shot(finished)["cost_usd"], finished.json["totals"]["cost_usd"]) == (65, billed, billed)
    project.write({"callsheet.toml": f"[run]\nbudget = {billed * 0.5}\n"})
    again = project.run("run", "pipeline.yaml", "--yes", "--allow-unpriced", "--json")
    assert (again.exit_code, shot(again)["error"]["code"], len(one.submits)) == (75, "budget-reached", 1)


def test_each_route_is_tried_in_turn_and_the_last_one_s_failure_tells_of_all(project, provider) -> None:
    one = provider("render:failed=1")
    finished = run(project, text=THREE)
    assert finished.exit_code == 65
    assert asked(one) == [WAN, SEEDANCE, SEEDANCE]
    failed = shot(finished)
    assert failed["state"] == "failed"
    said = "the API failed this render: the render failed (simulated)"
    assert failed["error"]["message"] == (
        f"fallback `{SEEDANCE}`: {said} (before it failed `{WAN}`: {said}; `{SEEDANCE}`: {said})"
    )
    assert [fail["request_id"] for fail in failed["before"]] == [one["request_id"] for one in one.submits[:2]]
    assert failed["request_id"] == one.submits[2]["request_id"]


def test_a_fallback_in_doubt_stops_there_and_a_person_settles_it(project, provider) -> None:
    one = provider("render:failed#1,submit:drop-after#2")
    finished = run(project, text=THREE)
    assert (finished.exit_code, shot(finished)["state"], asked(one)) == (75, "unknown", [WAN, SEEDANCE])
    assert planned(project)["action"] == "unknown"
    assert run(project).exit_code == 75
    assert len(one.submits) == 2
    (waiting,) = project.run("status", "pipeline.yaml", "--json").json["requests"]
    assert (waiting["instance"], waiting["state"], waiting["route"]) == ("shot", "unknown", SEEDANCE)
    lost = one.submits[1]["request_id"]
    assert project.run("resolve", "pipeline.yaml", "shot", "--attach", lost).exit_code == 0
    again = run(project)
    assert (again.exit_code, shot(again)["route"], shot(again)["request_id"]) == (0, SEEDANCE, lost)
    assert len(one.submits) == 2


def test_a_fallback_that_is_released_is_what_the_next_run_submits(project, provider) -> None:
    one = provider("render:failed#1,submit:drop-after#2")
    run(project)
    assert project.run("resolve", "pipeline.yaml", "shot", "--resubmit").exit_code == 0
    again = planned(project)
    assert (again["action"], again["through"]) == ("render", SEEDANCE)
    assert shot(run(project))["state"] == "succeeded"
    assert asked(one) == [WAN, SEEDANCE, SEEDANCE]


# Never twice


def test_the_second_run_submits_nothing_and_says_why(project, provider) -> None:
    one = provider("render:failed#1")
    first = run(project)
    plan = planned(project)
    assert (plan["action"], plan["through"], plan["why"]) == (
        "cached", SEEDANCE, {"code": "cached", "text": f"rendered before; fallback `{SEEDANCE}`"},
    )  # fmt: skip
    again = run(project)
    assert (again.exit_code, again.json["totals"]["submitted"], len(one.submits)) == (0, 0, 2)
    assert shot(again)["outputs"] == shot(first)["outputs"]
    assert (shot(again)["state"], [fail["route"] for fail in shot(again)["before"]]) == ("cached", [WAN])


def test_a_fallback_in_flight_is_taken_up(project, provider) -> None:
    one = provider("render:failed#1,status:unknown-state#2=1")
    finished = run(project)
    assert (finished.exit_code, asked(one)) == (75, [WAN, SEEDANCE])
    waiting = planned(project)
    request = one.submits[1]["request_id"]
    assert (waiting["action"], waiting["through"]) == ("attach", SEEDANCE)
    assert waiting["why"]["text"] == f"request {request} is in flight; fallback `{SEEDANCE}`"
    assert run(project).json["totals"]["submitted"] == 0
    assert len(one.submits) == 2


def test_where_all_failed_a_later_run_begins_with_the_node_s_own_route(project, provider) -> None:
    one = provider("render:failed#1,render:failed#2")
    assert run(project).exit_code == 65
    assert (planned(project)["action"], planned(project)["through"]) == ("render", WAN)
    again = run(project)
    assert (shot(again)["route"], asked(one)) == (WAN, [WAN, SEEDANCE, WAN])


def test_rerender_begins_with_the_node_s_own_route(project, provider) -> None:
    one = provider("render:failed#1")
    run(project)
    again = run(project, "--rerender")
    assert (shot(again)["route"], asked(one)) == (WAN, [WAN, SEEDANCE, WAN])


def test_a_rerender_that_is_refused_leaves_what_is_there_and_buys_nothing_else(project, provider) -> None:
    one = provider("submit:422#2")
    run(project)
    again = run(project, "--rerender")
    assert (again.exit_code, shot(again)["error"]["code"]) == (65, "input-refused")
    assert asked(one) == [WAN, WAN]
    assert (planned(project)["action"], planned(project)["through"]) == ("cached", WAN)


def test_instances_with_one_key_share_the_fallback_too(project, provider) -> None:
    one = provider("render:failed-billed#1")
    text = CAMPAIGN.replace("    input:", "    seed: 1\n    input:")
    finished = run(project, text=text + text.partition("nodes:\n")[2].replace("shot:", "twin:"))
    assert asked(one) == [WAN, SEEDANCE]
    states = {made["id"]: (made["state"], made["route"], made["shared_with"]) for made in finished.json["instances"]}
    assert states == {"shot": ("succeeded", SEEDANCE, None), "twin": ("succeeded", SEEDANCE, "shot")}
    assert finished.json["totals"]["submitted"] == 2
    assert finished.json["totals"]["cost_usd"] == pytest.approx(sum(entry["billed_usd"] for entry in one.submits))
    assert run(project).json["totals"]["submitted"] == 0


def test_a_node_that_asks_the_fallback_s_route_for_the_same_pays_for_it_once(project, provider) -> None:
    one = provider("render:failed#1")
    own = f"  own: {{route: {SEEDANCE}, seed: 1, input: {{prompt: A bottle on a ledge., duration: 4}}}}\n"
    text = CAMPAIGN.replace("    input:", "    seed: 1\n    input:") + own
    finished = run(project, "--concurrency", "1", text=text)
    assert [made["state"] for made in finished.json["instances"]] == ["succeeded", "succeeded"]
    assert sorted(asked(one)) == [SEEDANCE, WAN]


def test_a_lost_journal_does_not_buy_the_failed_route_again(project, provider) -> None:
    one = provider("render:failed#1")
    run(project)
    for path in project.folder.joinpath(".callsheet").glob("state.db*"):
        path.unlink()
    assert (planned(project)["action"], planned(project)["through"]) == ("cached", SEEDANCE)
    project.folder.joinpath("pipeline.lock.yaml").unlink()
    assert (planned(project)["action"], planned(project)["through"]) == ("attach", SEEDANCE)
    again = run(project)
    assert (again.json["totals"]["submitted"], len(one.submits), shot(again)["route"]) == (0, 2, SEEDANCE)


# What is told


def test_events_and_screen_tell_what_failed_and_what_is_tried(project, provider) -> None:
    provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--events", "events.ndjson")
    assert (
        f"shot  waiting  `{WAN}`: the API failed this render: the render failed (simulated); now `{SEEDANCE}` is tried"
        in finished.stderr
    )
    lines = project.read("events.ndjson").splitlines()
    (told,) = [line for line in lines if '"waiting"' in line]
    assert f'"route": "{SEEDANCE}"' in told
    assert f'"route": "{SEEDANCE}"' in next(line for line in lines if '"succeeded"' in line)


def test_the_last_screen_says_what_another_route_made_and_why(project, provider) -> None:
    provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 0
    assert (
        f"\nfallback  shot: made by `{SEEDANCE}`, since\n"
        f"    `{WAN}` failed: the API failed this render: the\n"
        "    render failed (simulated)\n"
    ) in finished.stderr


def test_the_manifest_keeps_every_request_and_says_which_route_made_it(project, provider) -> None:
    one = provider("render:failed#1")
    run(project)
    (entry,) = json.loads(project.read("renders/manifest.json"))["instances"]
    assert (entry["route"], entry["own_route"], entry["input"]["duration"]) == (SEEDANCE, WAN, 4)
    assert [entry["before"][0]["request_id"], entry["request_id"]] == [made["request_id"] for made in one.submits]
    run(project)
    assert json.loads(project.read("renders/manifest.json"))["instances"] == [entry]


def test_a_run_that_only_takes_up_asks_before_it_may_buy_a_fallback(project, provider) -> None:
    one = provider("status:unknown-state=1")
    run(project)
    finished = project.run("run", "pipeline.yaml")
    assert (finished.exit_code, len(one.submits)) == (64, 1)
    assert finished.stderr.startswith("error: this would submit 1 fallback should a request in flight fail at http://")
