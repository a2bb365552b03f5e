"""Ctrl-C and SIGTERM: in good order at the first, at once at the second, and nothing paid is forgotten."""

from __future__ import annotations

import os
import signal

import pytest

from callsheet.run.claim import Claims
from callsheet.store.journal import Journal

FULL = os.environ.get("FAULTS") == "full"


def errors(outcome) -> list[str]:
    return sorted(instance["error"]["message"] for instance in outcome["instances"] if instance["error"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT] if FULL else [signal.SIGTERM])
def test_the_first_signal_cancels_what_is_queued_and_says_what_goes_on(campaign, number) -> None:
    one = campaign(3, slots=1, render=1.5)
    run = one.begin()
    one.until(lambda: sorted(one.states().items()) == [("running", 1), ("submitted", 2)])
    run.send(number)
    assert run.wait() == 130
    assert (run.json["status"], run.json["exit_code"]) == ("interrupted", 130)
    ids = {entry["state"]: entry["request_id"] for entry in one.provider.ledger}
    told = errors(run.json)
    assert f"the run was interrupted; request `{ids['in_progress']}` goes on, and the next run takes it up" in told
    assert sum(text.endswith(" is cancelled") for text in told) == 2
    codes = sorted(instance["error"]["code"] for instance in run.json["instances"])
    assert codes == ["cancelled", "cancelled", "interrupted"]
    assert one.states() == {"running": 1, "cancelled": 2}
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 2)
    assert sorted(entry["state"] for entry in one.provider.ledger) == ["cancelled", "cancelled", *["completed"] * 3]


def test_what_another_run_waits_for_is_not_cancelled(campaign) -> None:
    one = campaign(1, queue=2.5)
    owner = one.begin()
    one.until(lambda: one.states()["submitted"])
    waiter = one.begin()
    with Journal(one.folder / ".callsheet/state.db") as journal, Claims(one.folder / ".callsheet/claims") as claims:
        (entry,) = journal.in_flight()
        one.until(lambda: claims.is_awaited(entry.key))
    owner.send(signal.SIGINT)
    assert owner.wait() == 130
    assert errors(owner.json) == [
        f"the run was interrupted; request `{entry.request_id}` goes on for another run, which waits for it"
    ]
    assert (waiter.json["exit_code"], waiter.json["totals"]["submitted"]) == (0, 0)
    assert list(one.provider.taken.values()) == [1]


def test_a_submit_in_flight_is_waited_for_before_the_run_ends(campaign) -> None:
    one = campaign(1, "latency=1", queue=5)
    run = one.begin()
    one.until(lambda: one.provider.ledger)
    run.send(signal.SIGINT)
    assert run.wait() == 130
    (entry,) = one.provider.ledger
    assert errors(run.json) == [f"the run was interrupted; request `{entry['request_id']}` is cancelled"]
    assert one.states() == {"cancelled": 1}


def test_the_second_signal_leaves_at_once_and_forgets_nothing(campaign) -> None:
    one = campaign(2, "cancel:hang=1", queue=1)
    run = one.begin()
    one.until(lambda: one.states()["submitted"] == 2)
    run.send(signal.SIGINT)
    one.until(lambda: "stopping" in run.stderr.read_text())
    run.send(signal.SIGINT)
    assert run.wait() == -signal.SIGINT
    assert one.states() == {"submitted": 2}
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 0)
    assert list(one.provider.taken.values()) == [1, 1]
