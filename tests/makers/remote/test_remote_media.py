"""Remote media: fetched whole over https, without a token, and never from a private network."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from callsheet.makers.remote.media import MediaFetcher, MediaLimits, is_public
from callsheet.problems import CallsheetError, DataFault, RetryableFault

PEM = Path(__file__).with_name("loopback.pem")
LIMITS = MediaLimits()
SIGNED = "?X-Signature=canary-7f3"


class Shelf:
    """Files by path, served over TLS on loopback to whoever calls the names `media.test` and `cdn.test`."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.seen: list[str] = []
        self.names: dict[str, list[str]] = {"media.test": ["127.0.0.1"], "cdn.test": ["127.0.0.1"]}

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.seen.append(head)
            writer.write(self.answers.get(head.split(" ")[1], answer(404)).replace(b"PORT", str(self.port).encode()))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def get(self, url: str, into: Path, limits: MediaLimits = LIMITS, *, everywhere: bool = True) -> None:
        asyncio.run(self._get(url, into, limits, everywhere))

    async def _get(self, url: str, into: Path, limits: MediaLimits, everywhere: bool) -> None:
        ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ours.load_cert_chain(PEM)
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=ours)
        self.port = server.sockets[0].getsockname()[1]
        theirs = ssl.create_default_context(cafile=str(PEM))

        def allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
            return str(address) == "127.0.0.1" or is_public(address)

        judge = allowed if everywhere else is_public
        fetcher = MediaFetcher(limits=limits, allowed=judge, look_up=self.look_up, tls=theirs)
        async with server, fetcher:
            await fetcher.fetch(url.replace("PORT", str(self.port)), into)


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    lines = {"content-length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
    return f"HTTP/1.1 {status} X\r\nconnection: close\r\n{head}\r\n".encode() + body


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def told(
    shelf: Shelf, url: str, into: Path, limits: MediaLimits = LIMITS, *, everywhere: bool = True
) -> tuple[type[CallsheetError], str, str]:
    with pytest.raises(CallsheetError) as caught:
        shelf.get(url, into, limits, everywhere=everywhere)
    fault = caught.value.problems[0]
    assert "canary" not in str(caught.value)
    return type(caught.value), fault.code, fault.message


def test_a_file_is_fetched_whole_with_its_query_and_without_a_token(shelf, tmp_path) -> None:
    body = bytes(range(256)) * 4000
    shelf.answers["/a.png?X-Signature=a%2Bb%3D"] = answer(200, body)
    shelf.get("https://media.test:PORT/a.png?X-Signature=a%2Bb%3D", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == body
    assert "authorization" not in shelf.seen[0].lower()
    assert "cookie" not in shelf.seen[0].lower()


def test_redirects_are_followed_each_hop_judged(shelf, tmp_path) -> None:
    shelf.answers["/a"] = answer(302, location="https://cdn.test:PORT/b")
    shelf.answers["/b"] = answer(307, location="/c")
    shelf.answers["/c"] = answer(200, b"bytes")
    shelf.get("https://media.test:PORT/a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"bytes"
    assert [head.split(" ")[1] for head in shelf.seen] == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_in_any_form_are_refused(address) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are_allowed(address) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:10.0.0.1]"])
def test_a_private_host_named_by_its_number_is_refused_before_a_byte_leaves(shelf, tmp_path, host) -> None:
    kind, code, message = told(shelf, f"https://{host}:PORT/a{SIGNED}", tmp_path / "a", everywhere=False)
    assert (kind, code) == (DataFault, "private-address")
    assert message.endswith(" is on a private network, which a pipeline may not reach into")
    assert shelf.seen == []


def test_a_name_that_stands_for_a_private_address_is_refused(shelf, tmp_path) -> None:
    assert told(shelf, f"https://media.test:PORT/a{SIGNED}", tmp_path / "a", everywhere=False) == (
        DataFault,
        "private-address",
        "the host `media.test` is on a private network, which a pipeline may not reach into",
    )
    assert shelf.seen == []


def test_one_private_address_among_public_ones_is_enough_to_refuse_a_name(shelf, tmp_path) -> None:
    shelf.names["media.test"] = ["93.184.215.14", "10.0.0.1"]
    assert told(shelf, "https://media.test:PORT/a", tmp_path / "a")[1] == "private-address"


def test_a_redirect_into_a_private_network_is_refused(shelf, tmp_path) -> None:
    shelf.names["inside.test"] = ["192.168.0.7"]
    shelf.answers["/a"] = answer(302, location="https://inside.test:PORT/b")
    assert told(shelf, "https://media.test:PORT/a", tmp_path / "a")[2] == (
        "the host `inside.test` is on a private network, which a pipeline may not reach into"
    )
    assert len(shelf.seen) == 1


@pytest.mark.parametrize("target", ["http://media.test:PORT/b", "ftp://media.test/b", "https://me:pw@media.test/b"])
def test_a_redirect_to_what_is_no_plain_https_address_is_refused(shelf, tmp_path, target) -> None:
    shelf.answers["/a"] = answer(302, location=target)
    assert told(shelf, "https://media.test:PORT/a", tmp_path / "a")[:2] == (DataFault, "address-refused")
    assert len(shelf.seen) == 1


def test_redirects_that_go_on_and_on_are_given_up(shelf, tmp_path) -> None:
    shelf.answers["/a"] = answer(302, location="/a")
    assert told(shelf, "https://media.test:PORT/a", tmp_path / "a")[:2] == (DataFault, "too-many-redirects")
    assert len(shelf.seen) == 6


@pytest.mark.parametrize("stated", [True, False])
def test_a_file_above_the_cap_is_refused_by_its_stated_and_by_its_real_size(shelf, tmp_path, stated) -> None:
    whole = answer(200, b"x" * 2_000_000)
    shelf.answers["/a"] = whole if stated else whole.replace(b"content-length: 2000000\r\n", b"")
    kind, code, message = told(shelf, "https://media.test:PORT/a", tmp_path / "a", limits=MediaLimits(bytes=1 << 20))
    assert (kind, code) == (DataFault, "media-too-large")
    assert message.endswith("/a` has more than 1 MiB, the most that is fetched")


def test_a_file_that_is_cut_short_is_no_file(shelf, tmp_path) -> None:
    shelf.answers["/a"] = answer(200, b"x" * 1000).replace(b"content-length: 1000", b"content-length: 2000")
    kind, code, message = told(shelf, f"https://media.test:PORT/a{SIGNED}"[: -len(SIGNED)], tmp_path / "a")
    assert (kind, code) == (RetryableFault, "media-not-fetched")
    assert message.endswith("/a` can't be fetched: the connection broke within the file")


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(404, DataFault, "media-not-there"), (403, DataFault, "media-not-there"), (503, RetryableFault, "media-not-fetched"),
     (429, RetryableFault, "media-not-fetched")],
)  # fmt: skip
def test_what_is_not_there_is_told_without_the_query(shelf, tmp_path, status, kind, code) -> None:
    shelf.answers[f"/a{SIGNED}"] = answer(status)
    got = told(shelf, f"https://media.test:PORT/a{SIGNED}", tmp_path / "a")
    assert got == (kind, code, f"`https://media.test:{shelf.port}/a` answered HTTP {status}")


def test_a_host_whose_name_is_unknown_is_told(shelf, tmp_path) -> None:
    assert told(shelf, f"https://nowhere.test/a{SIGNED}", tmp_path / "a") == (
        RetryableFault,
        "media-not-fetched",
        "`https://nowhere.test/a` can't be fetched: the name of its host can't be resolved",
    )


def test_a_host_without_a_valid_certificate_is_not_believed(shelf, tmp_path) -> None:
    shelf.names["other.test"] = ["127.0.0.1"]
    assert told(shelf, f"https://other.test:PORT/a{SIGNED}", tmp_path / "a")[2].endswith(
        "/a` can't be fetched: the TLS handshake failed"
    )
