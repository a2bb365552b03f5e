"""Transitions of `concat` on small real films: lengths, pixels in the middle of them, and sound."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

RED, BLUE, LIME, BLACK, WHITE = (255, 0, 0), (0, 0, 255), (0, 255, 0), (0, 0, 0), (255, 255, 255)


def near(one, other, by=14):
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def loud(sound, start, end):
    part = sound[round(start * 48000) : round(end * 48000)]
    return math.sqrt(sum(sample * sample for sample in part) / len(part))


def pitch(sound, hertz):
    step = 2 * math.cos(2 * math.pi * hertz / 48000)
    before = last = 0.0
    for sample in sound:
        before, last = last, sample + step * last - before
    return math.sqrt(max(0.0, before * before + last * last - step * before * last)) * 2 / len(sound)


def test_a_crossfade_shows_both_clips_and_makes_the_result_shorter_by_its_length(film, work, watch):
    clips = [film("a.mp4"), film("b.mp4", picture="color=blue"), film("c.mp4", picture="color=lime")]
    made = watch(work("concat", clips=clips, transition="crossfade", seconds=0.4))
    assert made.times == [Fraction(number, 25) for number in range(75 - 20)]
    for number, colour in {0: RED, 14: RED, 25: BLUE, 29: BLUE, 40: LIME, 54: LIME}.items():
        assert near(made.pixel(number, 80, 45), colour)
    reds = [made.pixel(number, 80, 45)[0] for number in range(15, 25)]
    assert reds == sorted(reds, reverse=True)
    assert near(made.pixel(20, 80, 45), (128, 0, 127))


@pytest.mark.parametrize(("transition", "colour"), [("black", BLACK), ("white", WHITE)])
def test_a_transition_can_go_through_a_colour(film, work, watch, transition, colour):
    clips = [film("a.mp4"), film("b.mp4", picture="color=blue")]
    made = watch(work("concat", clips=clips, transition=transition, seconds=0.4))
    assert near(made.pixel(20, 80, 45), colour)
    assert len(made.times) == 40


@pytest.mark.parametrize("transition", ["wipe", "slide"])
def test_a_wipe_or_slide_comes_from_the_right(film, work, watch, transition):
    clips = [film("a.mp4"), film("b.mp4", picture="color=blue")]
    made = watch(work("concat", clips=clips, transition=transition, seconds=0.4))
    assert near(made.pixel(20, 20, 45), RED)
    assert near(made.pixel(20, 140, 45), BLUE)


@pytest.mark.parametrize("rates", [("30000/1001", "25", "24"), ("24", "50", "30"), ("24000/1001", "30", "25")])
def test_lengths_are_right_to_a_frame_whatever_the_frame_rates(film, work, watch, rates):
    clips = [film(f"{number}.mp4", rate=rate, seconds=1.2) for number, rate in enumerate(rates)]
    made = watch(work("concat", clips=clips, transition="crossfade", seconds=0.3))
    rate = Fraction(rates[0])
    own = [math.floor(Fraction(len(watch(clip.path).times)) / Fraction(one) * rate + Fraction(1, 2))
           for clip, one in zip(clips, rates, strict=True)]  # fmt: skip
    assert len(made.times) == sum(own) - 2 * math.floor(Fraction("0.3") * rate + Fraction(1, 2))


def test_sound_fades_over_in_step_with_the_picture(film, work, watch):
    clips = [film("a.mp4", sound="sine=f=440:d=1"), film("b.mp4", picture="color=blue", sound="sine=f=1000:d=1")]
    sound = watch(work("concat", clips=clips, transition="crossfade", seconds=0.4)).sound
    assert abs(len(sound) / 48000 - 1.6) < 0.03
    assert pitch(sound[2400:26400], 440) > 0.05
    assert pitch(sound[2400:26400], 1000) < 0.005
    assert pitch(sound[36000:40800], 440) > 0.02
    assert pitch(sound[36000:40800], 1000) > 0.02
    assert pitch(sound[50400:74400], 440) < 0.005


def test_sound_stays_within_20_ms_of_its_picture_after_many_transitions(film, work, watch):
    clips = []
    for number in range(6):
        click = r"if(between(t\,0.6\,0.63)\,sin(2*PI*1000*t)\,0)"
        flash = "drawbox=color=white:t=fill:enable='between(t,0.599,0.67)'"
        rate = ("30000/1001", "25")[number % 2]
        clips.append(film(f"{number}.mp4", rate=rate, filters=flash, sound=f"aevalsrc=exprs={click}:s=44100:d=1"))
    made = watch(work("concat", clips=clips, transition="crossfade", seconds=0.2))
    white = [made.pixel(number, 80, 45)[2] > 128 for number in range(len(made.times))]
    seen = [float(made.times[place]) for place in range(1, len(white)) if white[place] and not white[place - 1]]
    heard = [
        place / 48000
        for place, sample in enumerate(made.sound)
        if abs(sample) > 0.1 and max(map(abs, made.sound[max(0, place - 4800) : place]), default=0) <= 0.1
    ]
    assert len(seen) == len(heard) == 6
    assert all(abs(one - other) < 0.036 for one, other in zip(seen, heard, strict=True))


def test_half_a_second_when_no_length_is_given(film, work, watch):
    clips = [film("a.mp4"), film("b.mp4")]
    assert len(watch(work("concat", clips=clips, transition="crossfade")).times) == 50 - 13


def test_one_clip_has_no_transition(film, work):
    clip = film("a.mp4", picture="testsrc")
    assert work("concat", clips=[clip], transition="black").read_bytes() == work("concat", clips=[clip]).read_bytes()


def test_cut_is_what_it_is_without_transition(film, work):
    clips = [film("a.mp4", picture="testsrc"), film("b.mp4")]
    assert work("concat", clips=clips, transition="cut").read_bytes() == work("concat", clips=clips).read_bytes()


def test_a_clip_too_short_for_its_transitions_is_an_error_that_names_it(film, refused):
    clips = [film("a.mp4"), film("b.mp4", seconds=0.4), film("c.mp4")]
    assert refused("concat", clips=clips, transition="crossfade", seconds=0.4) == (
        "error: `clips[1]` (`b.mp4`) lasts 0.40 s, too short for 2 transitions of 0.4 s [clip-too-short]\n"
        "  help: lower `seconds`, or say `transition: cut`"
    )
    assert refused("concat", clips=clips[:2], transition="wipe", seconds=0.6) == (
        "error: `clips[1]` (`b.mp4`) lasts 0.40 s, too short for a transition of 0.6 s [clip-too-short]\n"
        "  help: lower `seconds`, or say `transition: cut`"
    )


def test_a_length_without_a_transition_is_an_error(film, refused):
    assert refused("concat", clips=[film("a.mp4")], seconds=1) == (
        "error: `seconds` of `concat` is the length of a transition, and `transition` is `cut` [step-input]\n"
        "  help: say `transition: crossfade`"
    )


def test_the_same_transitions_give_the_same_bytes(film, work):
    clips = [film("a.mp4", picture="testsrc", sound="sine=d=1"), film("b.mp4", rate="30")]
    assert len({work("concat", clips=clips, transition="crossfade").read_bytes() for _ in range(2)}) == 1
