"""The media engine with hostile and broken sources, limits and cancelling."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace

import pytest

from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.engine import Encoding, Engine, Limits, Source


def failure(begin, order, limits=None):
    async def run():
        maker, diary = begin(Engine(limits or Limits()))
        with pytest.raises(StepFailed) as caught:
            await maker.make(order, diary)
        return caught.value.problems[0]

    problem = asyncio.run(run())
    assert list(order.folder.iterdir()) == []
    return problem


def test_a_truncated_film_fails_and_is_named(begin, film, order, media, tmp_path):
    whole = film("whole.mp4", seconds=3, picture="testsrc", encode=("-movflags", "+faststart")).path.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    problem = failure(begin, order("concat", clips=[film("a.mp4"), media(tmp_path / "cut.mp4")]))
    assert (problem.code, problem.message) == ("media-unreadable", "`clips[1]` (`cut.mp4`) can't be read as video")
    assert problem.hint.startswith("the decoder says: ")


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><body>Not found</body></html>", b"\x00\x00\x00\x20ftypisom" + b"\xff" * 400],
    ids=["empty", "html", "header only"],
)
def test_what_is_no_film_fails_and_is_named(begin, order, media, tmp_path, content):
    (tmp_path / "odd.mp4").write_bytes(content)
    problem = failure(begin, order("caption", video=media(tmp_path / "odd.mp4"), text="Hello"))
    assert str(problem) == (
        "error: `video` (`odd.mp4`) can't be read as video [media-unreadable]\n"
        "  help: the decoder says: moov atom not found"
    )


def test_a_playlist_never_opens_the_files_it_names(begin, film, order, media, tmp_path):
    secret = film("secret.mp4").path
    for name, text in {
        "list.mp4": f"ffconcat version 1.0\nfile '{secret}'\n",
        "hls.mp4": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:{secret}\n#EXT-X-ENDLIST\n",
    }.items():
        (tmp_path / name).write_text(text)
        problem = failure(begin, order("concat", clips=[media(tmp_path / name)]))
        assert (problem.code, problem.message) == ("media-unreadable", f"`clips[0]` (`{name}`) can't be read as video")


def test_sound_without_a_picture_is_no_film(begin, order, media, run_ffmpeg, tmp_path):
    run_ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(tmp_path / "voice.wav"))
    problem = failure(begin, order("concat", clips=[media(tmp_path / "voice.wav")]))
    assert str(problem) == (
        "error: `clips[0]` (`voice.wav`) can't be read as video [media-unreadable]\n  help: it has no picture"
    )


def test_a_picture_of_absurd_size_fails_at_once(begin, order, media, run_ffmpeg, tmp_path):
    source = tmp_path / "huge.mkv"
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=8200x4400:d=0.04", "-c:v", "png", "-pix_fmt", "gray", str(source))
    problem = failure(begin, order("concat", clips=[media(source)]))
    assert problem.message == "`clips[0]` (`huge.mkv`) can't be read as video"


@pytest.mark.parametrize("name", ["-y.mp4", "%03d.mp4", "a:b'c[0:v];d.mp4", "http:..mp4", "ビデオ.mp4", "0f3a"])
def test_names_of_files_are_only_names(film, work, watch, media, tmp_path, name):
    path = film("plain.mp4", seconds=0.2).path.rename(tmp_path / name)
    assert len(watch(work("concat", clips=[media(path)])).times) == 5


def test_cancelling_kills_the_process_and_leaves_nothing_behind(begin, order, media, tmp_path):
    pipe = tmp_path / "endless.mp4"
    os.mkfifo(pipe)
    wanted = order("concat", clips=[media(pipe)])

    async def run() -> int:
        maker, diary = begin()
        making = asyncio.create_task(maker.make(wanted, diary))
        writer = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        return writer

    writer = asyncio.run(run())
    with pytest.raises(BrokenPipeError):
        os.write(writer, b"nobody reads this any more")
    os.close(writer)
    assert list(wanted.folder.iterdir()) == []


def test_cancelling_an_encode_removes_what_it_wrote(begin, film, order):
    wanted = order("concat", clips=[film("a.mp4", seconds=20)], size="3840x2160", fit="crop")

    async def run() -> None:
        maker, diary = begin()
        making = asyncio.create_task(maker.make(wanted, diary))
        await diary.begun.wait()
        assert [path.name for path in wanted.folder.iterdir()] == ["video.mp4"]
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    asyncio.run(run())
    assert list(wanted.folder.iterdir()) == []


def test_a_source_that_never_comes_is_given_up(begin, order, media, tmp_path):
    pipe = tmp_path / "never.mp4"
    os.mkfifo(pipe)
    problem = failure(begin, order("concat", clips=[media(pipe)]), Limits(idle_seconds=0.2))
    assert str(problem) == "error: `clips[0]` (`never.mp4`) made no progress for 0.2 seconds [step-stalled]"


def test_a_result_beyond_its_limit_is_given_up(begin, film, order):
    clip = film("noise.mp4", "640x360", seconds=2, picture="testsrc2", filters="noise=alls=80:allf=t")
    problem = failure(begin, order("concat", clips=[clip]), Limits(output_bytes=20_000))
    assert str(problem) == (
        "error: what `clips[0]` (`noise.mp4`) becomes would be larger than the 20,000 bytes allowed [step-too-large]"
    )


def test_a_report_beyond_its_limit_is_given_up(begin, film, order):
    problem = failure(begin, order("concat", clips=[film("a.mp4")]), Limits(report_bytes=1_000))
    assert str(problem) == "error: `clips[0]` (`a.mp4`) has too many packets to be read [media-too-long]"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a running process")
def test_a_step_that_needs_more_memory_than_it_may_is_given_up(begin, film, order):
    wanted = order("concat", clips=[film("a.mp4", seconds=4)], size="7680x4320", fit="crop")
    problem = failure(begin, wanted, Limits(memory_bytes=200 * 2**20))
    assert (
        str(problem) == "error: `clips[0]` (`a.mp4`) needs more memory than the 209,715,200 bytes allowed [step-memory]"
    )


def test_no_more_processes_run_at_once_than_the_machine_has_places_for(begin, film, order, children):
    clips = [film(f"{name}.mp4", seconds=2) for name in "abc"]

    async def run() -> int:
        maker, diary = begin(Engine(processes=1))
        folders = [clip.path.parent / clip.path.stem for clip in clips]
        orders = [
            replace(order("concat", clips=[clip], size="1280x720"), folder=folder)
            for clip, folder in zip(clips, folders, strict=True)
        ]
        for folder in folders:
            folder.mkdir()
        making = asyncio.gather(*(maker.make(one, diary) for one in orders))
        most = 0
        while not making.done():
            most = max(most, len(children()))
            await asyncio.sleep(0.005)
        assert all((folder / "video.mp4").is_file() for folder in folders)
        return most

    assert asyncio.run(run()) == 1


def test_the_environment_is_not_handed_on(monkeypatch, begin, film, order):
    monkeypatch.setenv("FFREPORT", f"file={order('probe').folder / 'report.log'}:level=48")
    wanted = order("concat", clips=[film("a.mp4", seconds=0.2)])

    async def run() -> None:
        maker, diary = begin()
        await maker.make(wanted, diary)

    before = sorted(wanted.folder.parent.rglob("*.log"))
    asyncio.run(run())
    assert sorted(wanted.folder.parent.rglob("*.log")) == before


def test_a_graph_that_ffmpeg_refuses_names_the_source(film, tmp_path):
    source = Source(film("a.mp4").path, "`video` (`a.mp4`)")
    encoding = Encoding("[0:v:0]no_such_filter[video]", "none", 25, None)
    with pytest.raises(StepFailed) as caught:
        asyncio.run(_encode(source, encoding, tmp_path / "out.mp4"))
    assert caught.value.problems[0].message == "`video` (`a.mp4`) can't be read as video"
    assert str(tmp_path) not in str(caught.value)


async def _encode(source, encoding, output):
    await Engine().encode([source], encoding, output, lambda done: None)
