"""Bytes out, answers in: pooled connections for reads, a fresh one for every submit, one without token for results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Self

import aiohttp
import httpx
import yarl

from callsheet.makers.remote.hosts import as_sent
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.token import Secret

_CHUNK = 1 << 16
Download = aiohttp.ClientResponse
_BROKEN = (aiohttp.ClientError, OSError, ValueError)


class NoAnswer(Exception):
    """No whole answer came; the text says why, in words that hold no address and no secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `whole` is false where the connection broke, or a limit was met, within its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


class Transport:
    """The connections of one run to one API. The token goes to the base's origin and nowhere else.

    No answer's redirect is followed here and no cookie is kept. A request may be sent twice by the connections
    beneath only where it is a GET.
    """

    def __init__(self, base: httpx.URL, token: Secret, limits: Limits) -> None:
        self._base = str(base)
        self._own = {"authorization": f"Bearer {token.reveal()}", "accept": "application/json"}
        self._limits = limits
        self._timeout = aiohttp.ClientTimeout(sock_connect=limits.connect, sock_read=limits.silence)

    async def __aenter__(self) -> Self:
        self._tls = httpx.create_ssl_context()
        self._reads = self._session(self._limits.reads)
        self._submits = self._session(0, force_close=True, trace_configs=[_tell_when_leaving()])
        self._downloads = self._session(self._limits.downloads, auto_decompress=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in (self._reads, self._submits, self._downloads):
            await session.close()

    async def call(self, method: str, path: str) -> Answer:
        """A call that may be made again: a read, or a cancel. Raises NoAnswer."""
        try:
            async with asyncio.timeout(self._limits.answer):
                response = await self._reads.request(
                    method, self._address(path), headers=self._own, timeout=self._timeout, allow_redirects=False
                )
                return await self._read(response)
        except _BROKEN as error:
            raise NoAnswer(_reason(error, self._limits)) from None

    async def submit(self, path: str, body: bytes, headers: Mapping[str, str], on_leave: Callable[[], None]) -> Answer:
        """One POST over a connection that has carried nothing; no redirect, no retry. `on_leave` is called before the
        first byte of the request is written. Nothing is waited for between the answer's last byte and the return.
        Raises NoAnswer."""
        content = {"content-type": "application/json", "content-length": str(len(body))}
        try:
            async with asyncio.timeout(self._limits.answer + len(body) / _CHUNK):
                response = await self._submits.post(
                    self._address(path),
                    data=body if len(body) <= _CHUNK else _slices(body),
                    headers={**self._own, **content, **headers},
                    timeout=self._timeout,
                    allow_redirects=False,
                    trace_request_ctx=on_leave,
                )
                return await self._read(response)
        except _BROKEN as error:
            raise NoAnswer(_reason(error, self._limits)) from None

    @asynccontextmanager
    async def download(self, url: httpx.URL, headers: Mapping[str, str]) -> AsyncIterator[Download]:
        """The answer to a GET without the token, its body unread. Raises NoAnswer, also for breaks within the block."""
        try:
            response = await self._downloads.get(
                as_sent(url),
                headers={"accept": "*/*", "accept-encoding": "identity", **headers},
                timeout=self._timeout,
                allow_redirects=False,
            )
            try:
                yield response
            finally:
                response.close()
        except aiohttp.ClientError as error:
            raise NoAnswer(_reason(error, self._limits)) from None

    def _address(self, path: str) -> yarl.URL:
        return yarl.URL(f"{self._base}{path}", encoded=True)

    def _session(
        self,
        at_once: int,
        *,
        force_close: bool = False,
        auto_decompress: bool = True,
        trace_configs: list[aiohttp.TraceConfig] | None = None,
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=at_once, ssl=self._tls, force_close=force_close),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=auto_decompress,
            trace_configs=trace_configs,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> Answer:
        parts, size, whole = [], 0, True
        try:
            async for part in response.content.iter_any():
                size += len(part)
                if size > self._limits.answer_bytes:
                    whole = False
                    break
                parts.append(part)
        except _BROKEN:
            whole = False
        finally:
            response.close()
        return Answer(response.status, response.headers, b"".join(parts), whole)


def _tell_when_leaving() -> aiohttp.TraceConfig:
    """Calls what the request carries as its `trace_request_ctx` before its first byte is written."""

    async def leaving(
        _: aiohttp.ClientSession, trace: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        trace.trace_request_ctx()

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(leaving)
    return tracing


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _reason(error: Exception, limits: Limits) -> str:
    """Why there is no answer, in words of our own: those of the libraries may quote addresses and headers."""
    match error:
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
