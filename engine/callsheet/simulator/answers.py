"""What the API answers: JSON bodies, documented errors, files with ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from callsheet.simulator.catalogue import Json
from callsheet.simulator.studio import Product

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CODES = {400: 400001, 401: 401001, 402: 400002, 403: 403001, 404: 404001, 422: 422001}


class Refusal(Exception):
    """A request that is answered with an error of the documented shape."""

    def __init__(
        self, status: int, message: str, detail: list[Json] | None = None, code: int | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error_message": message}
        known = code or (500001 if status >= 500 else _CODES.get(status))
        if known is not None:
            self.body = {"error_code": known, **self.body}
        if detail is not None:
            self.body["detail"] = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Response:
        return JSONResponse(self.body, self.status, self.headers)


class Page(Response):
    """What a proxy in between would say."""

    media_type = "text/html"

    def __init__(self) -> None:
        super().__init__("<!doctype html><html><body><h1>Please sign in to this network</h1></body></html>")


class FileAnswer:
    """A finished file, whole or in part; `half` stops in the middle, with all headers promising the whole."""

    def __init__(self, product: Product, headers: Mapping[str, str], half: bool = False) -> None:
        self.product = product
        self.half = half
        self.etag = f'"{product.sha256[:32]}"'
        self.status, self.start, self.end = self._span(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = self.end - self.start
        headers = {
            "content-type": self.product.media_type,
            "content-length": str(length),
            "accept-ranges": "bytes",
            "etag": self.etag,
        }
        if self.status == 206:
            headers["content-range"] = f"bytes {self.start}-{self.end - 1}/{self.product.size}"
        elif self.status == 416:
            headers["content-range"] = f"bytes */{self.product.size}"
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        if scope["method"] != "HEAD":
            until = self.start + length // 2 if self.half else self.end
            for start in range(self.start, until, _CHUNK):
                body = self.product.read(start, min(start + _CHUNK, until))
                await send({"type": "http.response.body", "body": body, "more_body": True})
        if not self.half:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _span(self, headers: Mapping[str, str]) -> tuple[int, int, int]:
        """Status, first byte and the one past the last; one range only, anything else gets the whole."""
        size = self.product.size
        match = _RANGE.fullmatch(headers.get("range", ""))
        if match is None or match[0] == "bytes=-" or headers.get("if-range", self.etag) != self.etag:
            return 200, 0, size
        if match[1]:
            start, end = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
            if match[2] and int(match[2]) < int(match[1]):
                return 200, 0, size
        else:
            start, end = max(0, size - int(match[2])), size
        return (206, start, end) if start < end else (416, 0, 0)
