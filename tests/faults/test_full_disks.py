"""A disk that is full, or a store that is read-only, at whatever write: a clear error, and nothing is paid for twice."""

from __future__ import annotations

import os
import re

import pytest

from callsheet.store.spare import Spare

FULL = os.environ.get("FAULTS") == "full"
KIB = 1024
LIMITS = range(4 * KIB, 260 * KIB, 4 * KIB if FULL else 64 * KIB)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_run_that_can_write_no_file_beyond_a_size_is_taken_up_with_space(campaign, limit) -> None:
    one = campaign(6, step=True)
    Spare(one.folder / ".callsheet/spare").keep()
    short = one.begin(file_size=limit)
    code = short.wait()
    said = short.stderr.read_text()
    assert code in (0, 75), said
    assert "Traceback" not in said
    taken = sum(one.provider.taken.values())
    outcome = one.run()
    unknown = [instance for instance in outcome["instances"] if instance["state"] == "unknown"]
    answered = {entry["request_id"] for entry in one.provider.ledger}
    for instance in unknown:
        told = re.search(
            rf"{re.escape(instance['id'])}.*?`([0-9a-f-]{{36}})`", (short.stdout.read_text() + said), re.DOTALL
        )
        assert told
        assert told[1] in answered
        assert one.start("resolve", "pipeline.yaml", instance["id"], "--attach", told[1]).wait() == 0
    outcome = one.run()
    assert outcome["exit_code"] == 0, outcome
    assert list(one.provider.taken.values()) == [1] * 6
    assert len(one.provider.ledger) == 6 >= taken


def test_a_read_only_project_says_so_and_nothing_is_submitted(campaign) -> None:
    one = campaign(2)
    (one.folder / ".callsheet").write_text("in the way of the folder")
    run = one.begin()
    assert run.wait() in (65, 75)
    assert "Traceback" not in run.stderr.read_text()
    assert run.stderr.read_text().startswith("error: `")
    assert one.provider.ledger == []


def test_a_store_that_can_not_be_written_keeps_the_requests_and_goes_on_when_it_can(campaign) -> None:
    one = campaign(2)
    (one.folder / ".callsheet").mkdir()
    (one.folder / ".callsheet/store").write_text("in the way of the folder")
    outcome = one.run()
    assert outcome["exit_code"] == 75
    assert {instance["error"]["code"] for instance in outcome["instances"]} == {"store-broken"}
    (one.folder / ".callsheet/store").unlink()
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"]) == (0, 0)
    assert list(one.provider.taken.values()) == [1, 1]


def test_an_output_folder_that_can_not_be_made_is_said_before_anything_is_spent(campaign) -> None:
    one = campaign(2)
    (one.folder / "renders").write_text("in the way of the folder")
    run = one.begin()
    assert run.wait() == 65
    assert "[output-unwritable]" in run.stderr.read_text()
    assert one.provider.ledger == []


def test_an_output_that_can_not_be_put_in_its_place_costs_nothing_more(campaign) -> None:
    one = campaign(2)
    (one.folder / "renders").mkdir()
    (one.folder / "renders/pipeline").write_text("in the way of the folder")
    outcome = one.run()
    assert outcome["exit_code"] == 75
    assert {instance["error"]["code"] for instance in outcome["instances"]} == {"output-unwritable"}
    (one.folder / "renders/pipeline").unlink()
    outcome = one.run()
    assert (outcome["exit_code"], outcome["totals"]["submitted"], outcome["totals"]["cached"]) == (0, 0, 2)
    assert list(one.provider.taken.values()) == [1, 1]
