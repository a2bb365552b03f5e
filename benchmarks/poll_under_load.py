"""How late polls are answered while every processor encodes: `python benchmarks/poll_under_load.py [SECONDS]`.

Twenty requests that stay in progress are polled ten times a second each, over real sockets, against the API of
`provider.py` in a process of its own. A poll's delay runs from when it is due to when its answer is read. First nothing
else happens; then steps are made all the time, twice as many at once as there are processors.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.table import StepMaker
from callsheet.media.read import read_media

POLLERS = 20
INTERVAL = 0.1


class Diary:
    """Hears what steps tell, and forgets it."""

    async def intent(self, digest: str) -> None: ...

    async def submitted(self, request_id: str) -> None: ...

    async def refused(self) -> None: ...

    def state(self, state: str, queue_position: int | None = None) -> None: ...

    def progress(self, done: float) -> None: ...

    def trouble(self, text: str) -> None: ...


async def main(seconds: float) -> None:
    print(f"{POLLERS} requests, each polled every {INTERVAL:g} s, for {seconds:g} s")
    print(f"{'':<22}{'polls':>7}{'median ms':>11}{'99 % ms':>9}{'most ms':>9}{'processors':>12}{'steps made':>12}")
    async with provider() as port:
        paths = [await submit(port) for _ in range(POLLERS)]
        show("nothing else", await polled(port, paths, seconds), 0.0, 0)
        with TemporaryDirectory() as folder:
            maker = StepMaker(Engine())
            clip = await film(Path(folder))
            async with made(maker, clip, Path(folder)) as done:
                await asyncio.sleep(1)
                before = used()
                delays = await polled(port, paths, seconds)
                show("every processor busy", delays, (used() - before) / seconds, len(done))


def show(what: str, delays: list[float], busy: float, steps: int) -> None:
    ordered = sorted(delay * 1000 for delay in delays)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    print(f"{what:<22}{len(ordered):>7}{middle:>11.1f}{late:>9.1f}{ordered[-1]:>9.1f}{busy:>12.2f}{steps:>12}")


@asynccontextmanager
async def provider() -> AsyncIterator[int]:
    """The port of an API whose requests take an hour."""
    command = (sys.executable, str(Path(__file__).with_name("provider.py")), "3600")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


async def call(port: int, method: str, path: str, body: bytes = b"") -> bytes:
    """The body of an answer, over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {len(body)}\r\n"
    writer.write(head.encode() + b"authorization: Bearer x\r\ncontent-type: application/json\r\n\r\n" + body)
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2]


async def submit(port: int) -> str:
    """The path of the status of a request just made."""
    answer = json.loads(await call(port, "POST", "/v1/models/a/b", b'{"prompt": "x"}'))
    return f"/v1/requests/{answer['request_id']}/status"


async def polled(port: int, paths: list[str], seconds: float) -> list[float]:
    """How late each poll's answer was."""
    begin = time.perf_counter()

    async def poll(number: int, path: str) -> list[float]:
        delays: list[float] = []
        due = begin + INTERVAL * number / len(paths)
        while due < begin + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await call(port, "GET", path)
            delays.append(time.perf_counter() - due)
            due = max(due + INTERVAL, time.perf_counter())
        return delays

    found = await asyncio.gather(*(poll(number, path) for number, path in enumerate(paths)))
    return list(itertools.chain.from_iterable(found))


async def film(folder: Path) -> MediaFile:
    """A second of moving colours and noise, which takes an encoder's time."""
    path = folder / "clip.mp4"
    graph = "testsrc2=s=854x480:r=25:d=1,noise=alls=4:allf=t,format=yuv420p[video]"
    await Engine().encode([], Encoding(graph, "none", 25, None), path, lambda _: None)
    return MediaFile(read_media(path), path=path)


@asynccontextmanager
async def made(maker: StepMaker, clip: MediaFile, folder: Path) -> AsyncIterator[list[str]]:
    """Steps are made for as long as this lasts; the list grows with each."""
    done: list[str] = []

    async def make(number: int) -> None:
        for turn in itertools.count():
            place = folder / f"{number}-{turn}"
            place.mkdir()
            given: dict[str, object] = {"clips": [clip, clip], "size": "480x854", "fit": "crop"}
            name = "concat"
            if turn % 2:
                name, given = "caption", {"video": clip, "text": "朝の光を、ひと瓶に。 Light that stays with you"}
            await maker.make(Order("x", "k", name, given, place), Diary())
            done.append(name)

    tasks = [asyncio.create_task(make(number)) for number in range(2 * (os.cpu_count() or 1))]
    try:
        yield done
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise RuntimeError("a step failed") from ended


def used() -> float:
    """Seconds of processor time of this process and of those that it waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10))
