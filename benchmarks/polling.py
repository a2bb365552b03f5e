"""How soon a finished render is noticed, and for how many requests: callsheet's polling against a fixed interval.

`python benchmarks/polling.py [RENDERS] [--speed N]` makes the same renders three times, one contender after the other,
through real sockets: log-normal durations from 20 to 180 s, time compressed. The server counts the requests about
renders, and knows when each was done and when its client first heard of it. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import platform
import random
import struct
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, quantiles

import aiohttp

from callsheet.makers.maker import Order
from callsheet.makers.remote.client import RemoteMaker
from callsheet.makers.remote.patience import Timing
from callsheet.makers.remote.token import Secret
from provider import Api, Connection

SHORTEST, LONGEST = 20.0, 180.0
FIXED_INTERVAL = 2.0
AT_ONCE = 64
ROUTE = "bench/renders/text-to-video"

Render = Callable[[int], Awaitable[None]]
Contender = Callable[[str, Timing], AbstractAsyncContextManager[Render]]


def durations(count: int, seed: int) -> list[float]:
    """Seconds: log-normal, its middle 95 % between the shortest and the longest, and nothing outside of them."""
    middle = math.sqrt(SHORTEST * LONGEST)
    spread = math.log(LONGEST / SHORTEST) / 4
    dice = random.Random(seed)
    return [min(LONGEST, max(SHORTEST, dice.lognormvariate(math.log(middle), spread))) for _ in range(count)]


class Renders(Api):
    """The provider, with a duration for each render; `seconds` is the compressed time."""

    def __init__(self, lasting: Sequence[float], seconds: Callable[[], float]) -> None:
        super().__init__(0.0)
        self.clip = _png()
        self.seconds = seconds
        self.lasting = iter(lasting)
        self.ends: dict[str, float] = {}
        self.delays: dict[str, float] = {}
        self.asked = 0

    def answer(self, method: str, path: str) -> tuple[int, bytes, str]:
        now = self.seconds()
        parts = path.partition("?")[0].strip("/").split("/")
        if parts[:2] == ["v1", "requests"] and parts[2] in self.ends:
            self.asked += 1
            done = now >= self.ends[parts[2]]
            if done:
                self.delays.setdefault(parts[2], now - self.ends[parts[2]])
            state: dict[str, object] = {"request_id": parts[2], "status": "completed" if done else "in_progress"}
            if done and parts[-1] == "result":
                state["output"] = {"image": f"{self.base}/files/{parts[2]}.png"}
            return 200, json.dumps(state).encode(), "application/json"
        if method == "POST":
            request = f"r{next(self.numbers)}"
            self.ends[request] = now + next(self.lasting)
            return 200, json.dumps({"request_id": request, "status": "in_queue"}).encode(), "application/json"
        return 200, self.clip, "image/png"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a contender's polling cost and brought."""

    requests: float
    delay: float
    delay_95: float


class Silent:
    """A diary that forgets."""

    async def intent(self, digest: str) -> None:
        pass

    async def submitted(self, request_id: str) -> None:
        pass

    async def refused(self) -> None:
        pass

    def state(self, state: str, queue_position: int | None = None) -> None:
        pass

    def progress(self, done: float) -> None:
        pass

    def trouble(self, text: str) -> None:
        pass


@asynccontextmanager
async def fixed(base: str, timing: Timing) -> AsyncIterator[Render]:
    """A client that asks every two seconds, and for the result once it is told that there is one."""
    async with aiohttp.ClientSession() as session:

        async def render(number: int) -> None:
            async with session.post(f"{base}/models/{ROUTE}", json={"number": number}) as answer:
                request = (await answer.json())["request_id"]
            while True:
                await timing.sleep(FIXED_INTERVAL)
                async with session.get(f"{base}/requests/{request}/status") as answer:
                    if (await answer.json())["status"] == "completed":
                        break
            async with session.get(f"{base}/requests/{request}/result") as answer:
                await answer.read()

        yield render


def callsheet(history: Sequence[float]) -> Contender:
    """callsheet's client; its journal knows these durations."""

    @asynccontextmanager
    async def client(base: str, timing: Timing) -> AsyncIterator[Render]:
        with tempfile.TemporaryDirectory() as scratch:
            async with RemoteMaker(base, Secret("bench"), timing=timing, history=lambda route: history) as maker:

                async def render(number: int) -> None:
                    folder = Path(scratch) / str(number)
                    folder.mkdir()
                    await maker.make(Order(f"shot-{number}", str(number), ROUTE, {"number": number}, folder), Silent())

                yield render

    return client


async def measure(contender: Contender, lasting: Sequence[float], speed: float) -> Sample:
    """Make the renders, so many at once, and ask the server how it went."""
    timing = Timing(
        clock=lambda: time.monotonic() * speed,
        sleep=lambda seconds: asyncio.sleep(seconds / speed),
        dice=random.Random(1),
    )
    api = Renders(lasting, timing.clock)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    api.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    at_once = asyncio.Semaphore(AT_ONCE)
    async with server, contender(f"{api.base}/v1", timing) as render, asyncio.TaskGroup() as group:

        async def one(number: int) -> None:
            async with at_once:
                await render(number)

        for number in range(len(lasting)):
            group.create_task(one(number))
    delays = list(api.delays.values())
    return Sample(api.asked / len(lasting), fmean(delays), quantiles(delays, n=20)[-1])


def table(samples: dict[str, Sample]) -> str:
    """A Markdown table; the first contender is what the others are compared with."""
    first = next(iter(samples.values()))
    lines = [
        "| client | requests a render | ratio | mean delay, s | ratio | delay, 95th percentile, s |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, one in samples.items():
        lines.append(
            f"| {name} | {one.requests:.1f} | {one.requests / first.requests:.2f} | {one.delay:.2f}"
            f" | {one.delay / first.delay:.2f} | {one.delay_95:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure polling: requests, and the delay until a render is noticed.")
    parser.add_argument("renders", nargs="?", type=int, default=1_000, help="how many renders (default: 1000)")
    parser.add_argument("--speed", type=float, default=20.0, help="how much faster time passes (default: 20)")
    words = parser.parse_args()
    lasting = durations(words.renders, seed=1)
    contenders = {
        f"every {FIXED_INTERVAL:g} s": fixed,
        "callsheet, a route it does not know": callsheet(()),
        "callsheet, a route of which 50 renders are known": callsheet(durations(50, seed=2)),
    }
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs:"
        f" {words.renders:,} renders of {fmean(lasting):.0f} s on average, {AT_ONCE} at once,"
        f" time {words.speed:g} times as fast\n"
    )
    samples = {name: asyncio.run(measure(one, lasting, words.speed)) for name, one in contenders.items()}
    print(table(samples))


def _png() -> bytes:
    """One grey pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    lines = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


if __name__ == "__main__":
    main()
