"""A submit that may have been taken: reported with evidence, never repeated, and settled by a person."""

from __future__ import annotations

import os
import re

import pytest

FULL = os.environ.get("FAULTS") == "full"

WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
AMBIGUOUS = ["drop-after", "502-after", "redirect-after"]
if FULL:
    AMBIGUOUS += ["408-after", "html-after", "garbage-after", "error-200-after", "reset", "502", "html", "redirect"]


def unknown_of(outcome) -> dict:
    (found,) = [one for one in outcome["instances"] if one["state"] == "unknown"]
    return found


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_an_ambiguous_submit_is_never_repeated_on_this_run_or_the_next(campaign, fault) -> None:
    one = campaign(3, f"submit:{fault}@2", step=True)
    first = one.run()
    assert first["exit_code"] == 75
    assert sorted(found["state"] for found in first["instances"]) == ["blocked", "succeeded", "succeeded", "unknown"]
    again = one.run()
    assert again["exit_code"] == 75
    assert sorted(found["state"] for found in again["instances"]) == ["cached", "cached", "held", "unknown"]
    assert len(one.provider.ledger) == 3
    assert max(one.provider.taken.values()) == 1


def test_the_report_gives_the_evidence_and_the_two_commands(campaign) -> None:
    one = campaign(1, "submit:502-after@1")
    first, second = unknown_of(one.run()), unknown_of(one.run())
    said = first["error"]
    assert said["code"] == "submit-unknown"
    assert re.fullmatch(
        r"it is not known whether the submit of `shot\[look=l0\]` to `wan-ai/wan-2-7/text-to-video` was taken: "
        r"the API answered HTTP 502.* \(payload [0-9a-f]{12}\)",
        said["message"],
    )
    assert said["hint"] == (
        "look for it in your account at the provider; if it is there, "
        "`callsheet resolve pipeline.yaml 'shot[look=l0]' --attach REQUEST_ID` takes its result, "
        "if not, `callsheet resolve pipeline.yaml 'shot[look=l0]' --resubmit` pays for it anew"
    )
    assert second["error"]["hint"] == said["hint"]
    assert re.fullmatch(
        rf"a submit to `wan-ai/wan-2-7/text-to-video` of {WHEN}, payload [0-9a-f]{{12}} may have been taken: "
        + re.escape(said["message"]),
        second["error"]["message"],
    )


def test_a_person_who_finds_the_request_attaches_to_it_and_pays_nothing_more(campaign) -> None:
    one = campaign(2, "submit:drop-after@1", step=True)
    one.run()
    name = unknown_of(one.run())["id"]
    (lost,) = [entry["request_id"] for entry in one.provider.ledger if entry["answer"] != "200"]
    settled = one.start("resolve", "pipeline.yaml", name, "--attach", lost)
    assert settled.wait() == 0
    assert settled.stdout.read_text() == f"{name} has the request `{lost}`: the next `callsheet run` takes it up\n"
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 0)
    assert lost in [instance["request_id"] for instance in outcome["instances"]]
    assert list(one.provider.taken.values()) == [1, 1]


def test_a_person_who_finds_nothing_has_it_submitted_anew(campaign) -> None:
    one = campaign(2, "submit:reset@1", step=True)
    one.run()
    name = unknown_of(one.run())["id"]
    settled = one.start("resolve", "pipeline.yaml", name, "--resubmit")
    assert settled.wait() == 0
    assert settled.stdout.read_text() == f"{name} is submitted anew: the next `callsheet run` takes it up\n"
    plan = one.start("plan", "pipeline.yaml", "--json").json
    assert [instance["why"] for instance in plan["instances"] if instance["action"] == "render"] == [
        {"code": "resubmit", "text": "an unknown submit before; you said that it may be made again"}
    ]
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 1)
    assert list(one.provider.taken.values()) == [1, 1]


def test_a_request_that_the_provider_does_not_know_is_for_a_person_again(campaign) -> None:
    one = campaign(1, "submit:reset@1")
    one.run()
    request = "00000000-0000-4000-8000-000000000000"
    assert one.start("resolve", "pipeline.yaml", "shot[look=l0]", "--attach", request).wait() == 0
    first, second = one.run(), one.run()
    assert (first["exit_code"], unknown_of(first)["error"]["code"]) == (75, "request-gone")
    assert f"--attach {request}`" in unknown_of(first)["error"]["hint"]
    assert unknown_of(second)["error"]["message"].endswith(f" is not settled: {unknown_of(first)['error']['message']}")
    assert sum(one.provider.taken.values()) == 0
    assert one.start("resolve", "pipeline.yaml", "shot[look=l0]", "--resubmit").wait() == 0
    assert one.run()["exit_code"] == 0
    assert sum(one.provider.taken.values()) == 1


@pytest.mark.parametrize("fault", ["429", "422", "500"])
def test_what_certainly_was_not_taken_is_not_unknown(campaign, fault) -> None:
    one = campaign(1, f"submit:{fault}@1,retry-after=0")
    outcome = one.run()
    states = [instance["state"] for instance in outcome["instances"]]
    assert states == {"429": ["succeeded"], "422": ["failed"], "500": ["unknown"]}[fault]
