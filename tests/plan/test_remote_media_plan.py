"""Remote media in a pipeline: what is pinned of an address stands for its bytes; a plan asks no network."""

from __future__ import annotations

import json

import pytest

from callsheet.media.info import MediaInfo
from callsheet.media.memory import Pins

URL = "https://media.example/art/a.png?X-Signature=canary-51c"
BODY = f'nodes: {{hero: {{intent: default, input: {{image: "{URL}", prompt: Slow dolly in.}}}}}}\n'
DIGEST = "ab" * 32


def pin(project, url: str = URL, **facts) -> None:
    (project.folder / ".callsheet").mkdir(exist_ok=True)
    known = {"kind": "image", "media_type": "image/png", "bytes": 900, "sha256": DIGEST, "width": 400, "height": 400}
    Pins(project.folder / ".callsheet" / "remote.json").pin({url: MediaInfo(**known | facts)}, "2026-01-02T03:04:05Z")


def test_an_address_that_is_not_pinned_has_no_key_and_says_so(project, pipeline) -> None:
    hero = project.write(pipeline(BODY)).plan()["hero"]
    assert hero["key"] is None
    assert hero["input"]["image_url"] == {"url": "https://media.example/art/a.png", "sha256": None}
    assert hero["warnings"] == [
        "`image_url`: `https://media.example/art/a.png` is unpinned: a run fetches and checks it before anything is spent"
    ]


def test_a_plan_writes_nothing_and_fetches_nothing(project, pipeline) -> None:
    project.write(pipeline(BODY)).plan()
    assert [path.name for path in project.folder.iterdir()] == ["pipeline.yaml"]


def test_the_pinned_digest_stands_for_the_bytes(project, pipeline, png) -> None:
    pin(project)
    hero = project.write(pipeline(BODY)).plan()["hero"]
    assert hero["input"]["image_url"] == {"url": "https://media.example/art/a.png", "sha256": DIGEST}
    assert hero["warnings"] == []
    pin(project, sha256="cd" * 32)
    assert project.plan()["hero"]["key"] not in (None, hero["key"])


def test_the_key_is_that_of_the_bytes_wherever_they_come_from(project, pipeline, png) -> None:
    project.write(pipeline(BODY.replace(URL, "a.png"))).write({"a.png": png})
    local = project.plan()["hero"]
    pin(project, sha256=local["input"]["image_url"]["sha256"])
    assert project.write(pipeline(BODY)).plan()["hero"]["key"] == local["key"]


def test_pinned_facts_are_checked_like_those_of_a_file(project, pipeline) -> None:
    pin(project, width=200, height=200)
    project.write(pipeline(BODY))
    assert (
        "takes 300 px a side or more, and `https://media.example/art/a.png` is 200x200 [media-pixels]"
        in project.refusal()
    )


def test_pinned_media_of_another_kind_is_refused(project, pipeline) -> None:
    pin(project, kind="audio", media_type="audio/wav", width=None, height=None, seconds=4.0)
    project.write(pipeline(BODY))
    assert (
        "`image_url` takes image, and `https://media.example/art/a.png` is audio (audio/wav) [wrong-media]"
    ) in project.refusal()


def test_the_voice_of_a_pinned_address_has_its_length(project, pipeline) -> None:
    url = "https://media.example/voice.wav"
    body = f'nodes: {{talk: {{intent: lip-sync, input: {{prompt: x, audio: "{url}", duration: match-audio}}}}}}\n'
    unpinned = project.write(pipeline(body)).plan()["talk"]
    assert (unpinned["key"], unpinned["input"]["duration"]) == (None, {"match_audio": "audio_url"})
    pin(project, url, kind="audio", media_type="audio/wav", width=None, height=None, seconds=4.2)
    assert project.plan()["talk"]["input"]["duration"] == 5


def test_pins_hold_no_query_in_clear(project) -> None:
    pin(project)
    text = project.read(".callsheet/remote.json")
    assert "canary" not in text
    (row,) = json.loads(text)["addresses"].values()
    assert (row["address"], row["fetched"]) == ("https://media.example/art/a.png", "2026-01-02T03:04:05Z")


def test_another_query_is_another_address(project, pipeline) -> None:
    pin(project)
    assert project.write(pipeline(BODY.replace("canary-51c", "canary-52c"))).plan()["hero"]["key"] is None


def test_a_broken_memory_is_no_memory(project, pipeline) -> None:
    pin(project)
    project.write(pipeline(BODY))
    for text in (
        "",
        "{",
        "[]",
        '{"version": 9, "addresses": {}}',
        project.read(".callsheet/remote.json").replace('"image"', '"x"'),
    ):
        project.write({".callsheet/remote.json": text})
        assert project.plan()["hero"]["key"] is None


def test_an_offline_run_refuses_what_is_not_pinned_and_shows_no_query(project, pipeline) -> None:
    project.write(pipeline(BODY))
    finished = project.run("run", "pipeline.yaml", "--simulate", "--offline")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "pipeline.yaml:5:9: error: hero: `https://media.example/art/a.png` is unpinned, and without a network it can't be fetched [unpinned]\n"
        '  5 | nodes: {hero: {intent: default, input: {image: "https://media.example/art/a.png?**********************", prompt: Slow dolly in.}}}\n'
        "    |         ^^^^\n"
        "  help: run once without `--offline`, or keep the file beside the pipeline and write its path\n"
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "169.254.169.254"])
def test_a_run_reaches_into_no_private_network_and_submits_nothing(project, pipeline, provider, host) -> None:
    one = provider()
    project.write(pipeline(BODY.replace("media.example", host)))
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 65
    assert "is on a private network, which a pipeline may not reach into [private-address]" in finished.stderr
    assert "canary" not in finished.stderr
    assert one.calls == []


def test_what_is_sent_is_the_address_itself(project, pipeline, provider) -> None:
    one = provider()
    pin(project)
    project.write(pipeline(BODY))
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    assert [submit["body"]["image_url"] for submit in one.submits] == [URL]
    written = [path for path in project.folder.rglob("*") if path.is_file() and path.name != "pipeline.yaml"]
    assert [path.name for path in written if b"canary-51c" in path.read_bytes()] == []
    assert "canary-51c" not in finished.stdout + finished.stderr


def test_a_step_takes_no_address(project, pipeline) -> None:
    project.write(pipeline(f'nodes: {{reel: {{step: concat, input: {{clips: ["{URL}"]}}}}}}\n'))
    assert (
        "`clips` takes a file of this machine: steps work here, and fetch nothing [address-in-step]"
    ) in project.refusal()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://me:pw@media.example/a.png", "an address with a user name or password in it can't be used"),
        ("https://", "this is no address that media can be fetched from"),
        ("https://media.example/a b.png", "this is no address that media can be fetched from"),
        ("https://[::1/a.png", "this is no address that media can be fetched from"),
        ("https://media.example\\\\@evil.example/a.png", "this is no address that media can be fetched from"),
    ],
)
def test_an_address_that_cant_be_one_is_refused(project, pipeline, address, why) -> None:
    project.write(pipeline(BODY.replace(URL, address)))
    assert why in project.refusal()
