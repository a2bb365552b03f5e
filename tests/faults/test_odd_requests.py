"""Requests that hang, fail, say what nobody knows, or bring nothing; clocks that jump; noise on every line."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callsheet.media.info import Output
from callsheet.store.entry import Work
from callsheet.store.journal import Journal

FULL = os.environ.get("FAULTS") == "full"


def only(outcome) -> dict:
    (one,) = outcome["instances"]
    return one


def test_a_request_that_never_ends_is_left_attached_at_the_timeout(campaign) -> None:
    one = campaign(1, "render:stuck#1")
    for submitted in (1, 0):
        outcome = one.run("--timeout", "0.8")
        (request,) = [entry["request_id"] for entry in one.provider.ledger]
        assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (75, submitted)
        assert only(outcome)["error"] == {
            "code": "timeout",
            "message": f"`shot[look=l0]` is not done after 0.8 s; request `{request}` is kept",
            "hint": "run again to go on waiting for it",
        }
    assert one.states() == {"running": 1}


def test_a_failed_render_is_over_and_a_later_run_submits_it_anew(campaign) -> None:
    one = campaign(1, "render:failed#1")
    outcome = one.run()
    assert (outcome["exit_code"], only(outcome)["error"]["code"]) == (65, "render-failed")
    assert one.run()["totals"]["submitted"] == 1


def test_an_unknown_state_is_reported_kept_and_never_resubmitted(campaign) -> None:
    one = campaign(1, "status:unknown-state@1+2")
    outcome = one.run()
    assert (outcome["exit_code"], only(outcome)["error"]["code"]) == (75, "state-unknown")
    assert one.run("--timeout", "20")["totals"]["submitted"] == 0
    assert len(one.provider.ledger) == 1


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_changes_no_decision(tmp_path: Path, jump: float) -> None:
    now = 1_000_000.0
    with Journal(tmp_path / "state.db", clock=lambda: now) as journal:
        work = Work("runcomfy", "a/route", "hero")
        journal.intent("a" * 64, work, "b" * 64)
        journal.submitted("a" * 64, "request-1")
        now += jump
        journal.done("a" * 64, work, [Output("video", "video", "c" * 64, 1, "video/mp4")], 0.5)
        entry = journal.look_up("a" * 64)
        assert entry is not None
        assert (entry.state, entry.may_submit) == ("done", False)
        assert [past.seconds for past in journal.estimate_history("a/route", "runcomfy")] == (
            [jump] if jump > 0 else []
        )
        assert journal.spent("runcomfy") == 0.5


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_request_in_flight_is_finished_and_paid_once_though_the_clock_was_set(campaign, jump: float) -> None:
    one = campaign(1, render=0.8)
    assert one.run("--timeout", "0.2")["exit_code"] == 75
    with closing(sqlite3.connect(one.folder / ".callsheet" / "state.db")) as journal, journal:
        for column in ("intended_at", "submitted_at", "updated_at"):
            journal.execute(f"UPDATE work SET {column} = {column} - ?", (jump,))
        for column in ("intended_at", "submitted_at"):
            journal.execute(f"UPDATE submits SET {column} = {column} - ?", (jump,))
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 0)
    assert one.run()["totals"]["cached"] == 1
    assert list(one.provider.taken.values()) == [1]


def test_noise_on_every_line_loses_nothing_and_pays_nothing_twice(campaign) -> None:
    shots = 500 if FULL else 25
    one = campaign(
        shots,
        "status:reset=0.05,status:500=0.05,status:429=0.05,status:garbage=0.03,result:reset=0.05,result:502=0.05,"
        "result:html=0.03,submit:429=0.05,download:truncate=0.05,download:reset=0.05,retry-after=0,latency=0.02"
        + (",download:stall=0.005" if FULL else ""),
    )
    outcome = one.run("--concurrency", "64")
    assert {instance["state"] for instance in outcome["instances"]} == {"succeeded"}
    assert list(one.provider.taken.values()) == [1] * shots
