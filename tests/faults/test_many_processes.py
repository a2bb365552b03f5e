"""Several runs on one pipeline at once, some killed, some suspended: each key is billed once."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

FULL = os.environ.get("FAULTS") == "full"
LONGER_THAN_ANY_TIMEOUT = 75.0
"""Seconds: the database waits for 30, a read of the API for 60."""


@pytest.mark.parametrize("processes", [2, 8] if FULL else [3])
def test_runs_at_once_pay_for_each_key_once_and_all_get_the_results(campaign, processes) -> None:
    one = campaign(6, render=0.3)
    outcomes = [run.json for run in [one.begin() for _ in range(processes)]]
    assert [outcome["exit_code"] for outcome in outcomes] == [0] * processes
    assert sum(outcome["totals"]["submitted"] for outcome in outcomes) == 6
    assert list(one.provider.taken.values()) == [1] * 6
    digests = {
        tuple(output["sha256"] for instance in outcome["instances"] for output in instance["outputs"])
        for outcome in outcomes
    }
    assert len(digests) == 1


def test_of_runs_at_once_some_are_killed_and_some_suspended(outer_provider, again) -> None:
    dice = random.Random(20260402)
    provider = outer_provider("latency=0.02", render=0.3, spread=0.5)
    for number in range(20 if FULL else 1):
        one = again(provider, 8, name=f"crowd-{number}")
        runs = [one.begin() for _ in range(8 if FULL else 4)]
        time.sleep(dice.uniform(0.2, 0.8))
        dice.shuffle(runs)
        for run in runs[:2]:
            run.send(signal.SIGSTOP)
        for run in runs[2:4]:
            run.kill()
        time.sleep(3.0 if FULL else 0.5)
        for run in runs[:2]:
            run.send(signal.SIGCONT)
        assert {run.wait() for run in runs[4:]} <= {0, 75}
        assert {run.wait() for run in runs[:2]} <= {0, 75}
        outcome = one.run()
        unknown = sum(instance["state"] == "unknown" for instance in outcome["instances"])
        assert outcome["exit_code"] == (75 if unknown else 0)
        mine = [entry for entry in provider.ledger if one.folder.name + " " in str(entry["body"])]
        inputs = [entry["body"]["prompt"] for entry in mine if entry["request_id"]]
        assert len(inputs) == len(set(inputs))
        assert 8 - unknown <= len(inputs) <= 8


def test_a_waiter_takes_the_result_of_a_suspended_run_once_that_goes_on(campaign) -> None:
    one = campaign(1, render=0.5)
    owner = one.begin()
    one.until(lambda: one.states()["submitted"] + one.states()["running"])
    owner.send(signal.SIGSTOP)
    waiter = one.begin("--timeout", "1")
    outcome = waiter.json
    assert (outcome["exit_code"], outcome["instances"][0]["error"]) == (
        75,
        {
            "code": "timeout",
            "message": "`shot[look=l0]` is not done after 1 s; another run works on it",
            "hint": "run again to go on waiting for it",
        },
    )
    assert waiter.stderr.read_text().count("another run of this project works on the same; waiting for its result") == 1
    patient = one.begin()
    time.sleep(LONGER_THAN_ANY_TIMEOUT if FULL else 0.5)
    owner.send(signal.SIGCONT)
    assert owner.json["totals"]["submitted"] == 1
    assert (patient.json["totals"]["submitted"], patient.json["exit_code"]) == (0, 0)
    assert list(one.provider.taken.values()) == [1]


def test_a_waiter_takes_over_from_a_run_that_dies(campaign) -> None:
    one = campaign(2, queue=2.0)
    owner = one.begin()
    one.until(lambda: one.states()["submitted"] == 2)
    waiter = one.begin()
    owner.kill()
    assert (waiter.json["exit_code"], waiter.json["totals"]["submitted"]) == (0, 0)
    assert list(one.provider.taken.values()) == [1, 1]


def test_a_waiter_takes_a_failure_for_its_own_and_does_not_pay_again(campaign) -> None:
    one = campaign(1, "render:failed#1", queue=1.5)
    owner = one.begin()
    one.until(lambda: one.states()["submitted"])
    waiter = one.begin()
    assert owner.json["instances"][0]["error"]["code"] == "render-failed"
    said = waiter.json["instances"][0]["error"]
    assert said["code"] == "render-failed"
    assert said["message"].startswith("`shot[look=l0]` failed in the run that this one waited for: the API failed")
    assert len(one.provider.ledger) == 1
