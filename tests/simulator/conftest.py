"""A simulator on a real socket, run in a thread of its own so that tests drive it with plain, blocking httpx."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import math
import ssl
import threading
import wave
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from callsheet.simulator.serve import SimulatorServer, serve
from callsheet.simulator.settings import Settings, Spread

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used: everything here is plain http on loopback


class Clock:
    """Time that moves only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Running:
    """A simulator that listens, and a client with a token."""

    server: SimulatorServer
    http: httpx.Client
    clock: Clock
    loop: asyncio.AbstractEventLoop = field(repr=False)

    @property
    def origin(self) -> str:
        return self.server.base_url.removesuffix("/v1")

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path if "://" in path else f"{self.server.base_url}{path}", **more)

    def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        return self.http.post(path if "://" in path else f"{self.server.base_url}{path}", json=body, **more)

    def submit(self, model: str, body: object, **more: Any) -> dict[str, Any]:
        answer = self.post(f"/models/{model}", body, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def finished(self, accepted: dict[str, Any]) -> dict[str, Any]:
        """Ask until it is over; nothing but rendering takes time here."""
        for _ in range(3000):
            if self.get(accepted["status_url"]).json()["status"] in ("completed", "failed"):
                return dict(self.get(accepted["result_url"]).json())
            threading.Event().wait(0.01)
        raise AssertionError("never finished")


class _Host:
    """The thread with the event loop, and the servers in it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.closing: list[Callable[[], None]] = []

    def start(self, settings: Settings, clock: Clock) -> Running:
        context = serve(settings)
        server = asyncio.run_coroutine_threadsafe(context.__aenter__(), self.loop).result()
        http = httpx.Client(headers={"Authorization": "Bearer any-token"}, timeout=20, verify=PLAIN, trust_env=False)

        def close() -> None:
            http.close()
            asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), self.loop).result()

        self.closing.append(close)
        return Running(server, http, clock, self.loop)

    def stop(self) -> None:
        for close in reversed(self.closing):
            close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start a simulator: instant and with tiny media unless told otherwise; `waiting=True` gives a clock to move,
    4 s of queue and 40 s of rendering for every request."""
    host = _Host()

    def begin(waiting: bool = False, **settings: Any) -> Running:
        clock = Clock()
        if waiting:
            settings = {"speed": 1.0, "queue": Spread(4.0), "render": Spread(40.0), "clock": clock, **settings}
        return host.start(Settings(**{"speed": 0.0, "media": False, **settings}), clock)

    yield begin
    host.stop()


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """A PNG of two colours: left half and right half."""

    def draw(size: tuple[int, int] = (480, 320), left: str = "#c04030", right: str = "#3050c0") -> bytes:
        image = Image.new("RGB", size, left)
        image.paste(Image.new("RGB", (size[0] // 2, size[1]), right), (size[0] // 2, 0))
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    return draw


@pytest.fixture
def voice() -> Callable[..., bytes]:
    """A WAV of a 440 Hz sine, 16-bit mono."""

    def sing(seconds: float = 3.0, rate: int = 16_000) -> bytes:
        sine = array("h", (int(12_000 * math.sin(i * 2 * math.pi * 440 / rate)) for i in range(int(seconds * rate))))
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(sine.tobytes())
        return buffer.getvalue()

    return sing


@pytest.fixture
def data_uri() -> Callable[[bytes, str], str]:
    return lambda content, media_type: f"data:{media_type};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def hero(picture: Callable[..., bytes], data_uri: Callable[[bytes, str], str]) -> dict[str, Any]:
    """An input that HappyHorse takes."""
    return {"image_url": data_uri(picture(), "image/png"), "prompt": "Slow dolly in", "duration": 3, "seed": 7}


@pytest.fixture
def route_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "routes"
    folder.mkdir()
    return folder


@pytest.fixture
def write_route(route_folder: Path) -> Callable[..., None]:
    """Write a small route file: a prompt and whatever more fields are given."""

    def write(name: str, makes: str, properties: dict[str, Any] | None = None, fields: Any = None) -> None:
        route = {
            "id": name,
            "title": name.rpartition("/")[2].title(),
            "category": f"text-to-{makes}",
            "makes": makes,
            "input_schema": {
                "type": "object",
                "required": ["prompt"],
                "properties": {"prompt": {"title": "Prompt", "type": "string"}, **(properties or {})},
            },
            "output_schema": {},
            "fields": {"prompt": {"canonical": "prompt"}, **(fields or {})},
            "simulated_price": {"base_usd": 0.25, "unit": "output"},
        }
        (route_folder / f"{name.replace('/', '--')}.json").write_text(json.dumps(route), encoding="utf-8")

    return write
