"""Fallbacks where runs are interrupted, killed, or beside each other: a route is bought once, and none for a stop."""

from __future__ import annotations

import signal

import pytest

WAN, SEEDANCE = "wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v2/pro"
FALLBACK = f"    fallback: [{{route: {SEEDANCE}, input: {{duration: 4}}}}]\n"


@pytest.fixture
def with_fallback(campaign):
    """A campaign whose shots fall back to another route."""

    def make(shots: int, faults: str, **settings):
        one = campaign(shots, faults, **settings)
        with (one.folder / "pipeline.yaml").open("a") as file:
            file.write(FALLBACK)
        return one

    return make


def routes(one) -> list[str]:
    return [entry["path"].removeprefix("/v1/models/") for entry in one.provider.ledger]


def test_an_interrupted_run_tries_no_other_route(with_fallback) -> None:
    one = with_fallback(1, "", queue=5)
    run = one.begin()
    one.until(lambda: one.states()["submitted"])
    run.send(signal.SIGTERM)
    assert run.wait() == 130
    assert (routes(one), one.states()) == ([WAN], {"cancelled": 1})


def test_a_run_killed_while_it_waits_for_a_fallback_is_taken_up_there(with_fallback) -> None:
    one = with_fallback(1, "render:failed#1", render=2.5)
    run = one.begin()
    one.until(lambda: one.states()["failed"] and (one.states()["submitted"] or one.states()["running"]))
    run.kill()
    outcome = one.run()
    (shot,) = outcome["instances"]
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 0)
    assert (shot["route"], [failed["route"] for failed in shot["before"]]) == (SEEDANCE, [WAN])
    assert routes(one) == [WAN, SEEDANCE]


def test_runs_at_once_fall_back_together(with_fallback) -> None:
    one = with_fallback(3, "render:failed#1,render:failed#2,render:failed#3", render=2.0)
    first = one.begin()
    one.until(lambda: len(one.provider.ledger) == 3)
    outcomes = [run.json for run in (first, one.begin())]
    assert [outcome["exit_code"] for outcome in outcomes] == [0, 0]
    assert sorted(routes(one)) == [SEEDANCE] * 3 + [WAN] * 3
    assert sum(outcome["totals"]["submitted"] for outcome in outcomes) == 6
