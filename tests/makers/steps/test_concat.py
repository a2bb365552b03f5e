"""`concat` on small real films: lengths to a frame, pixels where they belong, sound in step."""

from __future__ import annotations

import asyncio
import math
from fractions import Fraction

import pytest

from callsheet.makers.maker import Order
from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.table import StepMaker
from callsheet.problems import CallsheetError

RED, BLUE, LIME, BLACK = (255, 0, 0), (0, 0, 255), (0, 255, 0), (0, 0, 0)
HALVES = "drawbox=x=0:y=0:w=iw/2:h=ih:color=blue:t=fill"


def near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def loud(sound: list[float], start: float, end: float) -> float:
    part = sound[round(start * 48000) : round(end * 48000)]
    return math.sqrt(sum(sample * sample for sample in part) / len(part))


def pitch(sound: list[float], hertz: float) -> float:
    """How strong a pitch is in a sound (Goertzel)."""
    step = 2 * math.cos(2 * math.pi * hertz / 48000)
    before = last = 0.0
    for sample in sound:
        before, last = last, sample + step * last - before
    return math.sqrt(max(0.0, before * before + last * last - step * before * last)) * 2 / len(sound)


def failure(order: Order) -> CallsheetError:
    with pytest.raises(StepFailed) as caught:
        asyncio.run(StepMaker().make(order, None))
    assert list(order.folder.iterdir()) == []
    return caught.value


def test_lengths_are_right_to_a_frame_whatever_the_frame_rates(film, work, watch):
    clips = [
        film("a.mp4", rate="25", seconds=1),
        film("b.mp4", rate="30000/1001", seconds=2, picture="color=blue"),
        film("c.mp4", rate="24", seconds=0.5, picture="color=lime"),
    ]
    made = watch(work("concat", clips=clips))
    assert made.times == [Fraction(number, 25) for number in range(25 + 50 + 13)]
    assert made.rate == 25
    for number, colour in {0: RED, 24: RED, 25: BLUE, 74: BLUE, 75: LIME, 87: LIME}.items():
        assert near(made.pixel(number, 80, 45), colour)
    assert made.sound is None


def test_the_first_clip_decides_size_and_frame_rate(film, work, watch):
    made = watch(work("concat", clips=[film("a.mp4", "160x90", "30"), film("b.mp4", "320x180", "25")]))
    assert (made.size, made.rate, len(made.times)) == ((160, 90), 30, 60)


def test_size_and_frame_rate_can_be_given(film, work, watch):
    made = watch(work("concat", clips=[film("a.mp4", "160x90", "25")], size="120x120", fps=23.976, fit="crop"))
    assert (made.size, made.rate, len(made.times)) == ((120, 120), Fraction(24000, 1001), 24)


def test_pad_adds_black_bars_and_keeps_the_whole_picture(film, work, watch):
    clips = [film("a.mp4", "160x90", seconds=0.2), film("b.mp4", "90x160", seconds=0.2, filters=HALVES)]
    made = watch(work("concat", clips=clips, fit="pad"))
    assert made.size == (160, 90)
    row = [made.pixel(6, x, 45) for x in (4, 50, 70, 90, 110, 155)]
    for found, wanted in zip(row, (BLACK, BLACK, BLUE, RED, BLACK, BLACK), strict=True):
        assert near(found, wanted)


def test_crop_fills_the_frame_and_cuts_the_edges_evenly(film, work, watch):
    stripes = "drawbox=x=0:y=0:w=iw/4:h=ih:color=lime:t=fill,drawbox=x=iw*3/4:y=0:w=iw/4:h=ih:color=blue:t=fill"
    clips = [film("a.mp4", "80x160", seconds=0.2), film("b.mp4", "160x80", seconds=0.2, filters=stripes)]
    made = watch(work("concat", clips=clips, fit="crop"))
    assert made.size == (80, 160)
    for x, y in ((2, 2), (77, 2), (2, 157), (77, 157), (40, 80)):
        assert near(made.pixel(6, x, y), RED)


