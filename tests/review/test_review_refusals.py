"""What the review server refuses, asked byte by byte."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

TAKE = "shot[look=dawn,take=2]"
DOTS = [
    "/../pipeline.yaml",
    "/..%2fpipeline.yaml",
    "/%2e%2e/pipeline.yaml",
    "/%2e%2e%2fpipeline.yaml",
    "/..%5cpipeline.yaml",
    "/%252e%252e%252fpipeline.yaml",
    "/pipeline/../../pipeline.yaml",
    "/pipeline/shot/..%2f..%2f..%2fpipeline.yaml",
    "/%c0%ae%c0%ae/pipeline.yaml",
    "//pipeline.yaml",
    "/./../pipeline.yaml",
    "/..;/pipeline.yaml",
    "/%00../pipeline.yaml",
    "/manifest.json",
    "/store/../manifest.json",
    "/.callsheet/state.db",
    "/../.callsheet/state.db",
]


def test_nobody_gets_in_without_the_token(campaign: Any, reviewing: Any) -> None:
    review = reviewing(campaign.folder, "pipeline.yaml")

    for path in ("/", "/_review/state", "/_review/events", "/_review/openapi.json", "/pipeline/hero.mp4"):
        assert review.ask("GET", path).refusal == (403, "no-session"), path
    assert review.ask("GET", "/_review/enter").refusal == (403, "wrong-token")
    assert review.ask("GET", "/_review/enter?token=guess").refusal == (403, "wrong-token")
    assert review.ask("GET", "/", cookie="callsheet-review=guess").refusal == (403, "no-session")
    assert review.post("pick", instance=TAKE, key="0" * 64, seen="0" * 16).refusal == (403, "no-session")


def test_the_token_dies_when_it_is_used(campaign: Any, reviewing: Any) -> None:
    review = reviewing(campaign.folder, "pipeline.yaml")
    path = review.link.partition(review.authority)[2]

    first, second = review.ask("GET", path), review.ask("GET", path)

    assert first.status == 200
    name = f"callsheet-review-{review.authority.partition(':')[2]}"
    assert first.headers["set-cookie"].startswith(f"{name}=")
    assert first.headers["set-cookie"].split("; ")[1:] == ["HttpOnly", "SameSite=Strict", "Path=/"]
    assert second.refusal == (403, "wrong-token")
    assert "set-cookie" not in second.headers
    assert review.ask("GET", "/", cookie=first.headers["set-cookie"].partition(";")[0]).status == 200


@pytest.mark.parametrize("host", ["localhost", "evil.example", None, "127.0.0.1", "127.0.0.1:1", ""])
def test_another_host_is_refused_even_with_the_session(review: Any, host: str | None) -> None:
    answer = review.ask("GET", "/_review/state", host=host)

    assert answer.status in (400, 421)
    assert host is None or answer.refusal == (421, "wrong-host")


def test_another_page_may_not_ask_for_anything(review: Any) -> None:
    body = json.dumps({"instance": TAKE, "seen": review.cells()[TAKE]["revision"]}).encode()
    right = {"origin": f"http://{review.authority}", "x_callsheet_review": "1", "content_type": "application/json"}

    def post(**changed: str | None) -> tuple[int, str]:
        return review.ask("POST", "/_review/clear", body, **{**right, **changed}).refusal

    assert post(origin="https://evil.example") == (403, "cross-origin")
    assert post(origin="null") == (403, "cross-origin")
    assert post(origin=f"https://{review.authority}") == (403, "cross-origin")
    assert post(origin=None) == (403, "not-from-the-page")
    assert post(x_callsheet_review=None) == (403, "not-from-the-page")
    assert post(sec_fetch_site="cross-site") == (403, "cross-origin")
    assert post(sec_fetch_site="same-site") == (403, "cross-origin")
    assert post(content_type="text/plain") == (415, "not-json")
    for path in ("/", "/_review/state", "/pipeline/hero.mp4"):
        assert review.ask("GET", path, sec_fetch_site="cross-site").refusal == (403, "cross-origin")
        assert review.ask("GET", path, origin="https://evil.example").refusal == (403, "cross-origin")
    assert review.ask("POST", "/_review/clear", body, **right).status == 200


def test_no_form_of_dots_leads_out_of_the_campaign(review: Any) -> None:
    answers = {path: review.ask("GET", path) for path in DOTS}

    assert {path: answer.status for path, answer in answers.items() if answer.status not in (400, 404)} == {}
    assert [path for path, answer in answers.items() if b"callsheet: 1" in answer.body] == []


def test_a_link_that_leads_out_of_the_output_folder_is_not_followed(campaign: Any, reviewing: Any) -> None:
    manifest = json.loads(campaign.read("renders/manifest.json"))
    hero = next(one for one in manifest["instances"] if one["id"] == "hero")
    place = campaign.folder / "renders" / hero["outputs"][0]["path"]
    secret = campaign.folder.parent / "secret.txt"
    secret.write_text("secret")
    sha256 = hero["outputs"][0]["sha256"]
    (campaign.folder / ".callsheet" / "store" / sha256[:2] / sha256[2:]).unlink()
    review = reviewing(campaign.folder, "pipeline.yaml").enter()
    assert review.ask("GET", f"/{hero['outputs'][0]['path']}").status == 200
    place.unlink()
    place.symlink_to(secret)

    assert review.ask("GET", f"/{hero['outputs'][0]['path']}").refusal == (404, "not-there")


def test_a_manifest_from_elsewhere_opens_no_file(campaign: Any, reviewing: Any) -> None:
    manifest = json.loads(campaign.read("renders/manifest.json"))
    for entry in manifest["instances"]:
        entry["outputs"][0] |= {"path": "../pipeline.yaml", "sha256": "0" * 64, "media_type": "text/html\r\nX-Evil: 1"}
    campaign.write({"renders/manifest.json": json.dumps(manifest)})
    review = reviewing(campaign.folder, "pipeline.yaml").enter()
    told = {output["href"] for cell in review.cells().values() for output in cell["outputs"]}

    assert told == {f"store/{'0' * 64}"}
    assert review.ask("GET", f"/store/{'0' * 64}").refusal == (404, "not-there")
    assert review.ask("GET", "/../pipeline.yaml").status == 404


def test_methods_that_nobody_knows_are_refused_with_those_that_are(review: Any) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        for path, allowed in (
            ("/", "GET, HEAD"),
            ("/_review/state", "GET, HEAD"),
            ("/_review/pick", "POST"),
            ("/_review/enter", "GET"),
            ("/pipeline/hero.mp4", "GET, HEAD"),
            ("/anything", "GET, HEAD"),
        ):
            answer = review.ask(method, path)
            assert (answer.status, answer.headers["allow"]) == (405, allowed), (method, path)
    assert review.ask("GET", "/_review/pick").refusal == (405, "unknown-method")


def test_a_body_of_another_form_is_refused(review: Any) -> None:
    right = {"instance": TAKE, "key": "0" * 64, "seen": "0" * 16}
    wrong: list[tuple[dict[str, object], str]] = [
        ({}, "the body must be an object with `instance`, `key`, `seen` and nothing else"),
        ({**right, "more": 1}, "the body must be an object with `instance`, `key`, `seen` and nothing else"),
        ({**right, "key": "x"}, "`key` is not of the form that is asked for"),
        ({**right, "key": None}, "`key` is not of the form that is asked for"),
        ({**right, "instance": ""}, "`instance` is not of the form that is asked for"),
        ({**right, "instance": "\ud800"}, "`instance` is not of the form that is asked for"),
        ({**right, "seen": 7}, "`seen` is not of the form that is asked for"),
    ]
    for fields, message in wrong:
        answer = review.post("pick", **fields)
        assert (answer.status, answer.json["error"]) == (400, {"code": "bad-request", "message": message})
    assert review.post("comment", instance="hero", note="x" * 70_000, seen="0" * 16).refusal == (413, "too-long")


def test_every_answer_keeps_itself_to_this_page(review: Any) -> None:
    for path in ("/", "/_review/state", "/pipeline/hero.mp4", "/nothing"):
        headers = review.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == ("private, no-cache" if path.endswith(".mp4") else "no-store")
        assert not [name for name in headers if name.startswith("access-control-")]
        assert "server" not in headers


def test_a_clip_is_served_in_ranges_and_known_by_its_digest(campaign: Any, review: Any) -> None:
    (output,) = review.cells()["hero"]["outputs"]
    whole = review.ask("GET", f"/{output['href']}")
    part = review.ask("GET", f"/{output['href']}", range="bytes=4-11")

    assert (whole.status, whole.headers["content-type"], len(whole.body)) == (200, "video/mp4", output["bytes"])
    assert whole.body == campaign.read_bytes("renders/pipeline/hero.mp4")
    assert (part.status, part.headers["content-range"]) == (206, f"bytes 4-11/{output['bytes']}")
    assert part.body == whole.body[4:12]
    assert review.ask("GET", f"/{output['href']}", range=f"bytes={output['bytes']}-").status == 416
    assert whole.headers["etag"] == f'"{output["sha256"]}"'
    assert review.ask("GET", f"/{output['href']}", if_none_match=whole.headers["etag"]).status == 304


def test_it_listens_on_loopback_alone(review: Any) -> None:
    port = int(review.authority.partition(":")[2])
    listening = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        rows = [line.split() for line in table.read_text("ascii").splitlines()[1:]] if table.exists() else []
        listening += [row[1].partition(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"]

    assert review.authority.startswith("127.0.0.1:")
    assert set(listening) <= {"0100007F"}


def test_ctrl_c_ends_it_cleanly_even_while_a_page_listens(review: Any) -> None:
    with closing(http.client.HTTPConnection(review.authority, timeout=20)) as page:
        page.request("GET", "/_review/events", headers={"Cookie": review.cookie})
        assert page.getresponse().getheader("content-type") == "text/event-stream; charset=utf-8"
        finished = review.stop()

    assert (finished.exit_code, finished.stdout) == (0, "")
    assert finished.stderr == ("the link works once; Ctrl-C ends the review\ncallsheet: the review has ended\n")


def test_a_port_that_is_taken_is_told(campaign: Any, review: Any) -> None:
    port = review.authority.partition(":")[2]
    finished = campaign.run("review", "pipeline.yaml", "--no-open", "--port", port)

    assert finished.exit_code == 64
    assert finished.stderr == (
        f"error: port {port} can't be used: Address already in use [port-taken]\n"
        "  help: leave `--port` out to take any free one\n"
    )
