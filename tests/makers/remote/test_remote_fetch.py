from __future__ import annotations

import errno
import os

import pytest

from callsheet.makers.outcome import AttachLost, ReadsFailed, ResultRefused, StillRunning
from callsheet.makers.remote.limits import MIB, Limits
from callsheet.problems import CallsheetError

pytestmark = pytest.mark.anyio
FILE = "GET /files/r1.mp4"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(200_000)
KEPT = "the request is kept and nothing is paid twice"


@pytest.fixture(autouse=True)
def completed(stage) -> None:
    stage.api.has("r1", output={"video": stage.api.has_file("/files/r1.mp4", MP4)})


async def attach(stage, **more):
    async with stage.maker(**more) as maker:
        return await maker.make(stage.order(request_id="r1"), stage.diary)


async def fault_of(stage, **more) -> CallsheetError:
    with pytest.raises(CallsheetError) as caught:
        await attach(stage, **more)
    assert os.listdir(stage.folder / "order") == []
    return caught.value


async def test_a_result_is_fetched_without_the_token_and_known_by_its_content(stage) -> None:
    made = await attach(stage)
    assert [(one.kind, one.media_type, one.path.name) for one in made.files] == [("video", "video/mp4", "output-1.mp4")]
    assert made.files[0].path.read_bytes() == MP4
    assert os.listdir(stage.folder / "order") == ["output-1.mp4"]
    download = stage.api.seen[-1]
    assert "authorization" not in download.headers
    assert download.headers["accept-encoding"] == "identity"
    assert stage.diary.parts[-1] == 1.0
    assert stage.diary.parts == sorted(stage.diary.parts)


async def test_the_token_goes_to_the_api_alone_and_into_no_file(stage) -> None:
    await attach(stage)
    with_token = [one.target for one in stage.api.seen if "canary-9f3a7c51d2e8" in str(one.headers)]
    assert with_token == ["/v1/requests/r1/status", "/v1/requests/r1/result?include_cost=true"]
    for path in stage.folder.rglob("*"):
        assert path.is_dir() or b"canary-9f3a7c51d2e8" not in path.read_bytes()


async def test_another_host_is_sent_no_token_and_no_cookie(stage, speak) -> None:
    elsewhere = f"http://localhost:{stage.api.port}"
    stage.api.on(FILE, speak(302, b"", {"location": f"{elsewhere}/other.mp4", "set-cookie": "session=1"}))
    stage.api.has_file("/other.mp4", MP4)
    made = await attach(stage, download_hosts=[elsewhere])
    assert made.files[0].path.read_bytes() == MP4
    other = stage.api.seen[-1].headers
    assert (other["host"], "authorization" in other, "cookie" in other, "referer" in other) == (
        f"localhost:{stage.api.port}",
        False,
        False,
        False,
    )


async def test_a_redirect_to_an_allowed_host_is_followed(stage, speak) -> None:
    stage.api.on(FILE, speak(302, b"", {"location": "/moved/here.mp4?x=1"}))
    stage.api.has_file("/moved/here.mp4?x=1", MP4)
    assert (await attach(stage)).files[0].path.read_bytes() == MP4
    assert stage.api.targets()[-2:] == [FILE, "GET /moved/here.mp4?x=1"]


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("http://127.0.0.2:9/x.mp4", "`http://127.0.0.2:9`"),
        ("https://evil.example/x.mp4?X-Amz-Signature=s3cret", "`https://evil.example`"),
        ("//evil.example/x.mp4", "`http://evil.example`"),
        ("https:\\\\evil.example\\@a.runcomfy.net/x.mp4", "something that is no address"),
        ("https://a.runcomfy.net@evil.example/x.mp4", "`https://evil.example`"),
        ("file:///etc/passwd", "something that is no address"),
        ("https://runcomfy.net.evil.example/", "`https://runcomfy.net.evil.example`"),
    ],
)
async def test_a_redirect_elsewhere_is_refused_on_every_hop_and_the_request_kept(stage, speak, location, where) -> None:
    stage.api.on(FILE, speak(302, b"", {"location": "/hop"}))
    stage.api.on("GET /hop", speak(307, b"", {"location": location}))
    fault = await fault_of(stage)
    assert type(fault) is ResultRefused
    assert fault.exit_code == 65
    assert str(fault) == (
        f"error: the result lies at {where}, which is not a host that results are fetched from [host-refused]\n"
        "  help: list the host under the download hosts of `callsheet.toml` if you trust it, then run again: "
        "the request is kept and nothing is paid twice"
    )


async def test_a_redirect_without_end_is_refused(stage, speak) -> None:
    stage.api.on(FILE, speak(302, b"", {"location": "/files/r1.mp4"}))
    fault = await fault_of(stage)
    assert str(fault) == f"error: the address of a result leads on and on [too-many-redirects]\n  help: {KEPT}"
    assert stage.api.targets().count(FILE) == 6


