"""Remote media that a pipeline names, fetched whole: over https, without a token, and never from a private network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import aiohttp
import httpx
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from callsheet.makers.outcome import problem
from callsheet.makers.remote.limits import MIB
from callsheet.problems import DataFault, RetryableFault

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port -> the numeric addresses that its name stands for; an OSError where there are none."""

_CHUNK = 1 << 18
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Seconds and bytes; `at_once` is how many files are fetched at a time."""

    bytes: int = 512 * MIB
    connect: float = 15.0
    silence: float = 60.0
    whole: float = 1800.0
    redirects: int = 5
    at_once: int = 8


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where it stands for another one inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


async def _look_up(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class MediaFetcher:
    """Fetches files. `allowed` judges each numeric address that would be connected to, on every redirect hop."""

    def __init__(
        self,
        *,
        limits: MediaLimits = MediaLimits(),
        allowed: Callable[[Address], bool] = is_public,
        look_up: LookUp = _look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._guard = _Guard(allowed, look_up)
        self._tls = tls
        self._slots = asyncio.Semaphore(limits.at_once)

    async def __aenter__(self) -> Self:
        tls = self._tls or httpx.create_ssl_context()
        connector = aiohttp.TCPConnector(resolver=self._guard, use_dns_cache=False, ssl=tls, force_close=True)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def fetch(self, url: str, into: Path) -> None:
        """Write what the address gives to the file `into`; what is there after a failure is nothing whole.

        Raises a DataFault where it is refused or not there, and a RetryableFault where a later try may do. No text
        holds the address's query.
        """
        try:
            async with self._slots, asyncio.timeout(self._limits.whole):
                await self._follow(httpx.URL(url), _shown(url), into)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
            raise _trouble(_shown(url), error, self._limits) from None

    async def _follow(self, url: httpx.URL, shown: str, into: Path) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect, sock_read=self._limits.silence)
        headers = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "callsheet"}
        for _ in range(self._limits.redirects + 1):
            self._guard.check(url, shown)
            address = yarl.URL(str(url), encoded=True)
            async with self._session.get(address, headers=headers, timeout=timeout, allow_redirects=False) as response:
                if response.status not in _REDIRECTS or "location" not in response.headers:
                    _judge(response.status, shown)
                    await self._write(response, shown, into)
                    return
                url = url.join(response.headers["location"])
        raise _refused("too-many-redirects", f"`{shown}` leads on and on")

    async def _write(self, response: aiohttp.ClientResponse, shown: str, into: Path) -> None:
        most, size = self._limits.bytes, 0
        length = response.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > most:
            raise _too_large(shown, most)
        with into.open("wb") as file:
            async for chunk in response.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise _too_large(shown, most)
                file.write(chunk)


class _Guard(AbstractResolver):
    """Resolves names for the connections themselves, so that what was judged is what is connected to."""

    def __init__(self, allowed: Callable[[Address], bool], look_up: LookUp) -> None:
        self._allowed = allowed
        self._look_up = look_up

    def check(self, url: httpx.URL, shown: str) -> None:
        """Refuse an address that is no plain https one, or that names a private host by its number."""
        if url.scheme != "https" or not url.host or url.userinfo:
            raise _refused("address-refused", f"`{shown}` leads to an address that is not `https://`")
        try:
            number = ipaddress.ip_address(url.host.strip("[]"))
        except ValueError:
            return
        self._judge(number, url.host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found: list[ResolveResult] = []
        for text in dict.fromkeys(await self._look_up(host, port)):
            number = ipaddress.ip_address(text.partition("%")[0])
            self._judge(number, host)
            version = socket.AF_INET6 if number.version == 6 else socket.AF_INET
            found.append(
                ResolveResult(
                    hostname=host, host=str(number), port=port, family=version, proto=0, flags=socket.AI_NUMERICHOST
                )
            )
        return found

    async def close(self) -> None:
        """Nothing is held open."""

    def _judge(self, number: Address, host: str) -> None:
        if not self._allowed(number):
            raise _refused(
                "private-address",
                f"the host `{host}` is on a private network, which a pipeline may not reach into",
                "download the file, keep it beside the pipeline and write its path",
            )


def _judge(status: int, shown: str) -> None:
    if status == 200:
        return
    if status in (408, 425, 429) or status >= 500:
        raise RetryableFault(problem("media-not-fetched", f"`{shown}` answered HTTP {status}", "run again later"))
    hint = "the provider must be able to fetch it without login; a signed address may have expired"
    raise _refused("media-not-there", f"`{shown}` answered HTTP {status}", hint)


def _trouble(shown: str, error: Exception, limits: MediaLimits) -> DataFault | RetryableFault:
    """What went wrong on the way, in words of our own: those of the libraries quote whole addresses."""
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    match cause:
        case httpx.InvalidURL() | aiohttp.InvalidURL():
            return _refused("address-refused", f"`{shown}` leads to what is no address")
        case aiohttp.ClientConnectorDNSError():
            why = "the name of its host can't be resolved"
        case aiohttp.ClientSSLError():
            why = "the TLS handshake failed"
        case aiohttp.ConnectionTimeoutError():
            why = f"no connection within {limits.connect:g} s"
        case aiohttp.ServerTimeoutError():
            why = f"nothing was heard for {limits.silence:g} s"
        case TimeoutError():
            why = f"it was not here after {limits.whole:g} s"
        case aiohttp.ClientConnectorError():
            why = "no connection could be made"
        case aiohttp.ClientPayloadError():
            why = "the connection broke within the file"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            why = "the connection broke"
        case OSError():
            why = f"it can't be written: {cause.strerror}"
        case _:
            why = "its answer is no HTTP"
    return RetryableFault(problem("media-not-fetched", f"`{shown}` can't be fetched: {why}", "run again later"))


def _too_large(shown: str, most: int) -> DataFault:
    return _refused("media-too-large", f"`{shown}` has more than {most / MIB:,g} MiB, the most that is fetched")


def _refused(code: str, message: str, hint: str | None = None) -> DataFault:
    return DataFault(problem(code, message, hint))


def _shown(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]
