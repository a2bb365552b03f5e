"""Bytes out, answers in: pooled connections for reads, a fresh one for every submit, one without token for results."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.token import Secret

_CHUNK = 1 << 16
_BROKEN = (httpx.HTTPError, aiohttp.ClientError, OSError, ValueError)


class NoAnswer(Exception):
    """No whole answer came; the text says why, in words that hold no address and no secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `whole` is false where the connection broke, or a limit was met, within its body."""

    status: int
    headers: httpx.Headers
    body: bytes
    whole: bool

    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait, where it says so as a number."""
        text = self.headers.get("retry-after", "").strip()
        return float(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


class Transport:
    """The connections of one run to one API. The token goes to the base's origin and nowhere else."""

    def __init__(self, base: httpx.URL, token: Secret, limits: Limits) -> None:
        self._base = base
        self._token = token
        self._limits = limits

    async def __aenter__(self) -> Self:
        self._tls = httpx.create_ssl_context()
        self._reads = self._connections(self._limits.reads)
        self._downloads = self._connections(self._limits.downloads)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._reads.aclose()
        await self._downloads.aclose()

    async def call(self, method: str, path: str) -> Answer:
        """A call that may be made again: a read, or a cancel. Raises NoAnswer."""
        request = self._request(method, path)
        try:
            async with asyncio.timeout(self._limits.answer):
                response = await self._reads.handle_async_request(request)
                return await self._read(response)
        except _BROKEN as error:
            raise NoAnswer(_reason(error, self._limits)) from None

    @asynccontextmanager
    async def submit(
        self, path: str, body: bytes, headers: dict[str, str], on_leave: Callable[[], None]
    ) -> AsyncIterator[Answer]:
        """One POST over a connection that has carried nothing; no redirect, no retry. `on_leave` is called before the
        first byte of the request is written. Raises NoAnswer."""
        fresh = self._connections(1, fresh=True, on_leave=on_leave)
        request = self._request("POST", path, body, headers)
        try:
            try:
                async with asyncio.timeout(self._limits.answer + len(body) / _CHUNK):
                    response = await fresh.handle_async_request(request)
                    answer = await self._read(response)
            except _BROKEN as error:
                raise NoAnswer(_reason(error, self._limits)) from None
            yield answer
        finally:
            await fresh.aclose()

    @asynccontextmanager
    async def download(self, url: httpx.URL) -> AsyncIterator[httpx.Response]:
        """The answer to a GET without the token, its body unread. Raises NoAnswer, also for breaks within the block."""
        request = httpx.Request("GET", url, headers={"accept-encoding": "identity"}, extensions=self._timeouts())
        try:
            response = await self._downloads.handle_async_request(request)
            response.request = request
            try:
                yield response
            finally:
                await response.aclose()
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            raise NoAnswer(_reason(error, self._limits)) from None

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Request:
        """A request to the base's origin, with the token."""
        own = {"authorization": f"Bearer {self._token.reveal()}", "accept": "application/json"}
        if body is not None:
            own |= {"content-type": "application/json", "content-length": str(len(body))}
        return httpx.Request(
            method,
            f"{self._base}{path}",
            headers=own | (headers or {}),
            content=None if body is None else _slices(body),
            extensions=self._timeouts(),
        )

    def _timeouts(self) -> dict[str, object]:
        timeout = httpx.Timeout(self._limits.silence, connect=self._limits.connect, pool=None)
        return {"timeout": timeout.as_dict()}

    def _connections(
        self, at_once: int, *, fresh: bool = False, on_leave: Callable[[], None] | None = None
    ) -> AiohttpTransport:
        tracing = []
        if on_leave is not None:
            tracing.append(_tell_when_leaving(on_leave))
        session = aiohttp.ClientSession(
            connector=_connector(at_once, fresh, self._tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=tracing,
        )
        return AiohttpTransport(verify=self._tls, client=session)

    async def _read(self, response: httpx.Response) -> Answer:
        parts, size, whole = [], 0, True
        try:
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._limits.answer_bytes:
                    whole = False
                    break
                parts.append(part)
        except _BROKEN:
            whole = False
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, b"".join(parts), whole)


def _connector(at_once: int, fresh: bool, tls: ssl.SSLContext) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(limit=at_once, ssl=tls, force_close=fresh)


def _tell_when_leaving(on_leave: Callable[[], None]) -> aiohttp.TraceConfig:
    async def leaving(*_: object) -> None:
        on_leave()

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(leaving)
    return tracing


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _reason(error: Exception, limits: Limits) -> str:
    """Why there is no answer, in words of our own: those of the libraries may quote addresses and headers."""
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    match cause:
        case aiohttp.ClientConnectorDNSError():
            return "the name of the API's host can't be resolved"
        case aiohttp.ClientSSLError():
            return "the TLS handshake failed"
        case aiohttp.ConnectionTimeoutError():
            return f"no connection within {limits.connect:g} s"
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return "the connection was refused"
        case aiohttp.ClientConnectorError():
            return "no connection could be made"
        case TimeoutError():
            return f"nothing was heard for {limits.silence:g} s"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed before an answer came"
        case aiohttp.ClientPayloadError():
            return "the connection broke within the answer"
        case aiohttp.ClientOSError() | ConnectionError():
            return "the connection broke before an answer came"
        case _:
            return "the answer is no HTTP"
