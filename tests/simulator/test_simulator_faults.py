"""Faults: the grammar, the chance, and what each does to a call."""

from __future__ import annotations

import httpx
import pytest

from callsheet.simulator.faults import Effect, Faults, FaultSpecError, Rule, parse_faults

WAN = "wan-ai/wan-2-7/text-to-video"
TALK = {"prompt": "A presenter in a booth"}


def test_a_specification_is_read_item_by_item():
    assert parse_faults(" submit:502=0.05, status:500#3@1+2 ,latency=0.2,retry-after=3,submit:drop-after@1,") == Faults(
        (
            Rule("submit", Effect("502"), probability=0.05),
            Rule("status", Effect("500"), request=3, calls=frozenset({1, 2})),
            Rule("submit", Effect("reset", after=True), calls=frozenset({1})),
        ),
        latency=0.2,
        retry_after=3.0,
    )
    assert parse_faults("") == Faults()


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("nonsense", "`nonsense` is no fault: expected `point:effect`, like `submit:502=0.05` or `status:500@1`"),
        (
            "upload:502=1",
            (
                "`upload` in `upload:502=1` is no point where faults strike: expected `submit`, `status`, `result`,"
                " `cancel`, `download`, `models`, `balance`, `render`"
            ),
        ),
        (
            "render:502=1",
            "`502` in `render:502=1` is no fault of `render`: expected `failed`, `failed-billed`, `stuck`",
        ),
        (
            "download:200=1",
            (
                "`200` in `download:200=1` is no fault of `download`: expected `reset`, `html`, `redirect`, `hang`,"
                " `truncate`, `stall` or an HTTP status from 400 to 599"
            ),
        ),
        (
            "submit:502",
            "`submit:502` says not when to strike: add `=0.05` for a chance, `#2` for a request or `@1` for a call",
        ),
        ("submit:502=2", "`2` in `submit:502=2` is no chance: expected a number from 0 to 1"),
        ("latency=soon", "`soon` in `latency=soon` is no time: expected seconds, like `0.2`"),
    ],
)
def test_a_specification_that_can_not_be_read_says_why(spec, text):
    with pytest.raises(FaultSpecError) as caught:
        parse_faults(spec)
    assert str(caught.value) == text


def test_chance_depends_on_seed_input_and_call_alone():
    faults = parse_faults("status:500=0.3")

    def struck(seed: int, inputs: range) -> set[int]:
        return {i for i in inputs if faults.strike(seed, "status", f"input {i}", i, 1) is not None}

    assert struck(1, range(200)) == {*struck(1, range(199, -1, -1))}
    assert struck(1, range(200)) != struck(2, range(200))
    assert 40 < len(struck(1, range(200))) < 80


def test_two_rules_of_one_point_strike_apart():
    faults = parse_faults("submit:502=0.5,submit:503=1")
    names = [effect.name for i in range(100) if (effect := faults.strike(1, "submit", str(i), i, 1))]
    assert set(names) == {"502", "503"}
    assert len(names) == 100


def test_an_http_status_has_its_documented_body_and_costs_nothing(start):
    one = start(faults=parse_faults("submit:502@1,submit:402@2,submit:429@3,retry-after=2"))
    answers = [one.post(f"/models/{WAN}", TALK) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [502, 402, 429, 200]
    assert answers[0].json() == {"error_code": 500001, "error_message": "simulated fault"}
    assert answers[1].json() == {"error_code": 400002, "error_message": "simulated fault"}
    assert (answers[2].json(), answers[2].headers["retry-after"]) == ({"error_message": "simulated fault"}, "2")
    assert [entry["billed_usd"] for entry in one.server.ledger] == [0.0, 0.0, 0.0, 0.4]


@pytest.mark.parametrize(("fault", "billed"), [("reset", 0.0), ("drop-after", 0.4)])
def test_a_submit_can_be_reset_before_or_after_it_is_billed(start, fault, billed):
    one = start(faults=parse_faults(f"submit:{fault}@1"))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        one.post(f"/models/{WAN}", TALK)
    (entry,) = one.server.ledger
    assert (entry["answer"], entry["billed_usd"]) == ("reset", billed)
    assert one.submit(WAN, TALK)


def test_a_submit_can_be_billed_and_then_answered_with_502(start):
    one = start(faults=parse_faults("submit:502-after@1"))
    assert one.post(f"/models/{WAN}", TALK).status_code == 502
    (entry,) = one.server.ledger
    assert (entry["answer"], entry["billed_usd"], entry["state"]) == ("502", 0.4, "in_progress")


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ("html", 200, "<!doctype html>"),
        ("garbage", 200, '{"request_id": "ab'),
        ("error-200", 200, '{"error_code":500001,"error_message":"simulated fault"}'),
        ("redirect", 307, '{"message":"moved"}'),
    ],
)
def test_an_answer_can_be_unreadable(start, fault, status, text):
    one = start(faults=parse_faults(f"submit:{fault}-after=1,models:{fault}=1"))
    for answer in (one.post(f"/models/{WAN}", TALK), one.get("/models")):
        assert answer.status_code == status
        assert answer.text.startswith(text)
    assert one.server.ledger[0]["billed_usd"] == 0.4


