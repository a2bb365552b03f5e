"""`trim`, `speed` and `loop` on small real films: durations to a frame, sound to the sample."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

GROWING = "format=gray,geq=lum='255*lt(X,4*N+4)'"


def width(film, number):
    """How many pixels of a row are white: 4 for each frame up to this one."""
    row = [film.pixel(number, x, 45)[2] > 128 for x in range(film.size[0])]
    return sum(row)


def pitch(sound, hertz):
    step = 2 * math.cos(2 * math.pi * hertz / 48000)
    before = last = 0.0
    for sample in sound:
        before, last = last, sample + step * last - before
    return math.sqrt(max(0.0, before * before + last * last - step * before * last)) * 2 / len(sound)


def flash_and_click(film, name, at=0.4, **options):
    """A film of a second with a white picture and a click at the same time."""
    click = rf"if(between(t\,{at}\,{at + 0.03})\,sin(2*PI*1000*t)\,0)"
    flash = f"drawbox=color=white:t=fill:enable='between(t,{at},{at + 0.07})'"
    return film(name, filters=flash, sound=f"aevalsrc=exprs={click}:s=48000:d=1", **options)


def onsets(made):
    """When pictures turn white, and when sound begins."""
    white = [made.pixel(number, 80, 45)[2] > 128 for number in range(len(made.pictures))]
    seen = [
        float(time) for place, time in enumerate(made.times) if white[place] and (place == 0 or not white[place - 1])
    ]
    heard, quiet = [], 0
    for place, sample in enumerate(made.sound):
        if abs(sample) > 0.1:
            if quiet > 4000 or not heard:
                heard.append(place / 48000)
            quiet = 0
        else:
            quiet += 1
    return seen, heard


@pytest.mark.parametrize(
    ("given", "first", "count"),
    [
        ({"start": 0.4}, 10, 15),
        ({"end": 0.4}, 0, 10),
        ({"start": 0.2, "end": 0.6}, 5, 10),
        ({"start": 0.2, "seconds": 0.2}, 5, 5),
        ({"start": 0.21, "seconds": 0.001}, 5, 1),
        ({}, 0, 25),
    ],
)
def test_trim_keeps_exactly_the_frames_between(film, work, watch, given, first, count):
    clip = film("a.mp4", picture="color=black", filters=GROWING)
    made = watch(work("trim", video=clip, **given))
    plain = watch(clip.path)
    assert made.times == [Fraction(number, 25) for number in range(count)]
    assert [width(made, number) for number in range(count)] == [
        width(plain, number) for number in range(first, first + count)
    ]


def test_trim_keeps_picture_and_sound_in_step(film, work, watch):
    made = watch(work("trim", video=flash_and_click(film, "a.mp4"), start=0.24))
    (seen,), (heard,) = onsets(made)
    assert abs(seen - 0.16) < 0.001
    assert abs(heard - seen) < 0.02


def test_trim_past_the_end_or_of_nothing_is_an_error(film, refused):
    clip = film("a.mp4")
    assert refused("trim", video=clip, start=0.5, seconds=1) == (
        "error: `trim` would end at 1.5 s, and `video` (`a.mp4`) lasts 1.00 s [past-the-end]\n"
        "  help: leave the end out to take all that is left"
    )
    assert refused("trim", video=clip, start=2) == (
        "error: `trim` would end at 1 s, and starts at 2 s of `video` (`a.mp4`), which lasts 1.00 s [nothing-left]"
    )
    assert refused("trim", video=clip, end=1, seconds=1) == (
        "error: `trim` takes one of `end` and `seconds`, and both are given [step-input]"
    )


@pytest.mark.parametrize(("factor", "count"), [(2, 13), (0.5, 50), (0.3, 83), (5, 5), (1, 25)])
def test_speed_changes_the_length_to_a_frame(film, work, watch, factor, count):
    clip = film("a.mp4", picture="color=black", filters=GROWING, sound="sine=f=440:d=1")
    made = watch(work("speed", video=clip, factor=factor))
    assert made.times == [Fraction(number, 25) for number in range(count)]
    widths = [width(made, number) for number in range(count)]
    assert widths == sorted(widths)
    middle = count // 2
    assert abs(widths[middle] - 4 * (middle * factor + 1)) <= 4 * max(1, factor)
    assert abs(len(made.sound) - count * 1920) < 1100


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_speed_keeps_the_pitch(film, work, watch, factor):
    sound = watch(work("speed", video=film("a.mp4", sound="sine=f=440:d=1"), factor=factor)).sound
    part = sound[2400 : len(sound) - 2400]
    assert pitch(part, 440) > 0.05
    assert pitch(part, 440 * factor) < 0.01


def test_speed_keeps_picture_and_sound_in_step(film, work, watch):
    made = watch(work("speed", video=flash_and_click(film, "a.mp4"), factor=0.5))
    (seen,), (heard,) = onsets(made)
    assert abs(seen - 0.8) < 0.001
    assert abs(heard - seen) < 0.02


def test_speed_can_leave_the_sound_out(film, work, watch):
    assert watch(work("speed", video=film("a.mp4", sound="sine=d=1"), factor=2, audio="none")).sound is None


def test_a_speed_beyond_its_limits_is_an_error(film, refused):
    assert refused("speed", video=film("a.mp4"), factor=11) == (
        "error: `factor` of `speed` must be a number from 0.1 to 10 [step-input]"
    )


@pytest.mark.parametrize(("rate", "seconds"), [("25", 1), ("30000/1001", 0.7), ("24", 0.5)])
def test_loop_repeats_the_whole_clip_to_the_frame(film, work, watch, rate, seconds):
    clip = film("a.mp4", rate=rate, seconds=seconds, picture="color=black", filters=GROWING, encode=("-bf", "2"))
    once = [width(watch(clip.path), number) for number in range(len(watch(clip.path).times))]
    made = watch(work("loop", video=clip, times=3))
    assert [width(made, number) for number in range(len(made.times))] == once * 3
    assert made.times == [number / Fraction(rate) for number in range(len(once) * 3)]


def test_loop_keeps_picture_and_sound_in_step_however_long_the_sound_is(film, work, watch):
    for sound in (0.6, 1.7):
        click = r"if(between(t\,0.4\,0.43)\,sin(2*PI*1000*t)\,0)"
        flash = "drawbox=color=white:t=fill:enable='between(t,0.4,0.47)'"
        clip = film("a.mp4", filters=flash, sound=f"aevalsrc=exprs={click}:s=48000:d={sound}")
        seen, heard = onsets(watch(work("loop", video=clip, times=4)))
        assert [round(time, 3) for time in seen] == [0.4, 1.4, 2.4, 3.4]
        assert len(heard) == 4
        assert all(abs(one - other) < 0.02 for one, other in zip(seen, heard, strict=True))


def test_loop_up_to_a_length_cuts_the_last_repetition(film, work, watch):
    made = watch(work("loop", video=film("a.mp4", seconds=0.4, sound="sine=d=0.4"), seconds=1))
    assert len(made.times) == 25
    assert abs(len(made.sound) - 48000) < 1100


def test_loop_to_less_than_the_clip_is_its_beginning(film, work, watch):
    assert len(watch(work("loop", video=film("a.mp4"), seconds=0.2)).times) == 5


def test_loop_without_an_end_or_too_long_is_an_error(film, refused):
    clip = film("a.mp4")
    assert refused("loop", video=clip) == "error: `loop` needs `times` or `seconds` [step-input]"
    assert refused("loop", video=film("b.mp4", seconds=10), times=1000) == (
        "error: `video` (`b.mp4`) repeated would last 10000 s, the most is 3600 s [step-too-large]"
    )


@pytest.mark.parametrize(
    "given", [{"made_by": "trim", "end": 0.5}, {"made_by": "speed", "factor": 1.5}, {"made_by": "loop", "times": 2}]
)
def test_the_same_order_gives_the_same_bytes(film, work, given):
    clip = film("a.mp4", picture="testsrc", sound="sine=d=1", seconds=0.6)
    assert len({work(video=clip, **given).read_bytes() for _ in range(2)}) == 1
