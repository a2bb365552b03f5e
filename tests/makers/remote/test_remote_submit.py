from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace

import pytest

from callsheet.makers.outcome import StopSubmitting, SubmitUnknown
from callsheet.makers.remote.limits import Limits
from callsheet.problems import CallsheetError, DataFault, RetryableFault, UpstreamFault

pytestmark = pytest.mark.anyio
ROUTE = "wan-ai/wan-2-7/text-to-video"
SUBMIT = "POST /v1/models/wan-ai/wan-2-7/text-to-video"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def taken(stage, speak) -> None:
    """Let the server take one submit and complete it at once."""
    stage.api.on(SUBMIT, speak(200, {"request_id": "r1", "status": "in_queue"}))
    stage.api.has("r1", output={"image": stage.api.has_file("/files/r1.png", PNG)}, cost=0.5)


async def fault_of(stage, **more) -> CallsheetError:
    async with stage.maker(**more) as maker:
        with pytest.raises(CallsheetError) as caught:
            await maker.make(stage.order(), stage.diary)
    return caught.value


async def test_a_render_is_announced_before_it_leaves_and_its_id_noted_before_anything_else(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        made = await maker.make(stage.order(), stage.diary)
    assert stage.api.events == [
        "intent",
        SUBMIT,
        "submitted r1",
        "GET /v1/requests/r1/status",
        "GET /v1/requests/r1/result?include_cost=true",
        "downloading",
        "GET /files/r1.png",
    ]
    assert (made.cost_usd, made.request_id) == (0.5, "r1")
    assert [(one.kind, one.path.name, one.media_type) for one in made.files] == [("image", "output-1.png", "image/png")]
    assert made.files[0].path.read_bytes() == PNG


async def test_the_body_is_the_input_itself_and_its_digest_was_announced(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        await maker.make(stage.order(prompt="Föhn, 雪", duration=5, watermark=False), stage.diary)
    request = stage.api.seen[0]
    assert request.body == '{"prompt":"Föhn, 雪","duration":5,"watermark":false}'.encode()
    assert json.loads(request.body) == {"prompt": "Föhn, 雪", "duration": 5, "watermark": False}
    assert stage.diary.digests == [hashlib.sha256(request.body).hexdigest()]
    assert request.headers["authorization"] == "Bearer canary-9f3a7c51d2e8"
    assert request.headers["content-type"] == "application/json"
    assert "x-callsheet-label" not in request.headers


async def test_a_body_of_megabytes_arrives_whole(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        await maker.make(stage.order(image_url="data:image/png;base64," + "A" * 5_000_000), stage.diary)
    request = stage.api.seen[0]
    assert len(request.body) == 5_000_000 + len('{"image_url":"data:image/png;base64,"}')
    assert stage.diary.digests == [hashlib.sha256(request.body).hexdigest()]


async def test_a_cookie_is_neither_kept_nor_sent(stage, speak) -> None:
    taken(stage, speak)
    stage.api.scripts[SUBMIT] = [speak(200, {"request_id": "r1"}, {"set-cookie": "session=1; Domain=127.0.0.1"})]
    async with stage.maker() as maker:
        await maker.make(stage.order(), stage.diary)
    assert ["cookie" in one.headers for one in stage.api.seen] == [False] * 4


async def test_the_label_is_sent_with_the_submit_alone_and_only_when_asked_for(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker(label=True) as maker:
        await maker.make(stage.order(), stage.diary)
    labels = [one.headers.get("x-callsheet-label") for one in stage.api.seen]
    assert labels == ["hero%5Blook%3Ddawn%5D", None, None, None]


async def test_every_submit_goes_over_a_connection_that_has_carried_nothing(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        for _ in range(3):
            await maker.make(stage.order(), stage.diary)
    submits = [one for one in stage.api.seen if one.method == "POST"]
    assert [one.nth for one in submits] == [1, 1, 1]
    others = {one.connection for one in stage.api.seen if one.method == "GET"}
    assert others.isdisjoint({one.connection for one in submits})


async def test_an_order_with_a_request_id_is_attached_to_and_never_submitted(stage) -> None:
    stage.api.has("r7", output={"image": stage.api.has_file("/files/r7.png", PNG)})
    async with stage.maker() as maker:
        made = await maker.make(stage.order(request_id="r7"), stage.diary)
    assert made.request_id == "r7"
    assert stage.api.posts() == 0
    assert stage.diary.digests == []


@pytest.mark.parametrize(
    ("how", "evidence"),
    [
        ("close", "the connection was closed before an answer came"),
        ("reset", "the connection broke before an answer came"),
        ("hang", "nothing was heard for 0.2 s"),
    ],
)
async def test_a_submit_without_an_answer_is_unknown_and_never_repeated(stage, silence, how, evidence) -> None:
    stage.api.on(SUBMIT, silence[how])
    fault = await fault_of(stage, limits=Limits(silence=0.2))
    assert isinstance(fault, SubmitUnknown)
    assert fault.problems[0].code == "submit-unknown"
    assert fault.problems[0].message == (
        "it is not known whether the submit of `hero[look=dawn]` to `wan-ai/wan-2-7/text-to-video` was taken: "
        f"{evidence} (payload {stage.diary.digests[0][:12]})"
    )
    assert fault.problems[0].hint == "look for it in your account; it is not submitted again until it is settled"
    assert stage.api.events == ["intent", SUBMIT]
    assert fault.exit_code == 75


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, {"error_code": 500001, "message": "boom"}, "HTTP 500, error 500001: boom"),
        (502, b"<html><body><h1>Bad gateway</h1></body></html>", "HTTP 502: not JSON but `Bad gateway`"),
        (503, b"", "HTTP 503: no content"),
        (408, {"error": "slow"}, "HTTP 408: slow"),
        (302, b"", "HTTP 302: no content"),
        (307, b"", "HTTP 307: no content"),
        (200, b"<html>welcome to the hotel</html>", "HTTP 200: not JSON but `welcome to the hotel`"),
        (200, {"status": "in_queue"}, "HTTP 200"),
        (200, {"error_code": 500001, "error_message": "boom"}, "HTTP 200, error 500001: boom"),
        (200, [1, 2], "HTTP 200: not JSON but `[1, 2]`"),
        (200, {"request_id": ".."}, "HTTP 200"),
    ],
)
async def test_an_uncertain_answer_is_unknown_and_never_repeated(stage, speak, status, body, said) -> None:
    stage.api.on(SUBMIT, speak(status, body, {"location": f"{stage.api.base}/elsewhere"}))
    fault = await fault_of(stage)
    assert isinstance(fault, SubmitUnknown)
    assert f"was taken: the API answered {said} (payload " in fault.problems[0].message
    assert stage.api.events == ["intent", SUBMIT]


async def test_an_answer_that_breaks_off_is_unknown(stage, raw) -> None:
    stage.api.on(SUBMIT, raw(b'HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{"request_id": "r1', "close"))
    fault = await fault_of(stage)
    assert isinstance(fault, SubmitUnknown)
    assert "was taken: its answer broke off (payload " in fault.problems[0].message
    assert stage.api.posts() == 1


async def test_an_answer_that_is_no_http_is_unknown(stage, raw) -> None:
    stage.api.on(SUBMIT, raw(b"220 mail.example.com ESMTP\r\n", "close"))
    fault = await fault_of(stage)
    assert isinstance(fault, SubmitUnknown)
    assert "was taken: the answer is no HTTP (payload " in fault.problems[0].message
    assert stage.api.posts() == 1


@pytest.mark.parametrize(
    ("status", "body", "exit_code", "code", "message"),
    [
        (
            422,
            {"error_code": 422001, "detail": [{"loc": ["body", "duration"], "msg": "must be at most 15", "input": 99}]},
            65,
            "input-refused",
            f"the API does not take the input of `{ROUTE}` (HTTP 422, error 422001: duration: must be at most 15)",
        ),
        (
            400,
            {"error_code": 400001, "error_message": "unknown model"},
            65,
            "route-refused",
            "the API knows no model `wan-ai/wan-2-7/text-to-video` (HTTP 400, error 400001: unknown model)",
        ),
        (
            404,
            {"error_code": 404001, "message": "not found"},
            65,
            "route-refused",
            "the API knows no model `wan-ai/wan-2-7/text-to-video` (HTTP 404, error 404001: not found)",
        ),
        (
            400,
            {"error_code": 400002, "error": {"message": "no credit"}},
            77,
            "balance-exhausted",
            "the account's balance is exhausted (HTTP 400, error 400002: no credit)",
        ),
        (
            402,
            b"",
            77,
            "balance-exhausted",
            "the account's balance is exhausted (HTTP 402: no content)",
        ),
        (
            401,
            {"error_code": 401001, "message": "bad token canary-9f3a7c51d2e8"},
            77,
            "token-rejected",
            "the API rejects the token (HTTP 401, error 401001: bad token [token])",
        ),
        (
            400,
            {"error_code": "400004", "message": "suspended"},
            77,
            "token-rejected",
            "the API rejects the token (HTTP 400, error 400004: suspended)",
        ),
        (
            200,
            {"error_code": 403003, "message": "not yours"},
            77,
            "token-rejected",
            "the API rejects the token (HTTP 200, error 403003: not yours)",
        ),
        (
            413,
            b"<h1>Too large</h1>",
            65,
            "submit-rejected",
            "the API rejects the submit to `wan-ai/wan-2-7/text-to-video` (HTTP 413: not JSON but `Too large`)",
        ),
    ],
)
async def test_a_definite_refusal_is_noted_and_said(stage, speak, status, body, exit_code, code, message) -> None:
    stage.api.on(SUBMIT, speak(status, body))
    fault = await fault_of(stage)
    assert (fault.exit_code, fault.problems[0].code, fault.problems[0].message) == (exit_code, code, message)
    assert stage.api.events == ["intent", SUBMIT, "refused"]


async def test_a_429_was_not_taken_and_is_made_again_after_the_time_asked_for(stage, speak) -> None:
    taken(stage, speak)
    stage.api.scripts[SUBMIT].insert(0, speak(429, {"message": "slow down"}, {"retry-after": "7"}))
    async with stage.maker() as maker:
        await maker.make(stage.order(), stage.diary)
    assert stage.api.events[:6] == ["intent", SUBMIT, "refused", "intent", SUBMIT, "submitted r1"]
    assert 7 <= stage.time.waits[0] <= 7.5


async def test_429_without_end_ends_after_ten_minutes(stage, speak) -> None:
    stage.api.on(SUBMIT, speak(429, {"message": "slow down"}, {"retry-after": "60"}))
    fault = await fault_of(stage)
    assert type(fault) is RetryableFault
    assert str(fault) == (
        "error: `hero[look=dawn]` was not submitted: the API is asked too often (HTTP 429: slow down) [rate-limited]\n"
        "  help: run again later, or with a lower `--concurrency`"
    )
    assert 500 < stage.time.now <= 600
    assert stage.api.events[-1] == "refused"


async def test_a_refused_connection_never_left_and_is_tried_for_ten_minutes(stage, closed_port) -> None:
    fault = await fault_of(stage, base=f"http://127.0.0.1:{closed_port}/v1")
    assert fault.exit_code == 69
    assert str(fault) == (
        "error: `hero[look=dawn]` was not submitted: the connection was refused [api-unreachable]\n"
        "  help: nothing left this machine; run again when the API can be reached"
    )
    assert 500 < stage.time.now <= 600
    assert set(stage.api.events) == {"intent", "refused"}
    assert set(stage.diary.troubles) == {"nothing can be submitted: the connection was refused; trying again"}


async def test_a_broken_tls_handshake_never_left(stage) -> None:
    fault = await fault_of(stage, base=f"https://127.0.0.1:{stage.api.port}/v1")
    assert fault.exit_code == 69
    assert fault.problems[0].message == "`hero[look=dawn]` was not submitted: the TLS handshake failed"
    assert stage.api.seen == []


async def test_nothing_more_is_submitted_once_the_token_is_rejected_and_what_runs_goes_on(stage, speak) -> None:
    stage.api.on(SUBMIT, speak(401, {"error_code": 401001, "message": "bad token"}))
    stage.api.has("r7", output={"image": stage.api.has_file("/files/r7.png", PNG)})
    async with stage.maker(limits=Limits(submits=1)) as maker:
        making = [maker.make(stage.order(), stage.diary) for _ in range(4)]
        ends = await asyncio.gather(*making, return_exceptions=True)
        made = await maker.make(stage.order(request_id="r7"), stage.diary)
    assert {str(end) for end in ends} == {
        "error: the API rejects the token (HTTP 401, error 401001: bad token) [token-rejected]\n"
        "  help: set `RUNCOMFY_TOKEN` to a token of this account and run again; requests in flight are kept"
    }
    assert stage.api.posts() == 1
    assert len(made.files) == 1


async def test_nothing_more_is_submitted_once_a_poll_is_told_that_the_token_is_rejected(stage, speak) -> None:
    stage.api.on("GET /v1/requests/r1/status", speak(403, {"error_code": 403001}))
    async with stage.maker() as maker:
        for order in (stage.order(request_id="r1"), stage.order()):
            with pytest.raises(StopSubmitting):
                await maker.make(order, stage.diary)
    assert stage.api.posts() == 0


async def test_after_equal_server_errors_in_a_row_a_route_is_submitted_to_no_more(stage, speak) -> None:
    stage.api.on(SUBMIT, speak(503, {"error_code": 500001, "message": "down"}))
    other = "POST /v1/models/another/route"
    stage.api.on(other, speak(422, {}))
    faults = []
    async with stage.maker(limits=Limits(equal_errors=3)) as maker:
        for _ in range(5):
            with pytest.raises(CallsheetError) as caught:
                await maker.make(stage.order(), stage.diary)
            faults.append(caught.value)
        with pytest.raises(DataFault):
            await maker.make(replace(stage.order(), made_by="another/route"), stage.diary)
    assert [type(fault) for fault in faults] == [SubmitUnknown] * 3 + [UpstreamFault] * 2
    assert (faults[4].exit_code, str(faults[4])) == (
        69,
        "error: `hero[look=dawn]` was not submitted: the last 3 submits to `wan-ai/wan-2-7/text-to-video` were all "
        "answered HTTP 503, error 500001 [route-failing]\n"
        "  help: nothing more is submitted to this route in this run; run again later",
    )
    assert stage.api.events == ["intent", SUBMIT] * 3 + ["intent", other, "refused"]


@pytest.mark.parametrize("between", [429, 500, 502, 422, None])
async def test_a_429_or_another_error_between_them_keeps_a_route_open(stage, speak, silence, between) -> None:
    broken = silence["close"] if between is None else speak(between, {})
    stage.api.on(SUBMIT, *([speak(503, {}), speak(503, {}), broken] * 2), speak(503, {}), speak(503, {}))
    async with stage.maker(limits=Limits(equal_errors=3)) as maker:
        for _ in range(6):
            with pytest.raises(CallsheetError):
                await maker.make(stage.order(), stage.diary)
    assert stage.api.posts() in (6, 8)


async def test_an_id_that_can_not_be_written_down_is_told_to_the_person(stage, speak) -> None:
    taken(stage, speak)
    stage.diary.fails["submitted"] = OSError("disk full")
    fault = await fault_of(stage)
    assert isinstance(fault, SubmitUnknown)
    assert "was taken: the API took it as `r1`, but that could not be written down: disk full" in str(fault)
    assert stage.api.targets() == [SUBMIT]


async def test_nothing_leaves_where_the_intent_can_not_be_written_down(stage, speak) -> None:
    taken(stage, speak)
    stage.diary.fails["intent"] = OSError("disk full")
    async with stage.maker() as maker:
        with pytest.raises(OSError, match="disk full"):
            await maker.make(stage.order(), stage.diary)
    assert stage.api.seen == []


async def test_an_interrupted_submit_still_notes_its_id(stage, speak, raw) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        making = asyncio.ensure_future(maker.make(stage.order(), stage.diary))
        stage.api.on_request = lambda request: making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
    assert stage.api.events == ["intent", SUBMIT, "submitted r1"]


async def test_a_submit_interrupted_for_good_is_unknown(stage, silence) -> None:
    stage.api.on(SUBMIT, silence["hang"])
    async with stage.maker(limits=Limits(farewell=0.05)) as maker:
        making = asyncio.ensure_future(maker.make(stage.order(), stage.diary))
        stage.api.on_request = lambda request: making.cancel()
        with pytest.raises(SubmitUnknown) as caught:
            await making
    assert "was taken: callsheet was interrupted before an answer came (payload " in str(caught.value)
    assert stage.api.events == ["intent", SUBMIT]


async def test_a_submit_interrupted_while_it_is_announced_never_leaves(stage, speak) -> None:
    taken(stage, speak)
    async with stage.maker() as maker:
        making = asyncio.ensure_future(maker.make(stage.order(), stage.diary))
        await stage.diary.announcing.wait()
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
    assert stage.api.events == ["intent", "refused"]


async def test_no_more_submits_are_on_the_wire_at_once_than_allowed(stage, silence) -> None:
    stage.api.on(SUBMIT, silence["hang"])
    on_the_wire = asyncio.Event()
    stage.api.on_request = lambda request: on_the_wire.set() if stage.api.posts() == 2 else None
    async with stage.maker(limits=Limits(submits=2, silence=0.2)) as maker:
        orders = [stage.order() for _ in range(5)]
        making = [asyncio.ensure_future(maker.make(order, stage.diary)) for order in orders]
        await on_the_wire.wait()
        assert len(stage.diary.digests) == 2
        faults = await asyncio.gather(*making, return_exceptions=True)
    assert [type(fault) for fault in faults] == [SubmitUnknown] * 5
    assert stage.api.posts() == 5
