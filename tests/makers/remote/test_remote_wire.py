from __future__ import annotations

import json

import pytest

from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.wire import Meaning, judge, read_reply, safe

TOKEN = Secret("canary-1")


def reply(**fields: object):
    return read_reply(json.dumps(fields).encode())


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_no_reply(body: bytes) -> None:
    assert read_reply(body) is None


def test_a_field_that_can_not_be_read_counts_as_missing() -> None:
    read = reply(request_id=["x"], status=7, queue_position="two", output="text", cost="free", error_code={})
    assert read is not None
    assert (read.request_id, read.status, read.queue_position, read.output, read.cost, read.error_code) == (None,) * 6


def test_an_id_may_be_a_number() -> None:
    assert reply(request_id=1234).request_id == "1234"


@pytest.mark.parametrize("odd", ["", ".", "..", "a\nb", "x" * 257, True])
def test_an_id_that_can_not_be_used_is_none(odd: object) -> None:
    assert reply(request_id=odd).request_id is None


@pytest.mark.parametrize(
    ("status", "fields", "meaning"),
    [
        (200, {"status": "in_queue"}, Meaning.GOOD),
        (200, {"status": "in_queue", "error_code": 0}, Meaning.GOOD),
        (200, {"error_code": 422001}, Meaning.INPUT),
        (200, {"error_code": 429001}, Meaning.LIMITED),
        (200, {"error_code": 7}, Meaning.STRANGE),
        (400, {"error_code": 400002}, Meaning.BALANCE),
        (403, {}, Meaning.ACCESS),
        (409, {}, Meaning.REJECTED),
        (500, {"error_code": 400002}, Meaning.SERVER),
        (304, {}, Meaning.STRANGE),
    ],
)
def test_an_answer_means_what_its_status_and_code_say(status: int, fields: dict[str, object], meaning: Meaning) -> None:
    assert judge(status, json.dumps(fields).encode(), TOKEN).meaning is meaning


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"error_message": "a", "message": "b", "error": "c"}, "a"),
        ({"message": "", "error": {"code": 5, "message": "c"}}, "c"),
        ({"detail": "d"}, "d"),
        ({"message": "bad", "detail": [{"loc": ["body", "image_url", 0], "msg": "too small"}, "and more"]},
         "bad (image_url.0: too small; and more)"),
        ({"message": ["a", {"msg": "b"}]}, "a; b"),
    ],
)  # fmt: skip
def test_the_words_of_an_error_are_found_in_every_shape(fields: dict[str, object], text: str) -> None:
    assert judge(422, json.dumps(fields).encode(), TOKEN).text == f"HTTP 422: {text}"


def test_foreign_words_become_one_short_line_without_secrets() -> None:
    words = (
        "can't fetch https://cdn.example.org/a.mp4?X-Amz-Signature=s3cret\x1b[31m\nfor Bearer canary-1: "
        "data:image/png;base64,iVBORw0KGgo= \u202eabc " + "x" * 400
    )
    assert (
        safe(words, TOKEN)
        == ("can't fetch https://cdn.example.org/a.mp4?… [31m for Bearer [token]: data:… abc " + "x" * 400)[:300] + "…"
    )


def test_a_page_from_a_proxy_is_quoted_without_its_markup() -> None:
    page = (
        b"<html><head><style>body{}</style><script>x()</script></head><body><h1>502</h1>\n Bad  Gateway</body></html>"
    )
    assert judge(502, page, TOKEN).text == "HTTP 502: not JSON but `502 Bad Gateway`"