def test_a_clip_of_another_shape_is_an_error_that_names_both_sizes(film, order):
    wanted = order("concat", clips=[film("a.mp4", "160x90"), film("b.mp4", "90x160")])
    assert str(failure(wanted)) == (
        "error: `clips[1]` (`b.mp4`) is 90x160, but `clips[0]` (`a.mp4`) makes the frame 160x90 [size-mismatch]\n"
        "  help: say `fit: pad` for black bars or `fit: crop` to cut its edges"
    )


def test_a_clip_of_another_shape_than_the_given_size_is_an_error(film, order):
    assert str(failure(order("concat", clips=[film("a.mp4", "160x90")], size="100x100"))) == (
        "error: `clips[0]` (`a.mp4`) is 160x90, but `size` makes the frame 100x100 [size-mismatch]\n"
        "  help: say `fit: pad` for black bars or `fit: crop` to cut its edges"
    )


def test_a_size_in_odd_numbers_is_an_error(film, order):
    assert str(failure(order("concat", clips=[film("a.mp4")], size="161x90"))) == (
        "error: `size` of `concat` must be WxH in even numbers from 16 to 8192, not `161x90` [step-input]"
    )


def test_a_first_clip_of_odd_size_gives_an_even_frame(film, work, watch):
    odd = film("a.mp4", "161x91", encode=("-pix_fmt", "yuv444p"), seconds=0.2)
    assert watch(work("concat", clips=[odd])).size == (160, 90)


def test_a_rotated_clip_is_joined_upright(film, work, watch, run_ffmpeg, media, tmp_path):
    lying = film("lying.mp4", "160x90", seconds=0.2, filters=HALVES)
    run_ffmpeg("-display_rotation", "-90", "-i", str(lying.path), "-c", "copy", str(tmp_path / "upright.mp4"))
    made = watch(work("concat", clips=[media(tmp_path / "upright.mp4")]))
    assert made.size == (90, 160)
    assert near(made.pixel(0, 45, 20), BLUE)
    assert near(made.pixel(0, 45, 140), RED)


def test_pixels_that_are_not_square_become_square(film, work, watch):
    made = watch(work("concat", clips=[film("a.mp4", "160x90", seconds=0.2, filters="setsar=2/1")]))
    assert made.size == (320, 90)


def test_sound_stays_within_20_ms_of_its_picture_over_mixed_clips(film, work, watch):
    kinds = [
        ("25", 1.0, "44100:c=mono"),
        ("30000/1001", 1.37, "48000"),
        ("24", 0.9, "22050:c=5.1"),
        ("50", 0.73, "32000"),
    ]
    clips = []
    for number, (rate, seconds, samples) in enumerate(kinds * 2):
        at = math.ceil(Fraction("0.4") * Fraction(rate)) / Fraction(rate)
        click = rf"if(between(t\,{float(at)}\,{float(at) + 0.03})\,sin(2*PI*1000*t)\,0)"
        flash = "drawbox=color=white:t=fill:enable='between(t,0.4,0.48)'"
        voices = "|".join([click] * (6 if "5.1" in samples else 1))
        sound = f"aevalsrc=exprs={voices}:s={samples}:d={seconds}"
        clips.append(film(f"{number}.mp4", rate=rate, seconds=seconds, filters=flash, sound=sound))
    made = watch(work("concat", clips=clips))
    white = [made.pixel(number, 80, 45)[2] > 128 for number in range(len(made.pictures))]
    flashes = [
        float(time) for time, now, before in zip(made.times[1:], white[1:], white, strict=False) if now and not before
    ]
    clicks = [
        place / 48000
        for place, sample in enumerate(made.sound)
        if abs(sample) > 0.1 and max(map(abs, made.sound[max(0, place - 4800) : place]), default=0) <= 0.1
    ]
    assert len(flashes) == len(clicks) == 8
    assert all(abs(seen - heard) < 0.02 for seen, heard in zip(flashes, clicks, strict=True))


