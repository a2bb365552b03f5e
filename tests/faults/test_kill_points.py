"""A run is killed at every transition of the journal and at random moments; what was paid for is never paid again."""

from __future__ import annotations

import os
import random
import time

import pytest

FULL = os.environ.get("FAULTS") == "full"
SHOTS = 4
TRIALS = 200 if FULL else 3


def blobs(campaign) -> list:
    return list((campaign.folder / ".callsheet/store").glob("??/*"))


@pytest.mark.parametrize(
    ("moment", "faults", "times", "seen", "most_unknown"),
    [
        ("planned", "latency=0.05", {}, lambda one: (one.folder / ".callsheet/claims").exists(), SHOTS),
        ("intent on the wire, not billed", "submit:hang@1", {}, lambda one: one.states()["intent"] == 1 and one.states()["done"] == SHOTS - 1, 1),
        ("intent on the wire, billed", "submit:hang-after@1", {}, lambda one: one.states()["intent"] == 1 and one.states()["done"] == SHOTS - 1, 1),
        ("all intents", "submit:hang-after=1", {}, lambda one: one.states()["intent"] == SHOTS and sum(one.provider.taken.values()) == SHOTS, SHOTS),
        ("submitted", "", {"queue": 1.5}, lambda one: one.states()["submitted"] == SHOTS, 0),
        ("running", "", {"render": 1.5}, lambda one: one.states()["running"] == SHOTS, 0),
        ("downloading", "download:stall@1", {}, lambda one: len(list((one.folder / ".callsheet/scratch").glob("*/*/*.part"))) == SHOTS, 0),
        ("fetched", "", {"render": 0.2}, blobs, SHOTS),
        ("done", "", {"render": 0.5, "spread": 0.5}, lambda one: one.states()["done"], 0),
        ("published", "", {"render": 0.5, "spread": 0.5}, lambda one: list((one.folder / "renders").rglob("*.mp4")), 0),
    ],
)  # fmt: skip
def test_a_run_killed_at_a_transition_is_taken_up_where_it_stood(
    campaign, moment, faults, times, seen, most_unknown
) -> None:
    one = campaign(SHOTS, faults, **times)
    run = one.begin()
    one.until(lambda: seen(one))
    run.kill()
    on_the_wire = one.states()["intent"]
    one.finish()
    assert len(one.unknown) <= min(on_the_wire, most_unknown), moment


def test_runs_killed_at_random_moments_pay_for_each_key_once(outer_provider, again) -> None:
    dice = random.Random(20260401)
    provider = outer_provider("latency=0.03", queue=0.1, render=0.3, spread=0.4)
    unknown = 0
    for number in range(TRIALS):
        one = again(provider, SHOTS, name=f"trial-{number}", step=number % 10 == 0)
        before = sum(provider.taken.values())
        on_the_wire = 0
        for _ in range(dice.choice((1, 1, 2, 3))):
            run = one.begin()
            time.sleep(dice.uniform(0.0, 1.2))
            run.kill()
            on_the_wire = one.states()["intent"] + one.states()["unknown"]
        outcome = one.run()
        states = {instance["id"]: instance["state"] for instance in outcome["instances"]}
        shots = [state for name, state in states.items() if name.startswith("shot")]
        assert set(shots) <= {"succeeded", "cached", "unknown"}, outcome
        assert shots.count("unknown") <= on_the_wire
        taken = provider.taken
        assert max(taken.values()) == 1
        assert SHOTS - shots.count("unknown") <= sum(taken.values()) - before <= SHOTS
        again_run = one.run()
        assert sum(provider.taken.values()) == sum(taken.values()), again_run
        unknown += shots.count("unknown")
    assert unknown < TRIALS * SHOTS