def test_a_call_that_hangs_ends_when_the_client_leaves(start):
    one = start(faults=parse_faults("balance:hang@1"))
    with pytest.raises(httpx.ReadTimeout):
        one.get(f"{one.origin}/prod/v2/balance", timeout=0.1)
    assert one.get(f"{one.origin}/prod/v2/balance").status_code == 200


def test_looks_at_one_request_can_fail_by_number(start):
    one = start(faults=parse_faults("status:503#2@1+2,result:unknown-state#2@1"))
    first, second = one.submit(WAN, TALK), one.submit(WAN, TALK)
    assert [one.get(first["status_url"]).status_code for _ in range(3)] == [200, 200, 200]
    assert [one.get(second["status_url"]).status_code for _ in range(3)] == [503, 503, 200]
    assert one.get(second["result_url"]).json()["status"] == "paused"
    assert one.get(second["result_url"]).json()["status"] == "completed"


def test_a_render_can_fail_and_costs_nothing(start):
    one = start(faults=parse_faults("render:failed#1"))
    result = one.finished(one.submit(WAN, TALK))
    assert (result["status"], result["error"]) == ("failed", "the render failed (simulated)")
    assert "output" not in result
    assert one.server.ledger[0]["billed_usd"] == 0.0
    assert one.finished(one.submit(WAN, TALK))["status"] == "completed"


def test_a_render_can_be_stuck_for_ever_without_holding_up_the_others(start):
    one = start(waiting=True, slots=1, faults=parse_faults("render:stuck#1"))
    stuck, other = one.submit(WAN, TALK), one.submit(WAN, TALK)
    one.clock.now += 10_000
    assert one.get(stuck["status_url"]).json()["status"] == "in_progress"
    assert one.get(other["status_url"]).json()["status"] == "completed"


def test_a_result_can_lack_its_output(start):
    one = start(faults=parse_faults("result:no-output@1"))
    accepted = one.submit(WAN, TALK)
    assert one.get(accepted["result_url"]).json()["output"] == {}
    assert set(one.get(accepted["result_url"]).json()["output"]) == {"video"}


def collect(answer: httpx.Response, into: bytearray) -> None:
    for chunk in answer.iter_raw():
        into += chunk


def test_a_download_can_end_in_the_middle_and_be_taken_up_again(start):
    one = start(faults=parse_faults("download:truncate@1"))
    url = one.finished(one.submit(WAN, TALK))["output"]["video"]
    got = bytearray()
    with one.http.stream("GET", url) as answer:
        size = int(answer.headers["content-length"])
        with pytest.raises(httpx.RemoteProtocolError):
            collect(answer, got)
    assert len(got) == size // 2
    rest = one.get(url, headers={"Range": f"bytes={len(got)}-"}).content
    assert bytes(got) + rest == one.get(url).content


def test_a_download_can_stall(start):
    one = start(faults=parse_faults("download:stall@1"))
    url = one.finished(one.submit(WAN, TALK))["output"]["video"]
    with pytest.raises(httpx.ReadTimeout):
        one.get(url, timeout=0.1)


@pytest.mark.parametrize(("fault", "status"), [("404", 404), ("html", 200), ("redirect", 307)])
def test_a_download_can_be_something_else(start, fault, status):
    one = start(faults=parse_faults(f"download:{fault}=1"))
    url = one.finished(one.submit(WAN, TALK))["output"]["video"]
    answer = one.get(url)
    assert answer.status_code == status
    assert answer.headers["content-type"] != "video/mp4"
    assert answer.headers.get("location") == ("https://elsewhere.invalid/" if fault == "redirect" else None)


def test_latency_delays_but_changes_nothing(start):
    assert start(faults=parse_faults("latency=0.01")).get("/models/categories").status_code == 200


def test_the_same_seed_strikes_the_same_requests(start):
    def failed(seed: int) -> list[str]:
        one = start(faults=parse_faults("render:failed=0.4"), seed=seed)
        return [one.finished(one.submit(WAN, {"prompt": f"take {n}"}))["status"] for n in range(12)]

    assert failed(5) == failed(5)
    assert failed(5) != failed(6)