def test_sound_that_begins_after_its_picture_stays_there(film, work, watch, run_ffmpeg, media, tmp_path):
    silent, tone = film("silent.mp4"), film("tone.mp4", sound="sine=f=440:d=0.5")
    late = tmp_path / "late.mp4"
    inputs = ("-i", str(silent.path), "-itsoffset", "0.3", "-i", str(tone.path))
    run_ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy", str(late))
    sound = watch(work("concat", clips=[silent, media(late)])).sound
    onset = next(place for place, sample in enumerate(sound) if abs(sample) > 0.03) / 48000
    assert abs(onset - 1.3) < 0.02


def test_a_clip_without_sound_is_silent_between_clips_that_have_it(film, work, watch):
    tone = "sine=f=440:d=1"
    clips = [film("a.mp4", sound=tone), film("b.mp4"), film("c.mp4", sound=tone)]
    sound = watch(work("concat", clips=clips)).sound
    assert loud(sound, 0.1, 0.9) > 0.05
    assert loud(sound, 1.05, 1.95) < 0.001
    assert loud(sound, 2.1, 2.9) > 0.05


def test_sound_longer_than_its_picture_is_cut_and_shorter_sound_is_followed_by_silence(film, work, watch):
    clips = [film("a.mp4", sound="sine=f=440:d=3"), film("b.mp4", sound="sine=f=880:d=0.4")]
    sound = watch(work("concat", clips=clips)).sound
    assert pitch(sound[48000 + 2400 : 48000 + 16800], 440) < 0.005
    assert pitch(sound[48000 + 2400 : 48000 + 16800], 880) > 0.05
    assert loud(sound, 1.5, 1.95) < 0.001
    assert abs(len(sound) / 48000 - 2) < 0.03


def test_none_leaves_the_sound_out(film, work, watch):
    assert watch(work("concat", clips=[film("a.mp4", sound="sine=d=1")], audio="none")).sound is None


@pytest.mark.parametrize(("audio", "second_is_heard"), [("first", False), ("mix", True)])
def test_first_plays_one_track_of_a_clip_and_mix_plays_all(
    film, work, watch, run_ffmpeg, media, tmp_path, audio, second_is_heard
):
    one, two = film("one.mp4", sound="sine=f=440:d=1"), film("two.mp4", sound="sine=f=1000:d=1")
    both = tmp_path / "both.mp4"
    run_ffmpeg("-i", str(one.path), "-i", str(two.path), "-map", "0", "-map", "1:a", "-c", "copy", str(both))
    sound = watch(work("concat", clips=[media(both)], audio=audio)).sound
    assert pitch(sound[4800:43200], 440) > 0.05
    assert (pitch(sound[4800:43200], 1000) > 0.05) is second_is_heard


def test_the_same_clips_give_the_same_bytes(film, work):
    clips = [
        film("a.mp4", sound="sine=d=1"),
        film("b.mp4", "90x160", rate="30", picture="testsrc", sound="sine=d=1:r=48000"),
    ]
    once, again = (work("concat", clips=clips, fit="crop").read_bytes() for _ in range(2))
    assert once == again
    assert str(clips[0].path.parent).encode() not in once


def test_clips_must_be_videos_on_this_disk(film, order, media, tmp_path):
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    assert str(failure(order("concat", clips=[film("a.mp4"), media(tmp_path / "logo.png", "image")]))) == (
        "error: `clips[1]` (`logo.png`) is an image, not video [step-input]"
    )
    assert str(failure(order("concat", clips=[]))) == (
        "error: `clips` of `concat` needs at least one video [step-input]"
    )
    assert str(failure(order("concat", clips=["a.mp4"]))) == "error: `clips` of `concat` must be video [step-input]"


def test_a_step_that_does_not_exist_offers_the_nearest(order):
    assert str(failure(order("concatt"))) == (
        "error: there is no step `concatt` [unknown-step]\n  help: did you mean `concat`?"
    )
