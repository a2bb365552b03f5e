"""`callsheet simulate` serves a client that has nothing of ours: plain httpx over a real socket."""

from __future__ import annotations

import base64
import io
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import av
import httpx
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    command = [sys.executable, "-m", "callsheet", "simulate", "--port", "0", "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        match = re.fullmatch(r"serving the simulated Model API at (\S+)\n", server.stdout.readline())
        assert match
        yield match[1]
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, headers={"Authorization": "Bearer any-token"}, timeout=30) as one:
        yield one


def picture() -> str:
    content = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


HAPPYHORSE = "models/happyhorse/happyhorse-1.0/image-to-video"


def done(client: httpx.Client, request_id: str) -> dict[str, Any]:
    for _ in range(600):
        answer: dict[str, Any] = client.get(f"requests/{request_id}/result", params={"include_cost": "true"}).json()
        if answer["status"] in ("completed", "failed", "cancelled"):
            return answer
        time.sleep(0.05)
    raise AssertionError("the request did not end")


def test_submit_status_result_and_download(client) -> None:
    answer = client.post(HAPPYHORSE, json={"image_url": picture(), "prompt": "Slow push in.", "duration": 3}).json()
    assert set(answer) >= {"request_id", "status_url", "result_url", "cancel_url"}
    status = client.get(answer["status_url"]).json()
    assert status["status"] in ("in_queue", "in_progress")
    result = done(client, answer["request_id"])
    assert (result["status"], result["cost"]) == ("completed", 0.3)
    film = httpx.get(result["output"]["video"])
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    part = httpx.get(result["output"]["video"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    with av.open(io.BytesIO(film.content)) as opened:
        video = opened.streams.video[0]
        assert (video.width, video.height) == (640, 360)
        assert abs(float(opened.duration or 0) / av.time_base - 3) < 0.1


def test_a_queued_request_can_be_cancelled(client) -> None:
    ids = [
        client.post(HAPPYHORSE, json={"image_url": picture(), "prompt": f"Orbit {number}.", "duration": 3}).json()[
            "request_id"
        ]
        for number in range(20)
    ]
    outcomes = [client.post(f"requests/{one}/cancel").json()["outcome"] for one in reversed(ids)]
    assert outcomes[0] == "cancelled"
    assert client.get(f"requests/{ids[-1]}/status").json()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (HAPPYHORSE, {"prompt": "x"}, 422, 422001),
        (HAPPYHORSE, {"image_url": "https://example.com/a.png", "prompt": "x", "duration": 99}, 422, 422001),
        ("models/nobody/nothing", {"prompt": "x"}, 404, 404001),
    ],
)
def test_bad_input_is_answered_as_documented(client, path, body, status, code) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_a_call_without_a_token_is_rejected(base) -> None:
    answer = httpx.get(f"{base}/models")
    assert (answer.status_code, answer.json()["error_code"]) == (401, 401001)


def test_the_catalogue_has_the_six_models(client) -> None:
    answer = client.get("models", params={"limit": 50}).json()
    assert (answer["total"], len(answer["models"])) == (6, 6)


def test_faults_that_cant_be_read_are_a_bad_command_line(project) -> None:
    finished = project.run("simulate", "--faults", "nonsense")
    assert finished.exit_code == 64
    assert finished.stderr == (
        "error: `nonsense` is no fault: expected `point:effect`, like `submit:502=0.05` or `status:500@1` [bad-faults]\n"
    )
