from __future__ import annotations

import pytest

from callsheet.makers.outcome import AttachLost, ReadsFailed, RenderCancelled, RenderFailed, StillRunning
from callsheet.makers.remote.limits import Limits
from callsheet.problems import CallsheetError

pytestmark = pytest.mark.anyio
SUBMIT = "POST /v1/models/wan-ai/wan-2-7/text-to-video"
STATUS = "GET /v1/requests/r1/status"
RESULT = "GET /v1/requests/r1/result?include_cost=true"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
KEPT = "the request is kept and nothing is paid twice: run again to pick it up"
SETTLE = "look for it in your account; nothing more is submitted for it until it is settled"


def output(stage) -> dict[str, object]:
    return {"image": stage.api.has_file("/files/r1.png", PNG)}


async def attach(stage, **more):
    async with stage.maker(**more) as maker:
        return await maker.make(stage.order(request_id="r1"), stage.diary)


async def fault_of(stage, **more) -> CallsheetError:
    with pytest.raises(CallsheetError) as caught:
        await attach(stage, **more)
    return caught.value


async def test_states_and_queue_positions_are_told_once_each(stage, speak) -> None:
    stage.api.has("r1", output=output(stage))
    stage.api.on(
        STATUS,
        speak(200, {"status": "in_queue", "queue_position": 2}),
        speak(200, {"status": "in_queue", "queue_position": 2}),
        speak(200, {"status": "pending", "queue_position": 1}),
        speak(200, {"status": "waiting"}),
        speak(200, {"status": "starting"}),
        speak(200, {"status": "processing"}),
        speak(200, {"status": "in_progress"}),
        speak(200, {"status": "succeeded"}),
    )
    await attach(stage)
    told = [event for event in stage.api.events if "/" not in event]
    assert told == ["queued 2", "queued 1", "queued", "running", "downloading"]


async def test_polls_grow_apart_up_to_a_limit(stage) -> None:
    stage.api.has("r1", states=("in_queue",) * 12 + ("completed",), output=output(stage))
    await attach(stage, limits=Limits(poll_first=1, poll_growth=2, poll_slowest=5))
    assert [round(wait) for wait in stage.time.waits[:3]] == [1, 2, 4]
    assert all(4.5 <= wait <= 5.5 for wait in stage.time.waits[3:])


async def test_a_result_asked_for_too_early_goes_on_polling(stage, speak) -> None:
    stage.api.has("r1", states=("completed", "in_progress", "completed"), output=output(stage))
    early = speak(200, {"request_id": "r1", "status": "in_progress"})
    stage.api.scripts[RESULT].insert(0, early)
    made = await attach(stage)
    assert len(made.files) == 1
    assert stage.api.targets() == [STATUS, RESULT, RESULT, "GET /files/r1.png"]


async def test_while_a_render_runs_its_result_itself_is_asked_for(stage, speak) -> None:
    stage.api.has("r1", states=("in_queue", "in_progress"), output=output(stage))
    running = speak(200, {"request_id": "r1", "status": "in_progress"})
    stage.api.scripts[RESULT][:0] = [running, running]
    assert len((await attach(stage)).files) == 1
    assert stage.api.targets() == [STATUS, STATUS, RESULT, RESULT, RESULT, "GET /files/r1.png"]


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_where_the_result_can_not_be_asked_for_early_the_status_is(stage, speak, status) -> None:
    stage.api.has("r1", states=("in_progress", "in_progress", "completed"), output=output(stage))
    stage.api.scripts[RESULT].insert(0, speak(status, {"message": "not ready"}))
    assert len((await attach(stage)).files) == 1
    assert stage.api.targets() == [STATUS, RESULT, STATUS, STATUS, RESULT, "GET /files/r1.png"]


async def test_outputs_come_in_order_and_each_once(stage) -> None:
    one, two = (stage.api.has_file(f"/files/{name}.png", PNG) for name in ("one", "two"))
    stage.api.has("r1", output={"videos": [two, one], "image": one, "images": [one], "seed": 7, "audio": None})
    made = await attach(stage)
    assert stage.api.targets()[2:] == ["GET /files/one.png", "GET /files/two.png"]
    assert [file.path.name for file in made.files] == ["output-1.png", "output-2.png"]


@pytest.mark.parametrize(
    ("said", "cost"), [(0, 0.0), (0.25, 0.25), (-1, None), ("1", None), (True, None), (None, None)]
)
async def test_a_cost_counts_only_where_it_is_a_sum_of_money(stage, said, cost) -> None:
    stage.api.has("r1", output=output(stage), cost=said)
    assert (await attach(stage)).cost_usd == cost