async def test_downloads_are_made_again_through_every_kind_of_trouble(stage, speak, silence, raw) -> None:
    cut = f"HTTP/1.1 200 OK\r\ncontent-length: {len(MP4)}\r\n\r\n".encode() + MP4[:1000]
    stage.api.on(
        FILE,
        speak(500),
        speak(429, b"", {"retry-after": "4"}),
        silence["close"],
        silence["reset"],
        raw(cut, "close"),
        raw(cut, "reset"),
        raw(cut, "hang"),
        speak(200, MP4),
    )
    made = await attach(stage, limits=Limits(silence=0.2))
    assert made.files[0].path.read_bytes() == MP4
    assert os.listdir(stage.folder / "order") == ["output-1.mp4"]


def part(
    start: int, end: int, *, etag: str = '"v1"', total: int = len(MP4), status: str = "206 Partial Content"
) -> bytes:
    """An answer that promises the bytes from `start` to the end of the file, and gives those up to `end`."""
    head = f"HTTP/1.1 {status}\r\ncontent-length: {total - start}\r\netag: {etag}\r\n"
    if status.startswith("206"):
        head += f"content-range: bytes {start}-{total - 1}/{total}\r\n"
    return head.encode() + b"\r\n" + MP4[start:end]


def asked_parts(stage) -> list[tuple[str | None, str | None]]:
    asked = [one for one in stage.api.seen if one.target == "/files/r1.mp4"]
    return [(one.headers.get("range"), one.headers.get("if-range")) for one in asked]


async def test_a_download_goes_on_where_it_broke_off(stage, raw) -> None:
    stage.api.on(
        FILE,
        raw(part(0, 70_000, status="200 OK"), "close"),
        raw(part(70_000, 120_000), "hang"),
        raw(part(120_000, len(MP4))),
    )
    made = await attach(stage, limits=Limits(silence=0.6))
    assert made.files[0].path.read_bytes() == MP4
    assert asked_parts(stage) == [(None, None), ("bytes=70000-", '"v1"'), ("bytes=120000-", '"v1"')]
    assert stage.diary.parts == sorted(stage.diary.parts)


@pytest.mark.parametrize(
    "answer",
    [
        part(60_000, len(MP4)),
        part(70_000, len(MP4), etag='"v2"'),
        part(70_000, len(MP4), total=len(MP4) + 5),
        b"HTTP/1.1 206 Partial Content\r\ncontent-length: 3\r\n\r\nabc",
        b"HTTP/1.1 206 Partial Content\r\ncontent-length: 3\r\ncontent-range: bytes 70000-70002/200012\r\n\r\nabc",
        b"HTTP/1.1 416 Range Not Satisfiable\r\ncontent-length: 0\r\n\r\n",
    ],
    ids=["overlaps", "another content", "another length", "no range", "not to the end", "416"],
)
async def test_a_rest_that_does_not_fit_is_dropped_and_the_file_begun_anew(stage, raw, answer) -> None:
    stage.api.on(
        FILE,
        raw(part(0, 70_000, status="200 OK"), "close"),
        raw(answer, "close"),
        raw(part(0, len(MP4), status="200 OK")),
    )
    made = await attach(stage)
    assert made.files[0].path.read_bytes() == MP4
    assert [asked for asked, _ in asked_parts(stage)] == [None, "bytes=70000-", None]


async def test_a_file_that_changed_meanwhile_comes_whole(stage, raw, speak) -> None:
    stage.api.on(FILE, raw(part(0, 70_000, status="200 OK"), "close"), speak(200, PNG, {"etag": '"v2"'}))
    made = await attach(stage)
    assert (made.files[0].path.name, made.files[0].path.read_bytes()) == ("output-1.png", PNG)


@pytest.mark.parametrize("etag", ['W/"v1"', "v1", ""])
async def test_without_a_name_for_its_very_bytes_a_file_is_begun_anew(stage, raw, etag) -> None:
    stage.api.on(
        FILE,
        raw(part(0, 70_000, etag=etag, status="200 OK"), "close"),
        raw(part(0, len(MP4), etag=etag, status="200 OK")),
    )
    assert (await attach(stage)).files[0].path.read_bytes() == MP4
    assert asked_parts(stage) == [(None, None), (None, None)]


async def test_the_patience_for_a_download_ends_only_without_progress(stage, raw) -> None:
    stage.api.on(FILE, raw(part(0, 1_000, status="200 OK"), "close"))
    stage.api.scripts[FILE] += [raw(part(at, at + 1_000), "close") for at in range(1_000, 60_000, 1_000)]
    stage.api.scripts[FILE] += [raw(part(60_000, len(MP4)))]
    assert (await attach(stage, limits=Limits(patience=0.6, silence=5))).files[0].path.read_bytes() == MP4


async def test_the_cap_holds_for_a_file_that_comes_in_parts(stage, raw) -> None:
    whole = b'HTTP/1.1 200 OK\r\netag: "v1"\r\ntransfer-encoding: chunked\r\n\r\n'
    chunk = b"10000\r\n" + MP4[:0x10000] + b"\r\n"
    stage.api.on(FILE, raw(whole + chunk * 3, "close"), raw(part(3 * 0x10000, 3 * 0x10000, total=5 * MIB), "close"))
    fault = await fault_of(stage, limits=Limits(download_bytes=2 * MIB))
    assert fault.problems[0].message == "a result has more than 2 MiB, the most that is fetched"


