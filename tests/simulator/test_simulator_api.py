"""Submit, status, result, cancel, catalogue and balance, as MODEL_API.md has them."""

from __future__ import annotations

import hashlib
import re
import urllib.parse

import pytest

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
TALK = {"prompt": "A presenter in a booth", "duration": 5, "seed": 3}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_a_submit_answers_with_an_id_and_three_absolute_urls(start):
    one = start()
    accepted = one.submit(WAN, TALK)
    request = accepted["request_id"]
    assert UUID.fullmatch(request)
    assert accepted == {
        "request_id": request,
        "status_url": f"{one.server.base_url}/requests/{request}/status",
        "result_url": f"{one.server.base_url}/requests/{request}/result",
        "cancel_url": f"{one.server.base_url}/requests/{request}/cancel",
    }


def test_a_request_passes_from_the_queue_through_progress_to_completed(start):
    one = start(waiting=True)
    accepted = one.submit(WAN, TALK)
    links = {"status_url": accepted["status_url"], "result_url": accepted["result_url"]}
    request = accepted["request_id"]
    assert one.get(accepted["status_url"]).json() == {
        "request_id": request, "status": "in_queue", **links, "queue_position": 1
    }  # fmt: skip
    one.clock.now += 4
    assert one.get(accepted["status_url"]).json() == {
        "request_id": request, "status": "in_progress", **links, "instance_id": f"simulated-{request[:8]}"
    }  # fmt: skip
    one.clock.now += 40
    assert one.get(accepted["status_url"]).json() == {"request_id": request, "status": "completed", **links}


def test_the_result_names_the_video_and_the_times(start):
    one = start(waiting=True)
    accepted = one.submit(WAN, TALK)
    one.clock.now += 44
    result = one.get(accepted["result_url"]).json()
    request = accepted["request_id"]
    stamps = result.pop("created_at"), result.pop("finished_at")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp) for stamp in stamps)
    assert result == {
        "request_id": request,
        "status": "completed",
        "output": {"video": f"{one.origin}/files/{request}/video.mp4"},
    }


def test_cost_is_told_when_it_is_asked_for(start):
    one = start()
    result = one.get(one.submit(WAN, TALK)["result_url"], params={"include_cost": "true"}).json()
    assert result["cost"] == 0.4


def test_a_result_asked_for_too_early_answers_like_a_status(start):
    one = start(waiting=True)
    accepted = one.submit(WAN, TALK)
    assert one.get(accepted["result_url"]).json() == one.get(accepted["status_url"]).json()
    assert one.get(accepted["result_url"]).status_code == 200


def test_the_queue_is_first_come_first_served(start):
    one = start(waiting=True, slots=1)
    accepted = [one.submit(WAN, {**TALK, "seed": seed}) for seed in (1, 2, 3)]

    def standing() -> list[object]:
        answers = [one.get(each["status_url"]).json() for each in accepted]
        return [answer.get("queue_position", answer["status"]) for answer in answers]

    assert standing() == [1, 2, 3]
    one.clock.now += 4
    assert standing() == ["in_progress", 1, 2]
    one.clock.now += 40
    assert standing() == ["completed", "in_progress", 1]


def test_a_queued_request_can_be_cancelled_and_costs_nothing(start):
    one = start(waiting=True, balance_usd=1.0)
    accepted = one.submit(WAN, TALK)
    assert one.get(f"{one.origin}/prod/v2/balance").json() == {"balance_usd": 0.6, "currency": "USD"}
    expected = {"request_id": accepted["request_id"], "status": "cancelled", "outcome": "cancelled"}
    assert one.post(accepted["cancel_url"]).json() == expected
    assert one.post(accepted["cancel_url"]).json() == expected
    assert one.get(accepted["status_url"]).json()["status"] == "cancelled"
    assert one.get(accepted["result_url"], params={"include_cost": "true"}).json()["cost"] == 0.0
    assert one.get(f"{one.origin}/prod/v2/balance").json() == {"balance_usd": 1.0, "currency": "USD"}


@pytest.mark.parametrize(("seconds", "state"), [(4, "in_progress"), (44, "completed")])
def test_a_request_that_has_begun_can_not_be_cancelled(start, seconds, state):
    one = start(waiting=True)
    accepted = one.submit(WAN, TALK)
    one.clock.now += seconds
    assert one.post(accepted["cancel_url"]).json() == {
        "request_id": accepted["request_id"], "status": state, "outcome": "not_cancellable"
    }  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic abc"}])
def test_a_call_without_a_token_is_rejected(start, headers):
    one = start()
    one.http.headers.pop("authorization")
    answer = one.get("/models", headers=headers)
    assert (answer.status_code, answer.json()) == (
        401, {"error_code": 401001, "error_message": "the token is missing or rejected"}
    )  # fmt: skip


