"""`caption` with timed lines and as a sidecar, and the cues that both are made of."""

from __future__ import annotations

import asyncio

import pytest
from PIL import ImageChops

from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.cues import Cue, wrapped, written
from callsheet.makers.steps.table import StepMaker

LINES = [
    {"start": 0.2, "end": 0.6, "text": "One"},
    {"start": 0.6, "end": 0.8, "text": "朝の光"},
    {"start": 0.84, "end": 1, "text": "ضوء الصباح"},
]


def failure(order):
    with pytest.raises(StepFailed) as caught:
        asyncio.run(StepMaker().make(order, None))
    assert list(order.folder.iterdir()) == []
    return str(caught.value)


def shown(made, plain):
    """For each picture, the width of what is drawn on it; 0 where nothing is."""
    widths = []
    for after, before in zip(made.pictures, plain.pictures, strict=True):
        difference = ImageChops.difference(after, before).convert("L")
        box = difference.point([255 if value > 40 else 0 for value in range(256)]).getbbox()
        widths.append(0 if box is None else box[2] - box[0])
    return widths


def test_each_line_comes_and_goes_on_the_frame_it_is_told_to(film, made, watch):
    clip = film("a.mp4", "320x180", seconds=1.2, picture="color=orange", sound="sine=d=1.2")
    (file,) = made("caption", video=clip, lines=LINES)
    after, before = watch(file.path), watch(clip.path)
    widths = shown(after, before)
    assert [bool(width) for width in widths] == [
        0.2 <= time < 0.8 or 0.84 <= time < 1 for time in (number / 25 for number in range(30))
    ]
    assert len({widths[6], widths[16], widths[22]}) == 3
    assert (after.times, after.sound) == (before.times, before.sound)


def test_timed_lines_give_the_same_bytes_every_time(film, made):
    clip = film("a.mp4", "320x180", seconds=1, picture="testsrc")
    once, again = (made("caption", video=clip, lines=LINES)[0].path.read_bytes() for _ in range(2))
    assert once == again


def test_a_line_alone_looks_as_the_same_text_without_times(film, made, watch):
    clip = film("a.mp4", "320x180", seconds=0.4, picture="color=orange")
    timed = made("caption", video=clip, lines=[{"start": 0, "end": 9, "text": "Hello"}])[0]
    throughout = made("caption", video=clip, text="Hello")[0]
    assert timed.path.read_bytes() == throughout.path.read_bytes()


def test_a_sidecar_leaves_the_clip_as_it_is_and_stands_beside_it(film, made):
    clip = film("a.mp4", seconds=1.2)
    video, subtitles = made("caption", video=clip, lines=LINES, sidecar="srt")
    assert video.path.read_bytes() == clip.path.read_bytes()
    assert (subtitles.kind, subtitles.media_type, subtitles.path.name) == ("data", "application/x-subrip", "data.srt")
    assert subtitles.path.read_text(encoding="utf-8") == (
        "1\n00:00:00,200 --> 00:00:00,600\nOne\n\n"
        "2\n00:00:00,600 --> 00:00:00,800\n朝の光\n\n"
        "3\n00:00:00,840 --> 00:00:01,000\n\u200fضوء الصباح\u200f\n"
    )


def test_one_text_as_webvtt_lasts_as_long_as_the_clip(film, made):
    _, subtitles = made("caption", video=film("a.mp4", seconds=1.2), text="Salt & <light>", sidecar="vtt")
    assert (subtitles.media_type, subtitles.path.read_text()) == (
        "text/vtt",
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.200\nSalt &amp; &lt;light&gt;\n",
    )


def test_a_sidecar_of_a_film_that_is_none_leaves_nothing(order, media, tmp_path):
    (tmp_path / "odd.mp4").write_bytes(b"no film")
    wanted = order("caption", video=media(tmp_path / "odd.mp4"), text="Hello", sidecar="vtt")
    assert failure(wanted).startswith("error: `video` (`odd.mp4`) can't be read as video [media-unreadable]")


def test_times_go_beyond_an_hour():
    assert written([Cue("x", 3661.5, 3662, "")], "vtt", "en", 9) == "WEBVTT\n\n1\n01:01:01.500 --> 01:01:02.000\nx\n"


def test_nothing_in_a_subtitle_is_markup_and_no_empty_line_ends_it_early():
    cues = [Cue("<b>a</b>\n\n{\\an8}b --> c", 0, 1, "")]
    assert written(cues, "srt", "en", 9) == (
        "1\n00:00:00,000 --> 00:00:01,000\n<\u2060b>a<\u2060/b>\n{\u2060\\an8}b --\u2060> c\n"
    )


@pytest.mark.parametrize(
    ("text", "language", "lines"),
    [
        ("Light that stays with you, from the first ray to the last.", "en", [26, 31]),
        ("朝の光を、ひと瓶に。オーロラが肌に残す、いちばん静かな輝き。", "ja", [15, 15]),
        ("아침의 빛을 한 병에, 피부에 남는 가장 고요한 반짝임", "ko", [16, 13]),
    ],
    ids=["english", "japanese", "korean"],
)
def test_a_subtitle_is_wrapped_to_what_is_read_in_one_line(text, language, lines):
    assert [len(line) for line in wrapped(text, language)] == lines


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "`caption` needs `text` or `lines`, and one of them only [step-input]"),
        (
            [{"start": 0, "end": 1, "text": "a"}, {"start": 0.5, "end": 2, "text": "b"}],
            "`lines[1]` of `caption` begins at 0.5 s, before `lines[0]` ends [lines-overlap]\n"
            "  help: let it begin at 1 s or later",
        ),
        (
            [{"start": 1, "end": 1, "text": "a"}],
            "`lines[0]` of `caption` needs `start` and `end` in seconds, the end after the start, and a `text` "
            "[step-input]",
        ),
        ([{"start": 0, "end": 1, "text": "\u202e "}], "`lines[0]` of `caption` is empty [caption-empty]"),
        (
            [{"start": 0, "end": 1, "text": "a😀"}],
            "`lines[0]` of `caption` has characters that no font here can draw: `😀` (U+1F600) [missing-glyphs]\n"
            "  help: captions are drawn in Latin, Greek, Cyrillic, Devanagari, Arabic, Chinese, Japanese and Korean",
        ),
    ],
    ids=["none", "overlap", "no time", "empty", "glyph"],
)
def test_lines_that_can_not_be_shown_are_errors_that_name_them(film, order, lines, message):
    assert failure(order("caption", video=film("a.mp4", seconds=0.2), lines=lines)) == f"error: {message}"


def test_text_and_lines_together_are_an_error(film, order):
    wanted = order("caption", video=film("a.mp4", seconds=0.2), lines=LINES, text="Hello")
    assert failure(wanted) == "error: `caption` needs `text` or `lines`, and one of them only [step-input]"


def test_cancelling_removes_the_film_and_the_pictures_of_its_lines(begin, film, order):
    wanted = order("caption", video=film("a.mp4", "1280x720", seconds=20, picture="testsrc2"), lines=LINES)

    async def run() -> None:
        maker, diary = begin()
        making = asyncio.create_task(maker.make(wanted, diary))
        await diary.begun.wait()
        names = sorted(path.name for path in wanted.folder.iterdir())
        assert names == ["caption-0.png", "caption-1.png", "caption-2.png", "video.mp4"]
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    asyncio.run(run())
    assert list(wanted.folder.iterdir()) == []
