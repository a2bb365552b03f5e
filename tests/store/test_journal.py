from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.media.info import Output
from callsheet.problems import RetryableFault
from callsheet.store.entry import Entry, Past, Work
from callsheet.store.journal import Journal

WORK = Work("runcomfy", "a/route", "hero[look=dawn]")
STEP = Work("local", "concat", "spot")
PAYLOAD = "b" * 64
VIDEO = Output("video", "video", "a" * 64, 10, "video/mp4")
AUDIO = Output("audio", "audio", "c" * 64, 5, "audio/wav")


class Ticks:
    """A clock that goes on by one second each time it is read."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / ".callsheet" / "state.db", clock=Ticks()) as opened:
        yield opened


def state(journal: Journal, key: str = "k") -> str:
    entry = journal.look_up(key)
    return entry.state if entry else "none"


def test_a_key_never_heard_of_has_no_entry(journal: Journal) -> None:
    assert journal.look_up("k") is None
    assert journal.look_up_many(["k", "l"]) == {}


def test_a_render_goes_from_intent_to_done_and_is_remembered_whole(journal: Journal) -> None:
    journal.intent("k", WORK, PAYLOAD, estimate_usd=0.4)
    assert state(journal) == "intent"
    journal.submitted("k", "req-1")
    assert state(journal) == "submitted"
    journal.running("k")
    assert state(journal) == "running"
    journal.fetched("k", [VIDEO, AUDIO], 0.5)
    assert state(journal) == "fetched"
    journal.done("k", WORK, [VIDEO, AUDIO])
    assert journal.look_up("k") == Entry(
        key="k",
        provider="runcomfy",
        made_by="a/route",
        instance="hero[look=dawn]",
        state="done",
        request_id="req-1",
        payload_sha256=PAYLOAD,
        attempts=1,
        cost_usd=0.5,
        error_code=None,
        error=None,
        intended_at=1001.0,
        submitted_at=1002.0,
        updated_at=1006.0,
        outputs=(VIDEO, AUDIO),
    )


def test_a_step_is_done_without_a_submit(journal: Journal) -> None:
    journal.done("k", STEP, [VIDEO])
    entry = journal.look_up("k")
    assert entry is not None
    assert (entry.state, entry.attempts, entry.request_id, entry.outputs) == ("done", 0, None, (VIDEO,))


@pytest.mark.parametrize("reached", ["intent", "submitted", "running", "fetched", "done", "unknown"])
def test_what_may_be_out_or_paid_is_never_submitted_again(journal: Journal, reached: str) -> None:
    reach(journal, reached)
    with pytest.raises(RetryableFault) as caught:
        journal.intent("k", WORK, PAYLOAD)
    assert str(caught.value) == (
        f"error: hero[look=dawn]: `hero[look=dawn]` is not submitted: the journal says that it is `{reached}`"
        " [submit-refused]\n"
        "  help: what is in flight is attached to by the next run, what is unknown a person settles"
    )
    assert state(journal) == reached


@pytest.mark.parametrize("reached", ["reserved", "failed", "cancelled"])
def test_what_certainly_is_over_may_be_submitted_again(journal: Journal, reached: str) -> None:
    reach(journal, reached)
    entry = journal.look_up("k")
    assert entry is not None
    assert entry.may_submit
    journal.intent("k", WORK, PAYLOAD)
    assert state(journal) == "intent"


@pytest.mark.parametrize("reached", ["unknown", "done"])
def test_consent_buys_again_what_is_unknown_or_done(journal: Journal, reached: str) -> None:
    reach(journal, reached)
    journal.intent("k", WORK, PAYLOAD, consent=True)
    assert state(journal) == "intent"


@pytest.mark.parametrize("reached", ["intent", "submitted", "running", "fetched"])
def test_consent_buys_nothing_that_is_in_flight(journal: Journal, reached: str) -> None:
    reach(journal, reached)
    with pytest.raises(RetryableFault):
        journal.intent("k", WORK, PAYLOAD, consent=True)


def reach(journal: Journal, goal: str) -> None:
    if goal == "done":
        journal.done("k", WORK, [VIDEO])
        return
    journal.intent("k", WORK, PAYLOAD)
    match goal:
        case "reserved":
            journal.refused("k")
        case "failed":
            journal.failed("k", WORK, "render-failed", "no")
        case "unknown":
            journal.unknown("k", "submit-unknown", "reset")
        case "cancelled" | "submitted" | "running" | "fetched":
            journal.submitted("k", "req-1")
            if goal == "cancelled":
                journal.cancelled("k")
            elif goal == "running":
                journal.running("k")
            elif goal == "fetched":
                journal.fetched("k", [VIDEO])


def test_a_refused_submit_is_as_if_it_had_not_been(journal: Journal) -> None:
    journal.intent("k", WORK, PAYLOAD)
    journal.refused("k")
    entry = journal.look_up("k")
    assert entry is not None
    assert (entry.state, entry.attempts, entry.payload_sha256, entry.intended_at) == ("reserved", 0, None, None)


def test_unknown_keeps_the_evidence_and_an_id_settles_it(journal: Journal) -> None:
    journal.intent("k", WORK, PAYLOAD)
    journal.unknown("k", "submit-unknown", "the API answered HTTP 502")
    entry = journal.look_up("k")
    assert entry is not None
    assert (entry.state, entry.error_code, entry.error) == ("unknown", "submit-unknown", "the API answered HTTP 502")
    journal.submitted("k", "req-9")
    entry = journal.look_up("k")
    assert entry is not None
    assert (entry.state, entry.request_id, entry.error) == ("submitted", "req-9", None)


def test_an_impossible_step_is_an_error_of_ours_and_changes_nothing(journal: Journal) -> None:
    with pytest.raises(ValueError, match="k can't become submitted: it is not there"):
        journal.submitted("k", "req-1")
    journal.done("k", WORK, [VIDEO])
    with pytest.raises(ValueError, match="k can't become unknown: it is done"):
        journal.unknown("k", "submit-unknown", "late")
    assert state(journal) == "done"


def test_in_flight_lists_what_has_begun_and_is_not_over_oldest_first(journal: Journal) -> None:
    for key in ("a", "b", "c", "d", "e"):
        journal.intent(key, WORK, PAYLOAD)
    journal.submitted("b", "req-b")
    journal.submitted("a", "req-a")
    journal.refused("c")
    journal.unknown("d", "submit-unknown", "reset")
    assert [(entry.key, entry.state) for entry in journal.in_flight()] == [
        ("e", "intent"),
        ("b", "submitted"),
        ("a", "submitted"),
    ]
    assert [entry.key for entry in journal.in_state("unknown")] == ["d"]


def test_the_outputs_of_done_replace_those_before_as_one(journal: Journal) -> None:
    journal.done("k", STEP, [VIDEO, AUDIO])
    journal.done("k", STEP, [AUDIO])
    entry = journal.look_up("k")
    assert entry is not None
    assert entry.outputs == (AUDIO,)


def test_unfinished_simulated_work_is_discarded_and_nothing_else(journal: Journal) -> None:
    simulated = Work("simulator", "a/route", "hero")
    journal.intent("open", simulated, PAYLOAD)
    journal.submitted("open", "req-1")
    journal.intent("lost", simulated, PAYLOAD)
    journal.done("made", simulated, [VIDEO])
    journal.intent("paid", WORK, PAYLOAD)
    journal.discard([entry.key for entry in journal.unfinished("simulator")])
    assert sorted(journal.look_up_many(["open", "lost", "made", "paid"])) == ["made", "paid"]


def test_the_history_of_a_route_tells_seconds_and_cost_newest_first(journal: Journal) -> None:
    for key, cost in (("k1", 0.5), ("k2", None)):
        journal.intent(key, WORK, PAYLOAD)
        journal.submitted(key, f"req-{key}")
        journal.running(key)
        journal.done(key, WORK, [VIDEO], cost)
    journal.intent("k3", WORK, PAYLOAD)
    journal.submitted("k3", "req-3")
    journal.failed("k3", WORK, "render-failed", "no")
    assert journal.estimate_history("a/route", "runcomfy") == [Past(3.0, None), Past(3.0, 0.5)]
    assert journal.estimate_history("a/route", "runcomfy", newest=1) == [Past(3.0, None)]
    assert journal.estimate_history("a/route", "simulator") == []


def test_runs_are_numbered_and_end_with_a_status(journal: Journal) -> None:
    assert journal.runs.started("aurora", "simulator") == 1
    assert journal.runs.started("aurora", "runcomfy") == 2
    journal.runs.finished(2, "succeeded")
    rows = journal.database.connection.execute("SELECT number, status FROM runs ORDER BY number").fetchall()
    assert rows == [(1, None), (2, "succeeded")]


def test_a_group_is_durable_as_a_whole_or_not_at_all(journal: Journal) -> None:
    with journal.group():
        journal.done("a", STEP, [VIDEO])
        journal.done("b", STEP, [VIDEO])
    with pytest.raises(ValueError, match="d can't become running"), journal.group():
        broken_group(journal)
    assert sorted(journal.look_up_many(["a", "b", "c"])) == ["a", "b"]


def broken_group(journal: Journal) -> None:
    journal.done("c", STEP, [VIDEO])
    journal.running("d")


def test_a_refused_intent_leaves_the_others_of_its_group(journal: Journal) -> None:
    journal.done("paid", WORK, [VIDEO])
    with journal.group():
        journal.intent("a", WORK, PAYLOAD)
        with pytest.raises(RetryableFault):
            journal.intent("paid", WORK, PAYLOAD)
        journal.intent("b", WORK, PAYLOAD)
    assert [state(journal, key) for key in ("a", "paid", "b")] == ["intent", "done", "intent"]


KILLED = """
import os, signal, sys
from pathlib import Path
from callsheet.store.entry import Work
from callsheet.store.journal import Journal
work = Work("runcomfy", "a/route", "hero")
journal = Journal(Path(sys.argv[1]))
journal.intent("a", work, "b" * 64)
journal.intent("b", work, "b" * 64)
journal.submitted("b", "req-b")
with journal.group():
    journal.submitted("a", "req-a")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_returned_survives_a_kill_and_what_did_not_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == -9
    with Journal(path) as journal:
        assert {key: entry.state for key, entry in journal.look_up_many(["a", "b"]).items()} == {
            "a": "intent",
            "b": "submitted",
        }


def test_two_processes_see_each_others_intents(tmp_path: Path) -> None:
    with Journal(tmp_path / "state.db") as one, Journal(tmp_path / "state.db") as two:
        one.intent("k", WORK, PAYLOAD)
        with pytest.raises(RetryableFault):
            two.intent("k", WORK, PAYLOAD)
        two.intent("l", WORK, PAYLOAD)
        assert state(one, "l") == "intent"
