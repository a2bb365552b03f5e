"""A Model API on loopback that answers at once and completes each request a fixed time after its submit.

`python benchmarks/provider.py SECONDS` prints its port and serves until its standard input is closed. It knows
nothing of callsheet and checks nothing: it is here to be waited for.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import struct
import sys

import av


def clip() -> bytes:
    """A valid MP4 of one grey frame, 320 by 180."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(320, 180, "yuv420p")))
        container.mux(stream.encode())
    return file.getvalue()


def _free_box(content: bytes) -> bytes:
    """A box that players skip: it makes every file one of its own."""
    return struct.pack(">I4s", 8 + len(content), b"free") + content


class Api:
    """What was submitted when."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        self.base = ""
        self.done_at: dict[str, float] = {}
        self.numbers = itertools.count()
        self.clip = clip()

    def answer(self, method: str, path: str) -> tuple[int, bytes, str]:
        """Status, body and media type for one request."""
        now = asyncio.get_running_loop().time()
        parts = path.partition("?")[0].strip("/").split("/")
        if method == "POST" and parts[:2] == ["v1", "models"]:
            request = f"r{next(self.numbers)}"
            self.done_at[request] = now + self.wait
            return self._json({"request_id": request, "status": "in_queue"})
        if parts[0] == "files":
            return 200, self.clip + _free_box(path.encode()), "video/mp4"
        if parts[:2] != ["v1", "requests"] or parts[2] not in self.done_at:
            return 404, b'{"error_code": 404001, "message": "not found"}', "application/json"
        done = now >= self.done_at[parts[2]]
        state: dict[str, object] = {"request_id": parts[2], "status": "completed" if done else "in_progress"}
        if done and parts[-1] == "result":
            state["output"] = {"video": f"{self.base}/files/{parts[2]}.mp4"}
        return self._json(state)

    @staticmethod
    def _json(value: object) -> tuple[int, bytes, str]:
        return 200, json.dumps(value).encode(), "application/json"


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as clients of the Model API speak it: bodies with a length, kept-alive connections."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            line, *fields = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            method, path, _ = line.split(" ")
            self._respond(*self.api.answer(method, path), close=headers.get("connection", "").lower() == "close")

    def _respond(self, status: int, body: bytes, media_type: str, *, close: bool) -> None:
        head = f"HTTP/1.1 {status} Answer\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + (b"connection: close\r\n\r\n" if close else b"\r\n") + body)
        if close:
            self.transport.close()


async def serve(wait: float) -> None:
    """Serve until standard input is closed."""
    api = Api(wait)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    api.base = f"http://127.0.0.1:{port}"
    print(port, flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
