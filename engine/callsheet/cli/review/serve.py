"""The review on a socket of this machine's own, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from callsheet.cli.review.app import ReviewApp
from callsheet.cli.review.desk import Desk
from callsheet.cli.review.guard import Guard
from callsheet.cli.review.session import Session
from callsheet.problems import Problem, UsageFault

HOST = "127.0.0.1"
_KEEP_ALIVE = 30  # seconds that an idle connection stays open
_PARTING = 2  # seconds that an answer gets to notice that nobody waits for it any more


def run_review(desk: Desk, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve a desk on loopback until Ctrl-C or SIGTERM; `on_ready` is told the link that lets a browser in, once.
    Port 0 takes any free one; a UsageFault for one that is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            message = f"port {port} can't be used: {error.strerror}"
            raise UsageFault(Problem("port-taken", message, hint="leave `--port` out to take any free one")) from None
        asyncio.run(_serve(desk, listening, on_ready))


async def _serve(desk: Desk, listening: socket.socket, on_ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    session = Session(f"{HOST}:{listening.getsockname()[1]}")
    app = ReviewApp(desk, session)
    config = uvicorn.Config(
        Guard(app, session), log_config=None, log_level="error", access_log=False, lifespan="off", ws="none",
        proxy_headers=False, server_header=False, timeout_keep_alive=_KEEP_ALIVE,
    )  # fmt: skip
    config.load()
    state = ServerState()
    server = await loop.create_server(lambda: H11Protocol(config, state, {}), sock=listening)
    watching = asyncio.create_task(app.watch())
    try:
        on_ready(session.link())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if watching.done():
            watching.result()
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        server.close()
        await _hang_up(state)
        await asyncio.to_thread(app.close)


async def _hang_up(state: ServerState) -> None:
    for connection in list(state.connections):
        if connection.transport is not None:
            connection.transport.abort()
    if not state.tasks:
        return
    _, late = await asyncio.wait(set(state.tasks), timeout=_PARTING)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
