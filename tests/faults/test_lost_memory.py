"""The journal or the store is lost with work under way: what was paid for is found again where it can be."""

from __future__ import annotations

import shutil

from callsheet.store.journal import Journal


def totals(outcome) -> tuple[int, int]:
    return outcome["exit_code"], outcome["totals"]["submitted"]


def test_a_lost_journal_is_learned_again_from_the_manifest_and_requests_are_attached_to(campaign) -> None:
    one = campaign(2, queue=2)
    assert totals(one.run("--timeout", "0.5")) == (75, 2)
    shutil.rmtree(one.folder / ".callsheet")
    ids = {entry["request_id"] for entry in one.provider.ledger}
    plan = one.start("plan", "pipeline.yaml", "--json").json
    assert {(instance["action"], instance["why"]["code"]) for instance in plan["instances"]} == {
        ("attach", "in-manifest")
    }
    outcome = one.run()
    assert totals(outcome) == (0, 0)
    assert {instance["request_id"] for instance in outcome["instances"]} == ids
    assert list(one.provider.taken.values()) == [1, 1]


def test_a_lost_journal_takes_back_the_outputs_that_are_still_there(campaign) -> None:
    one = campaign(2)
    one.run()
    shutil.rmtree(one.folder / ".callsheet")
    calls = len(one.provider.ledger)
    for words in (["--no-submit"], []):
        outcome = one.run(*words)
        assert totals(outcome) == (0, 0)
        assert [instance["state"] for instance in outcome["instances"]] == ["cached", "cached"]
    assert len(one.provider.ledger) == calls


def test_an_unknown_submit_stays_unknown_when_the_journal_is_lost(campaign) -> None:
    one = campaign(1, "submit:drop-after@1")
    one.run()
    shutil.rmtree(one.folder / ".callsheet")
    plan = one.start("plan", "pipeline.yaml", "--json").json
    assert [instance["action"] for instance in plan["instances"]] == ["unknown"]
    outcome = one.run()
    assert totals(outcome) == (75, 0)
    assert outcome["instances"][0]["state"] == "unknown"
    assert one.start("resolve", "pipeline.yaml", "shot[look=l0]", "--resubmit").wait() == 0
    assert totals(one.run()) == (0, 1)


def test_bytes_lost_from_the_store_are_fetched_again_by_their_request(campaign) -> None:
    one = campaign(2, step=True)
    one.run()
    shutil.rmtree(one.folder / ".callsheet/store")
    shutil.rmtree(one.folder / "renders")
    plan = one.start("plan", "pipeline.yaml", "--json").json
    shots = [instance for instance in plan["instances"] if instance["node"] == "shot"]
    assert {(shot["action"], shot["why"]["code"]) for shot in shots} == {("attach", "lost-from-store")}
    assert totals(one.run()) == (0, 0)
    assert list(one.provider.taken.values()) == [1, 1]


def test_bytes_that_the_provider_has_no_more_are_only_bought_again_with_consent(campaign) -> None:
    one = campaign(1)
    one.run()
    shutil.rmtree(one.folder / ".callsheet/store")
    with Journal(one.folder / ".callsheet/state.db") as journal:
        journal.database.connection.execute("UPDATE work SET request_id = '00000000-0000-4000-8000-000000000000'")
    for _ in range(2):
        outcome = one.run()
        assert totals(outcome) == (65, 0)
        (error,) = [instance["error"] for instance in outcome["instances"]]
        assert error["code"] == "lost-from-store"
        assert error["hint"] == "restore `.callsheet/store`, or consent to pay again with `--rerender`"
    assert totals(one.run("--rerender")) == (0, 1)


def test_a_journal_removed_under_a_run_stops_its_submits(campaign) -> None:
    one = campaign(3, queue=2)
    run = one.begin("--concurrency", "1")
    one.until(lambda: one.states()["submitted"])
    (one.folder / ".callsheet/state.db").rename(one.folder / "moved.db")
    outcome = run.json
    assert outcome["exit_code"] == 75
    codes = [instance["error"]["code"] for instance in outcome["instances"] if instance["error"]]
    assert codes == ["journal-gone"] * (3 - len(one.provider.ledger))
    assert codes
