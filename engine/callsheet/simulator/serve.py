"""The simulator on a socket: inside a running event loop, or as a server of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from callsheet.simulator.app import Simulator
from callsheet.simulator.catalogue import Json
from callsheet.simulator.settings import Settings

_BACKLOG = 4096
_KEEP_ALIVE = 120  # seconds that an idle connection stays open
_LINGER_NOT = struct.pack("ii", 1, 0)  # closing such a socket resets the connection


class SimulatorServer:
    """A simulator that listens. `base_url` is what a client takes as the API's base: `http://127.0.0.1:PORT/v1`."""

    def __init__(self, base_url: str, simulator: Simulator) -> None:
        self.base_url = base_url
        self._simulator = simulator

    @property
    def ledger(self) -> list[Json]:
        """Every submit received, in order."""
        return self._simulator.ledger.submits

    @property
    def calls(self) -> list[Json]:
        """The latest calls of any kind, in order."""
        return self._simulator.ledger.calls


@asynccontextmanager
async def serve(settings: Settings, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[SimulatorServer]:
    """Serve in the running loop while the context is open; port 0 takes a free one. Raises OSError for a taken one."""
    state = ServerState()
    with TemporaryDirectory(prefix="callsheet-simulator-") as folder:
        simulator = Simulator(settings, Path(folder), _Dropper(state))
        config = uvicorn.Config(
            simulator, log_config=None, log_level="critical", access_log=False, lifespan="off", ws="none",
            timeout_keep_alive=_KEEP_ALIVE,
        )  # fmt: skip
        config.load()
        listening = await asyncio.get_running_loop().create_server(
            lambda: H11Protocol(config, state, {}),
            host,
            port,
            backlog=_BACKLOG,
        )
        shown = f"[{host}]" if ":" in host else host
        number = listening.sockets[0].getsockname()[1]
        try:
            yield SimulatorServer(f"http://{shown}:{number}/v1", simulator)
        finally:
            listening.close()
            await _hang_up(state)
            await asyncio.to_thread(simulator.close)


def run_forever(host: str, port: int, settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `on_ready` is told the base URL once it can be used."""
    asyncio.run(_until_stopped(host, port, settings, on_ready))


async def _until_stopped(host: str, port: int, settings: Settings, on_ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(settings, host, port) as server:
        on_ready(server.base_url)
        await stop.wait()


async def _hang_up(state: ServerState) -> None:
    for connection in list(state.connections):
        if connection.transport is not None:
            connection.transport.abort()
    tasks = list(state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Dropper:
    """Ends the connection that an ASGI scope came over."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def __call__(self, scope: Scope, gently: bool) -> None:
        client = tuple(scope["client"])
        for connection in list(self._state.connections):
            if not isinstance(connection, H11Protocol) or connection.client != client:
                continue
            if gently:
                connection.transport.close()
                continue
            raw = connection.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            connection.transport.abort()
