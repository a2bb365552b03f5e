from __future__ import annotations

import httpx
import pytest

from callsheet.makers.outcome import ResultRefused
from callsheet.makers.remote.hosts import DownloadHosts, api_base, as_sent
from callsheet.problems import UsageFault

API = httpx.URL("https://model-api.runcomfy.net/v1")


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.runcomfy.net/a/b.mp4?sig=x",
        "https://CDN.RunComfy.COM/a b.mp4",
        "https://a.b.runcomfy.com:443/x",
        "https://media.example.org/x",
        "https://deep.cdn.example.org/x",
        "http://127.0.0.1:9000/x",
    ],
)
def test_results_come_from_hosts_that_are_allowed(address: str) -> None:
    hosts = DownloadHosts(API, ["media.example.org", "*.cdn.example.org", "http://127.0.0.1:9000"])
    assert hosts.check(address).host == httpx.URL(address).host


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.runcomfy.net/x",
        "https://runcomfy.net/x",
        "https://evilruncomfy.net/x",
        "https://cdn.runcomfy.net.evil.example/x",
        "https://cdn.runcomfy.net:8443/x",
        "https://user@cdn.runcomfy.net/x",
        "https://evil.example\\.runcomfy.net/x",
        "https://evil.example\\@cdn.runcomfy.net/x",
        "https://evil.example#.runcomfy.net/x",
        "https://evil.example?.runcomfy.net/x",
        "https://evil.example%2f.runcomfy.net/x",
        "https://evil.example .runcomfy.net/x",
        "https://evil.example\t.runcomfy.net/x",
        "https://cdn.runcomfy.net\n.evil.example/x",
        "https://cdn\u3002runcomfy.net.evil.example/x",
        "https://cdn.runcomfy.net./x",
        "https://cdn.runcomfy.net%00.evil.example/x",
        "https://evil.example%5c.runcomfy.net/x",
        "https://evil.example;.runcomfy.net/x",
        "https://evil.example,cdn.runcomfy.net/x",
        "https://evil.example\\x.runcomfy.net/x",
        "https:///cdn.runcomfy.net/x",
        "https:cdn.runcomfy.net/x",
        "https:/cdn.runcomfy.net/x",
        "https://:@cdn.runcomfy.net/x",
        "https://@cdn.runcomfy.net/x",
        "https://cdn.runcomfy.net@evil.example/x",
        "https://cdn.runcomfy.net:443@evil.example/x",
        "https://cdn.runcomfy.net:80/x",
        "https://cdn.runcomfy.net:0443.evil.example/x",
        "https://evil\u2024example\u2215.runcomfy.net/x",
        "https://\uff43dn.runcomfy.net.evil.example/x",
        "https://cdn.runcomfy\u3002net.evil.example/x",
        "https://cdn.runc\u043emfy.net/x",
        "https://xn--cdn-runcomfy.evil.example/x",
        "https://[::1]/x",
        "https://[::1].runcomfy.net/x",
        "https://[cdn.runcomfy.net]/x",
        "https://[::ffff:7f00:1%25.runcomfy.net]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://2130706433/x",
        "http://127.0.0.1/x",
        "http://localhost:9000/x",
        "//cdn.runcomfy.net/x",
        "cdn.runcomfy.net/x",
        "ftp://cdn.runcomfy.net/x",
        "data:video/mp4;base64,AAAA",
        "",
    ],
)
def test_every_trick_with_an_address_is_refused(address: str) -> None:
    with pytest.raises(ResultRefused) as caught:
        DownloadHosts(API).check(address)
    assert caught.value.problems[0].code == "host-refused"


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.runcomfy.net/a/%2e%2e/b.mp4?X-Amz-Signature=a%2Fb+c&x=%20y#z",
        "https://B\u00fccher.runcomfy.com/\u00e4 b.mp4?q=\u96ea",
        "http://[::1]:9000/x",
        "http://127.0.0.1:80/x",
    ],
)
def test_the_client_reads_an_address_as_it_was_checked(address: str) -> None:
    url = DownloadHosts(API, ["http://[::1]:9000", "http://127.0.0.1"]).check(address)
    sent = as_sent(url)
    assert str(sent) == str(url)
    assert (sent.scheme, sent.raw_host, sent.explicit_port) == (url.scheme, url.raw_host.decode(), url.port)


def test_the_origin_of_a_loopback_base_is_allowed_to_the_port() -> None:
    hosts = DownloadHosts(httpx.URL("http://127.0.0.1:8123/v1"))
    assert str(hosts.check("http://127.0.0.1:8123/files/x.mp4")) == "http://127.0.0.1:8123/files/x.mp4"
    for other in ("http://127.0.0.1:8124/x", "https://127.0.0.1:8123/x", "http://localhost:8123/x"):
        with pytest.raises(ResultRefused):
            hosts.check(other)


def test_the_origin_of_another_base_is_not_allowed() -> None:
    with pytest.raises(ResultRefused):
        DownloadHosts(httpx.URL("https://api.example.org/v1")).check("https://api.example.org/x.mp4")


@pytest.mark.parametrize(
    "base",
    ["https://model-api.runcomfy.net/v1/", "http://127.0.0.1:8123/v1", "http://localhost/v1", "http://[::1]:1/v1"],
)
def test_a_base_may_be_https_or_loopback(base: str) -> None:
    assert str(api_base(base)) == base.rstrip("/")


@pytest.mark.parametrize(
    "base",
    [
        "http://model-api.runcomfy.net/v1",
        "https://user:word@model-api.runcomfy.net/v1",
        "https://model-api.runcomfy.net/v1?x=1",
        "https://",
        "model-api.runcomfy.net",
        "ftp://127.0.0.1/",
        "https://a b/",
        "",
    ],
)
def test_any_other_base_is_refused_before_the_token_is_sent(base: str) -> None:
    with pytest.raises(UsageFault) as caught:
        api_base(base)
    assert str(caught.value) == (
        "error: the base of the API is no address that a token may be sent to [api-base-unusable]\n"
        "  help: expected `https://HOST/PATH`, or `http://` on a loopback address"
    )
