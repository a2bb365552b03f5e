"""The simulated provider on a loopback socket, seen from outside: what it received and what it billed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from callsheet.simulator.faults import parse_faults
from callsheet.simulator.serve import serve
from callsheet.simulator.settings import Settings


class Provider:
    """A simulator of its own, in a thread. `submits` are the requests it took in, in order; `calls` all calls."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with serve(self._settings) as self._server:
            self._ready.set()
            await self._stop.wait()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    @property
    def base_url(self) -> str:
        return self._server.base_url

    @property
    def submits(self) -> list[dict[str, Any]]:
        return list(self._server.ledger)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return list(self._server.calls)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Provider]]:
    """Starts a provider that commands of the test then talk to, without being told that it is a simulator."""
    started: list[Provider] = []

    def start(faults: str = "", **settings: Any) -> Provider:
        one = Provider(Settings(speed=0, media=False, faults=parse_faults(faults), **settings))
        one.start()
        started.append(one)
        monkeypatch.setenv("RUNCOMFY_MODEL_API_BASE", one.base_url)
        monkeypatch.setenv("RUNCOMFY_TOKEN", "canary-token")
        return one

    yield start
    for one in started:
        one.stop()
