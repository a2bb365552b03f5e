"""Where results may be fetched from. Asked for every address and every redirect hop, with the client's own parser."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

import httpx
import yarl

from callsheet.makers.outcome import ResultRefused, problem
from callsheet.problems import UsageFault

_ALWAYS = ("*.runcomfy.net", "*.runcomfy.com")
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def api_base(text: str) -> httpx.URL:
    """The base of a Model API: https, or http on loopback; anything else would show the token to the network."""
    try:
        base = httpx.URL(text.rstrip("/"))
    except httpx.InvalidURL:
        base = httpx.URL()
    plain = not (base.userinfo or base.query or base.fragment or _UNSAFE.search(text))
    if plain and base.host and (base.scheme == "https" or (base.scheme == "http" and is_loopback(base.host))):
        return base
    raise UsageFault(
        problem(
            "api-base-unusable",
            "the base of the API is no address that a token may be sent to",
            "expected `https://HOST/PATH`, or `http://` on a loopback address",
        )
    )


def is_loopback(host: str) -> bool:
    """Whether a host, as httpx gives it, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def as_sent(url: httpx.URL) -> yarl.URL:
    """The address as the connections beneath read it, byte for byte."""
    return yarl.URL(str(url), encoded=True)


class DownloadHosts:
    """`*.runcomfy.net`, `*.runcomfy.com`, the API base's origin where that is loopback, and the configured hosts
    (`cdn.example.com`, `*.example.com`, or a whole origin such as `http://127.0.0.1:9000`)."""

    def __init__(self, base: httpx.URL, configured: Iterable[str] = ()) -> None:
        hosts = list(configured)
        self._names = (*_ALWAYS, *(host.lower() for host in hosts if "://" not in host))
        self._origins = {_origin(httpx.URL(host)) for host in hosts if "://" in host}
        if is_loopback(base.host):
            self._origins.add(_origin(base))

    def check(self, address: str) -> httpx.URL:
        """The address as the client will use it; ResultRefused where it leads elsewhere."""
        authority = address.split("//", 1)[-1].split("/", 1)[0]
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            url = httpx.URL()
        if _UNSAFE.search(authority) or "@" in authority or "\\" in address or not self._allows(url):
            raise _refused(url)
        sent = as_sent(url)
        if (sent.scheme, sent.raw_host, sent.explicit_port) != (url.scheme, url.raw_host.decode("ascii"), url.port):
            raise _refused(url)
        return url

    def _allows(self, url: httpx.URL) -> bool:
        if _origin(url) in self._origins:
            return True
        host = url.raw_host.decode("ascii")
        if url.scheme != "https" or url.port not in (None, 443) or not _HOST_NAME.fullmatch(host):
            return False
        return any(host.endswith(name[1:]) if name.startswith("*.") else host == name for name in self._names)


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _refused(url: httpx.URL) -> ResultRefused:
    host = url.raw_host.decode("ascii", "replace")
    where = f"`{url.scheme}://{host}{f':{url.port}' if url.port else ''}`" if host else "something that is no address"
    return ResultRefused(
        problem(
            "host-refused",
            f"the result lies at {where}, which is not a host that results are fetched from",
            "list the host under the download hosts of `callsheet.toml` if you trust it, then run again: "
            "the request is kept and nothing is paid twice",
        )
    )
