"""Starting and stopping the server."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
import threading
from pathlib import Path

import httpx
import pytest

from callsheet.simulator.serve import run_forever, serve
from callsheet.simulator.settings import Settings

WAN = "wan-ai/wan-2-7/text-to-video"
ANYONE = {"Authorization": "Bearer any"}


def test_it_serves_inside_a_running_loop_and_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def use() -> tuple[str, int]:
        async with serve(Settings(speed=0, media=False)) as server, httpx.AsyncClient(headers=ANYONE) as http:
            answer = await http.post(f"{server.base_url}/models/{WAN}", json={"prompt": "x"})
            assert list(tmp_path.iterdir())
            return server.base_url, answer.status_code

    base_url, status = asyncio.run(use())
    assert status == 200
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/models", headers=ANYONE)


def test_stopping_ends_renders_under_way():
    async def use() -> None:
        async with serve(Settings(speed=0, workers=1)) as server, httpx.AsyncClient(headers=ANYONE) as http:
            for seed in range(1, 30):
                await http.post(f"{server.base_url}/models/{WAN}", json={"prompt": "x", "duration": 15, "seed": seed})

    asyncio.run(use())
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("simulated-render")] == []


def test_a_port_that_is_taken_is_an_error():
    async def use(port: int) -> None:
        async with serve(Settings(), port=port):
            raise AssertionError("never reached")

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="address already in use"):
        asyncio.run(use(taken.getsockname()[1]))


def test_run_forever_serves_until_it_is_told_to_stop():
    seen: list[str] = []

    def ready(base_url: str) -> None:
        seen.append(base_url)
        os.kill(os.getpid(), signal.SIGTERM)

    run_forever("127.0.0.1", 0, Settings(media=False), ready)
    assert seen[0].startswith("http://127.0.0.1:")
    assert seen[0].endswith("/v1")


def test_route_files_of_another_folder_are_served(start, route_folder: Path, write_route):
    write_route("studio/picture", "image")
    one = start(routes=route_folder)
    assert [model["model_id"] for model in one.get("/models").json()["models"]] == ["studio/picture"]