async def test_a_failed_render_is_over_and_says_why(stage, speak) -> None:
    stage.api.on(STATUS, speak(200, {"request_id": "r1", "status": "failed"}))
    stage.api.on(RESULT, speak(200, {"status": "failed", "error": {"message": "face not found"}}))
    fault = await fault_of(stage)
    assert (type(fault), fault.cost_usd) == (RenderFailed, None)
    assert str(fault) == (
        "error: the API failed this render: face not found [render-failed]\n  help: a later run submits it anew"
    )


async def test_a_failure_that_comes_with_an_error_code_is_the_render_s_own(stage, speak) -> None:
    stage.api.on(STATUS, speak(200, {"status": "failed", "error_code": 500001, "error_message": "out of memory"}))
    fault = await fault_of(stage)
    assert type(fault) is RenderFailed
    assert fault.problems[0].message == "the API failed this render: out of memory"


async def test_a_failure_says_what_was_charged_for_it(stage, speak) -> None:
    stage.api.on(STATUS, speak(200, {"status": "failed", "error": "face not found"}))
    stage.api.on(RESULT, speak(200, {"status": "failed", "cost": 0.3}))
    fault = await fault_of(stage)
    assert fault.problems[0].message == "the API failed this render: face not found"
    assert fault.cost_usd == 0.3


async def test_a_failure_without_a_reason_says_so(stage, speak) -> None:
    stage.api.on(STATUS, speak(200, {"status": "failed"}))
    stage.api.on(RESULT, speak(500))
    assert (await fault_of(stage)).problems[0].message == "the API failed this render: no reason given"


@pytest.mark.parametrize("word", ["cancelled", "canceled"])
async def test_a_cancelled_request_is_over(stage, speak, word) -> None:
    stage.api.on(STATUS, speak(200, {"status": word}))
    fault = await fault_of(stage)
    assert type(fault) is RenderCancelled
    assert str(fault) == ("error: request `r1` was cancelled [render-cancelled]\n  help: a later run submits it anew")


async def test_an_unknown_state_is_kept_and_reported(stage, speak) -> None:
    stage.api.on(STATUS, speak(200, {"status": "Paused"}))
    fault = await fault_of(stage)
    assert type(fault) is StillRunning
    assert str(fault) == f"error: request `r1` is `paused`, a state not known here [state-unknown]\n  help: {KEPT}"
    assert stage.api.targets() == [STATUS]


async def test_reads_are_made_again_through_every_kind_of_trouble(stage, speak, silence, raw) -> None:
    stage.api.has("r1", output=output(stage))
    stage.api.on(
        STATUS,
        speak(500, {"error_code": 500001}),
        speak(502, b"<html>"),
        speak(429, b"", {"retry-after": "9"}),
        speak(408),
        silence["close"],
        silence["reset"],
        raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "close"),
        raw(b"not http at all\r\n\r\n", "close"),
        speak(200, b"<html>maintenance</html>"),
        speak(200, {"hello": "world"}),
        speak(302, b"", {"location": "/elsewhere"}),
        speak(200, {"status": "completed"}),
    )
    made = await attach(stage)
    assert len(made.files) == 1
    assert "GET /elsewhere" not in stage.api.targets()
    assert max(stage.time.waits) > 9


async def test_reads_that_fail_for_ten_minutes_keep_the_request(stage, speak) -> None:
    stage.api.on(STATUS, speak(503, {"message": "maintenance"}))
    fault = await fault_of(stage)
    assert type(fault) is ReadsFailed
    assert (fault.exit_code, str(fault)) == (
        69,
        f"error: request `r1` can't be asked for: HTTP 503: maintenance [api-unreadable]\n  help: {KEPT}",
    )
    assert 500 < stage.time.now <= 600


