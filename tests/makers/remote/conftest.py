"""A server that says exactly what a test tells it to, on a real socket, and a diary that notes what it is told."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from callsheet.makers.maker import Order
from callsheet.makers.remote.assets import Assets
from callsheet.makers.remote.client import RemoteMaker
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.patience import Timing
from callsheet.makers.remote.token import Secret

CANARY = "canary-9f3a7c51d2e8"
TLS_HANDSHAKE = b"\x16"
ROUTE = "wan-ai/wan-2-7/text-to-video"


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire; `nth` counts the requests of its connection from 1."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    nth: int


@dataclass(frozen=True)
class Say:
    """Bytes to answer with, and what becomes of the connection then."""

    data: bytes = b""
    then: Literal["keep", "close", "reset", "hang"] = "keep"


@dataclass
class Api:
    """The scripted server. The last answer of a script is given again and again."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    scripts: dict[str, list[Say]] = field(default_factory=dict)
    on_request: Callable[[Seen], None] | None = None
    connections: int = 0
    open: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.origin}/v1"

    def on(self, call: str, *answers: Say) -> None:
        self.scripts[call] = list(answers)

    def targets(self) -> list[str]:
        return [f"{one.method} {one.target}" for one in self.seen]

    def posts(self) -> int:
        return sum(one.method == "POST" for one in self.seen)

    def has(self, request_id: str, *, states: tuple[str, ...] = ("completed",), **result: object) -> None:
        """Script a request: the states it goes through, and its result."""
        about = f"/v1/requests/{request_id}"
        self.on(f"GET {about}/status", *(say(200, {"request_id": request_id, "status": one}) for one in states))
        self.on(
            f"GET {about}/result?include_cost=true",
            say(200, {"request_id": request_id, "status": "completed", **result}),
        )

    def has_file(self, path: str, content: bytes) -> str:
        self.on(f"GET {path}", say(200, content, {"content-type": "application/octet-stream"}))
        return f"{self.origin}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number, nth = self.connections, 0
        task = asyncio.current_task()
        assert task
        self.open.add(task)
        try:
            while request := await _read(reader, writer, number, nth + 1):
                nth += 1
                self.seen.append(request)
                self.events.append(f"{request.method} {request.target}")
                if self.on_request:
                    self.on_request(request)
                script = self.scripts.get(f"{request.method} {request.target}") or [say(599, {"message": "no script"})]
                answer = script.pop(0) if len(script) > 1 else script[0]
                writer.write(answer.data)
                await writer.drain()
                if answer.then == "hang":
                    await asyncio.Event().wait()
                if answer.then == "reset":
                    sock = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if answer.then != "keep":
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open.discard(task)
            writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int, nth: int) -> Seen | None:
    try:
        begin = await reader.readexactly(1)
        if begin == TLS_HANDSHAKE:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return None
        head = begin + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    assert "transfer-encoding" not in headers
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, target, headers, body, connection, nth)


def say(status: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Say:
    """A whole answer: `body` as JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-length": str(len(content))} | dict(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Say(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content)


@dataclass
class Noted:
    """A diary that notes what it is told among the server's events; `fails` makes one of its notes impossible."""

    events: list[str]
    fails: dict[str, Exception] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    announcing: asyncio.Event = field(default_factory=asyncio.Event)

    async def intent(self, digest: str) -> None:
        self.digests.append(digest)
        self.announcing.set()
        await self._note("intent")

    async def submitted(self, request_id: str) -> None:
        await self._note(f"submitted {request_id}")

    async def refused(self) -> None:
        await self._note("refused")

    def state(self, state: str, queue_position: int | None = None) -> None:
        self.events.append(state if queue_position is None else f"{state} {queue_position}")

    def trouble(self, text: str) -> None:
        self.troubles.append(text)

    def progress(self, done: float) -> None:
        self.parts.append(done)

    async def _note(self, event: str) -> None:
        await asyncio.sleep(0)
        if event.split()[0] in self.fails:
            raise self.fails[event.split()[0]]
        self.events.append(event)


class FakeTime:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def timing(self) -> Timing:
        return Timing(clock=lambda: self.now, sleep=self.sleep, dice=random.Random(7), now=lambda: self.now)


@dataclass
class Stage:
    """Everything a test plays with."""

    api: Api
    diary: Noted
    time: FakeTime
    folder: Path

    def maker(
        self,
        *,
        base: str | None = None,
        limits: Limits | None = None,
        label: bool = False,
        download_hosts: Sequence[str] = (),
        history: Mapping[str, Sequence[float]] | None = None,
        assets: Assets | None = None,
        reads_per_second: float | None = None,
    ) -> RemoteMaker:
        return RemoteMaker(
            base or self.api.base,
            Secret(CANARY),
            download_hosts=download_hosts,
            limits=limits or Limits(connect=5, silence=5),
            timing=self.time.timing(),
            label=label,
            history=lambda route: (history or {}).get(route, ()),
            assets=assets,
            reads_per_second=reads_per_second,
        )

    def order(self, request_id: str | None = None, **input: object) -> Order:
        folder = self.folder / "order"
        folder.mkdir(exist_ok=True)
        return Order("hero[look=dawn]", "k" * 64, ROUTE, input or {"prompt": "A slow dolly in"}, folder, request_id)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def api(anyio_backend: str) -> AsyncIterator[Api]:
    api = Api()
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    api.port = server.sockets[0].getsockname()[1]
    yield api
    server.close()
    for task in list(api.open):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await server.wait_closed()


@pytest.fixture
def stage(api: Api, tmp_path: Path) -> Iterator[Stage]:
    """After each test: the token was sent to the API alone, and is in no file and in nothing the diary was told."""
    stage = Stage(api, Noted(api.events), FakeTime(), tmp_path)
    yield stage
    for seen in api.seen:
        assert seen.target.startswith("/v1/") or CANARY not in f"{seen.headers}{seen.body!r}"
        assert CANARY not in seen.target
    assert CANARY not in f"{stage.diary.events}{stage.diary.digests}"
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


@pytest.fixture
def speak() -> Callable[..., Say]:
    return say


@pytest.fixture
def silence() -> Mapping[str, Say]:
    """The ways to end a connection without an answer."""
    return {"close": Say(then="close"), "reset": Say(then="reset"), "hang": Say(then="hang")}


@pytest.fixture
def raw() -> type[Say]:
    return Say


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