async def test_several_results_are_each_fetched_and_known_by_their_content(stage) -> None:
    clip = stage.api.has_file("/files/a.bin", MP4)
    voice = stage.api.has_file("/files/b.mp4", b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(50))
    still = stage.api.has_file("/files/c", PNG)
    stage.api.has("r1", output={"videos": [clip], "audio": voice, "images": [still]})
    made = await attach(stage)
    assert [(one.kind, one.media_type, one.path.name) for one in made.files] == [
        ("image", "image/png", "output-1.png"),
        ("video", "video/mp4", "output-2.mp4"),
        ("audio", "audio/wav", "output-3.wav"),
    ]


async def test_a_download_that_never_succeeds_keeps_the_request(stage, raw) -> None:
    stage.api.on(FILE, raw(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf", "close"))
    fault = await fault_of(stage)
    assert type(fault) is ReadsFailed
    assert str(fault) == (
        "error: a result can't be fetched: the connection broke within the answer [download-failed]\n"
        f"  help: {KEPT}: run again to pick it up"
    )


async def test_more_than_the_cap_is_not_begun_where_the_length_says_so(stage, speak) -> None:
    stage.api.on(FILE, speak(200, b"", {"content-length": str(3 * 1024 * MIB)}))
    fault = await fault_of(stage)
    assert type(fault) is ResultRefused
    assert str(fault) == (
        "error: a result has more than 2,048 MiB, the most that is fetched [result-too-large]\n"
        f"  help: {KEPT}; fetch it by hand from your account"
    )


async def test_the_cap_holds_for_the_bytes_really_read(stage, raw) -> None:
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    stage.api.on(FILE, raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 40, "hang"))
    fault = await fault_of(stage, limits=Limits(download_bytes=2 * MIB))
    assert fault.problems[0].message == "a result has more than 2 MiB, the most that is fetched"


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_link_that_died_is_asked_for_again_and_nothing_is_submitted(stage, speak, status) -> None:
    stage.api.on(FILE, speak(status, b"<Error>Request has expired</Error>"))
    fresh = stage.api.has_file("/files/r1.mp4?fresh=1", MP4)
    result = "GET /v1/requests/r1/result?include_cost=true"
    stage.api.scripts[result].append(speak(200, {"status": "completed", "output": {"video": fresh}, "cost": 0.5}))
    made = await attach(stage)
    assert (made.cost_usd, made.files[0].path.read_bytes()) == (0.5, MP4)
    assert stage.api.posts() == 0


async def test_a_link_that_stays_dead_is_for_a_person(stage, speak) -> None:
    stage.api.on(FILE, speak(404))
    fault = await fault_of(stage)
    assert type(fault) is AttachLost
    assert str(fault) == (
        "error: request `r1` is completed, but its files can't be fetched any more (HTTP 404) [result-gone]\n"
        "  help: look for it in your account; nothing more is submitted for it until it is settled"
    )
    assert 15 <= stage.time.now < 40
    assert stage.api.targets().count("GET /v1/requests/r1/result?include_cost=true") == stage.api.targets().count(FILE)


async def test_of_several_files_only_the_one_whose_link_died_is_fetched_again(stage, speak) -> None:
    first, second = stage.api.has_file("/files/a.png", PNG), f"{stage.api.origin}/files/b.png"
    stage.api.has("r1", output={"images": [first, second]})
    stage.api.on("GET /files/b.png", speak(403), speak(404), speak(200, PNG))
    made = await attach(stage)
    assert [one.path.name for one in made.files] == ["output-1.png", "output-2.png"]
    files = [target for target in stage.api.targets() if "/files/" in target]
    assert files == ["GET /files/a.png"] + ["GET /files/b.png"] * 3


async def test_what_is_no_media_is_refused_whatever_it_is_called(stage, speak) -> None:
    stage.api.on(FILE, speak(200, b"<html>sign in</html>", {"content-type": "video/mp4"}))
    fault = await fault_of(stage)
    assert type(fault) is ResultRefused
    assert str(fault) == (
        "error: a result is no image, video or audio that is known here: it begins with "
        f"`3c 68 74 6d 6c 3e 73 69 67 6e 20 69 6e 3c 2f 68` [result-no-media]\n"
        f"  help: {KEPT}: run again to fetch it anew"
    )


async def test_a_folder_that_can_not_be_written_keeps_the_request(stage) -> None:
    order = stage.order(request_id="r1")
    order.folder.rmdir()
    async with stage.maker() as maker:
        with pytest.raises(StillRunning) as caught:
            await maker.make(order, stage.diary)
    assert str(caught.value) == (
        f"error: a result can't be written: {os.strerror(errno.ENOENT)} [download-unwritable]\n  help: {KEPT}"
    )