async def test_a_server_that_asks_to_wait_longer_than_that_keeps_the_request(stage, speak) -> None:
    stage.api.on(STATUS, speak(429, {"message": "later"}, {"retry-after": "3600"}))
    assert type(await fault_of(stage)) is ReadsFailed
    assert stage.time.waits == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "Wed, 01 Apr 2026 10:00:40 GMT", "date": "Wed, 01 Apr 2026 10:00:00 GMT"}, 40),
        ({"retry-after": "Wednesday, 01-Apr-26 10:00:40 GMT", "date": "Wed, 01 Apr 2026 10:00:00 GMT"}, 40),
        ({"retry-after": "Wed, 01 Apr 2026 09:00:00 GMT", "date": "Wed, 01 Apr 2026 10:00:00 GMT"}, 0),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:30 GMT"}, 90),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "99999999999999"}, 0),
    ],
)
async def test_a_retry_after_may_be_a_date_by_the_server_s_own_clock(stage, speak, headers, seconds) -> None:
    stage.api.has("r1", output=output(stage))
    stage.api.scripts[STATUS].insert(0, speak(429, b"", headers))
    await attach(stage)
    assert len(stage.time.waits) == 1
    assert seconds <= stage.time.waits[0] <= seconds + 0.5


async def test_an_expired_request_is_for_a_person(stage, speak) -> None:
    stage.api.on(STATUS, speak(404, {"error_code": 404001, "message": "request not found"}))
    fault = await fault_of(stage)
    assert type(fault) is AttachLost
    assert str(fault) == (
        "error: the API knows no request `r1` (HTTP 404, error 404001: request not found) [request-gone]\n"
        f"  help: {SETTLE}"
    )
    assert stage.api.targets() == [STATUS]


async def test_a_404_right_after_the_submit_is_a_delay(stage, speak) -> None:
    stage.api.on(SUBMIT, speak(200, {"request_id": "r1"}))
    stage.api.has("r1", output=output(stage))
    stage.api.scripts[STATUS].insert(0, speak(404, {"error_code": 404001}))
    async with stage.maker() as maker:
        made = await maker.make(stage.order(), stage.diary)
    assert len(made.files) == 1
    assert stage.api.posts() == 1


async def test_a_completed_request_without_output_is_asked_for_a_while_and_then_for_a_person(stage) -> None:
    stage.api.has("r1", output={"images": []})
    fault = await fault_of(stage)
    assert type(fault) is AttachLost
    assert str(fault) == f"error: request `r1` is completed without output [no-output]\n  help: {SETTLE}"
    assert 15 <= stage.time.now < 16


@pytest.mark.parametrize(("status", "code"), [(401, 401001), (403, 403003), (402, 400002)])
async def test_a_token_rejected_while_polling_stops_submitting_and_keeps_the_request(
    stage, speak, status, code
) -> None:
    stage.api.on(STATUS, speak(status, {"error_code": code}))
    fault = await fault_of(stage)
    assert (fault.exit_code, fault.problems[0].code) == (77, "token-rejected")


async def test_a_read_refused_for_another_reason_keeps_the_request(stage, speak) -> None:
    stage.api.on(STATUS, speak(422, {"error_code": 422001, "message": "no"}))
    fault = await fault_of(stage)
    assert type(fault) is StillRunning
    assert fault.problems[0].message == "request `r1` can't be asked for (HTTP 422, error 422001: no)"


async def test_an_id_with_odd_characters_stays_one_part_of_the_path(stage, speak) -> None:
    stage.api.on("GET /v1/requests/a%2F..%3Fb%20c/status", speak(200, {"status": "canceled"}))
    async with stage.maker() as maker:
        with pytest.raises(RenderCancelled):
            await maker.make(stage.order(request_id="a/..?b c"), stage.diary)


CANCEL = "POST /v1/requests/r1/cancel"


@pytest.mark.parametrize(
    ("answer", "cancelled"),
    [
        ({"status": "cancelled"}, True),
        ({"outcome": "canceled", "status": "in_queue"}, True),
        ({"outcome": "not_cancellable", "status": "in_progress"}, False),
        ({"status": "completed"}, False),
        ({"status": "in_queue"}, None),
        ({}, None),
    ],
)
async def test_a_cancel_says_what_became_of_the_request(stage, speak, answer, cancelled) -> None:
    stage.api.on(CANCEL, speak(200, answer))
    async with stage.maker() as maker:
        assert await maker.cancel("r1") is cancelled


async def test_a_cancel_without_an_answer_is_tried_three_times_and_then_not_known(stage, silence) -> None:
    stage.api.on(CANCEL, silence["close"])
    async with stage.maker() as maker:
        assert await maker.cancel("r1") is None
    assert stage.api.targets() == [CANCEL] * 3


async def test_a_cancel_of_what_is_not_there_is_not_known(stage, speak) -> None:
    stage.api.on(CANCEL, speak(404, {"error_code": 404001}))
    async with stage.maker() as maker:
        assert await maker.cancel("r1") is None
    assert stage.api.targets() == [CANCEL]