def test_a_certain_token_can_be_required(start):
    one = start(token="right")
    assert one.get("/models").status_code == 401
    assert one.get("/models", headers={"Authorization": "Bearer right"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/models/nobody/nothing", 404, {"error_code": 404001, "error_message": "there is no model nobody/nothing"}),
        ("/models/a//b", 400, {"error_code": 400001, "error_message": "the model_id is malformed"}),
        ("/requests/12/status", 400, {"error_code": 400001, "error_message": "the request_id is malformed"}),
        (
            "/requests/00000000-0000-4000-8000-000000000000/result",
            404,
            {"error_code": 404001, "error_message": "there is no such request"},
        ),
        ("/nothing", 404, {"error_code": 404001, "error_message": "there is nothing at /v1/nothing"}),
        ("/requests/12/cancel", 405, {"error_message": "GET is not allowed here"}),
    ],
)
def test_what_is_unknown_has_a_documented_error(start, path, status, body):
    answer = start().get(path)
    assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "the body is not JSON"),
        (b"[]", "the body is not a JSON object"),
        (b'{"seed": NaN}', "the body is not JSON"),
        (b'{"seed": 1e999}', "the body is not JSON"),
        (b'{"prompt": "\\ud800"}', "the body is not JSON"),
        (b"[" * 100_000, "the body is not JSON"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(start, content, message):
    one = start()
    answer = one.http.post(f"{one.server.base_url}/models/{WAN}", content=content)
    assert (answer.status_code, answer.json()) == (
        422, {"error_code": 422001, "error_message": message, "detail": []}
    )  # fmt: skip


def test_an_exhausted_balance_takes_no_more_submits(start):
    one = start(balance_usd=0.5)
    one.submit(WAN, TALK)
    answer = one.post(f"/models/{WAN}", {**TALK, "seed": 4})
    assert (answer.status_code, answer.json()) == (
        400, {"error_code": 400002, "error_message": "the balance is exhausted"}
    )  # fmt: skip


def test_an_alias_submits_to_the_same_model(start, hero):
    one = start()
    one.submit("happyhorse/happyhorse-1-0/image-to-video", hero)
    assert one.get("/models/happyhorse/happyhorse-1-0/image-to-video").json()["model_id"] == HAPPYHORSE


def test_the_catalogue_lists_every_model_without_its_schema(start):
    listed = start().get("/models").json()
    assert listed["total"] == 6
    assert listed["models"][-1] == {
        "model_id": WAN,
        "display_name": "Wan 2.7 text to video",
        "categories": ["text-to-video"],
        "base_price_usd": 0.08,
        "price_unit": "second",
        "pricing_note": "Simulated price: nothing is charged",
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"search": "HAPPY"}, [HAPPYHORSE]),
        ({"category": "text-to-video"}, [WAN]),
        ({"kind": "audio"}, []),
        ({"kind": "video", "limit": "1", "offset": "4"}, [HAPPYHORSE]),
        ({"limit": "0"}, []),
    ],
)
def test_the_catalogue_can_be_searched_and_paged(start, query, ids):
    assert [model["model_id"] for model in start().get("/models", params=query).json()["models"]] == ids


def test_a_bad_page_size_is_named(start):
    answer = start().get("/models", params={"limit": "many"})
    assert (answer.status_code, answer.json()["detail"]) == (
        422, [{"loc": ["query", "limit"], "msg": "expected a whole number up to 500", "type": "type"}]
    )  # fmt: skip


def test_one_model_comes_with_its_schemas(start):
    one = start()
    alone = one.get(f"/models/{WAN}").json()
    listed = one.get("/models", params={"search": WAN, "include_schema": "true"}).json()["models"]
    assert [alone] == listed
    assert alone["input_schema"]["required"] == ["prompt"]
    assert set(alone["output_schema"]["output"]["properties"]) == {"image", "video", "images", "videos"}


def test_categories_are_listed(start):
    assert start().get("/models/categories").json() == {"categories": ["image-to-video", "text-to-video"]}


def test_the_ledger_has_every_submit_whole_with_digests_for_data(start, hero, picture):
    one = start()
    label = "hero[look=夜明け]"
    accepted = one.submit(HAPPYHORSE, hero, headers={"X-Callsheet-Label": urllib.parse.quote(label)})
    one.post(f"/models/{WAN}", {"duration": 5})
    one.get(accepted["status_url"])
    first, second = one.get(f"{one.origin}/_simulator/ledger").json()
    content = picture()
    assert {
        name: first[name] for name in ("number", "path", "label", "answer", "request_id", "state", "billed_usd")
    } == {
        "number": 1,
        "path": f"/v1/models/{HAPPYHORSE}",
        "label": label,
        "answer": "200",
        "request_id": accepted["request_id"],
        "state": "completed",
        "billed_usd": 0.3,
    }
    told = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "media_type": "image/png"}
    assert first["body"] == {**hero, "image_url": told}
    assert (second["number"], second["answer"], second["request_id"], second["billed_usd"]) == (2, "422", None, 0.0)
    assert one.server.ledger == [first, second]


def test_calls_are_remembered_without_the_token(start):
    one = start()
    one.get("/models/categories")
    one.get("/requests/12/status")
    assert one.get(f"{one.origin}/_simulator/calls").json() == [
        {"method": "GET", "path": "/v1/models/categories", "answer": "200"},
        {"method": "GET", "path": "/v1/requests/12/status", "answer": "400"},
    ]
    assert "any-token" not in repr(one.server.calls) + repr(one.server.ledger)


def test_two_equal_submits_are_two_requests_with_the_same_bytes(start):
    one = start()
    results = [one.finished(one.submit(WAN, TALK)) for _ in range(2)]
    files = [one.get(result["output"]["video"]) for result in results]
    assert results[0]["request_id"] != results[1]["request_id"]
    assert files[0].content == files[1].content
    assert files[0].headers["etag"] == files[1].headers["etag"]
