"""`replace_audio`, `mix_audio`, `split_audio` and `loudness` on small real sounds: lengths, times and levels measured."""

from __future__ import annotations

import asyncio
import math
import re
import subprocess
import wave
from array import array
from pathlib import Path

import av
import pytest

from callsheet.makers.maker import MediaFile
from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.mix_audio import Ducking, ducked
from callsheet.makers.steps.table import StepMaker

RATE = 48_000


def write(path: Path, samples: list[float], rate: int = RATE, channels: int = 1) -> Path:
    values = array("h", [round(max(-1.0, min(1.0, one)) * 32767) for one in samples for _ in range(channels)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(values.tobytes())
    return path


def tone(seconds: float, level: float = 0.25, pitch: float = 440, rate: int = RATE) -> list[float]:
    return [level * math.sin(2 * math.pi * pitch * place / rate) for place in range(round(seconds * rate))]


def silence(seconds: float, rate: int = RATE) -> list[float]:
    return [0.0] * round(seconds * rate)


def speech(*parts: float, rate: int = RATE) -> list[float]:
    """Tones and pauses in turns, of these lengths in seconds."""
    return [
        one for n, part in enumerate(parts) for one in (tone(part, rate=rate) if n % 2 == 0 else silence(part, rate))
    ]


def samples_of(path: Path) -> list[float]:
    with wave.open(str(path)) as file:
        values = array("h", file.readframes(file.getnframes()))
        return [one / 32767 for one in values[:: file.getnchannels()]]


def level(samples: list[float], start: float, end: float) -> float:
    """dB of the RMS between two times."""
    part = samples[round(start * RATE) : round(end * RATE)]
    return 10 * math.log10(sum(one * one for one in part) / len(part) + 1e-12)


def measured(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, as ffmpeg's own meter reads them from the finished file."""
    binary = next((Path(av.__file__).parent.parent / "imageio_ffmpeg" / "binaries").glob("ffmpeg-*"))
    arguments = [
        "-hide_banner",
        "-nostdin",
        "-i",
        str(path),
        "-af",
        "ebur128=peak=true:framelog=quiet",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run([binary, *arguments], capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(\S+) dBFS", said)[-1])


def failure(order) -> str:
    with pytest.raises(StepFailed) as caught:
        asyncio.run(StepMaker().make(order, None))
    assert list(order.folder.iterdir()) == []
    return str(caught.value)


@pytest.fixture
def sound(tmp_path, media):
    def make(name: str, samples: list[float], rate: int = RATE, channels: int = 1) -> MediaFile:
        return media(write(tmp_path / name, samples, rate, channels), "audio")

    return make


# --- replace_audio ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "start"), [(48000, 0), (44100, 0.4), (16000, 1)])
def test_a_voice_is_in_step_with_its_clip_to_20_ms(film, sound, made, watch, rate, start):
    click = [*silence(0.5, rate), *tone(0.05, 0.9, rate=rate), *silence(0.2, rate)]
    clip = film("a.mp4", seconds=2, sound="sine=f=900:d=2")
    (file,) = made("replace_audio", video=clip, audio=sound("click.wav", click, rate), start=start)
    heard = watch(file.path).sound
    first = next(place for place, one in enumerate(heard) if abs(one) > 0.2)
    assert abs(first / RATE - (start + 0.5)) < 0.02


def test_the_picture_goes_along_untouched(film, sound, made, watch):
    clip = film("a.mp4", seconds=1, picture="testsrc")
    (file,) = made("replace_audio", video=clip, audio=sound("a.wav", tone(0.5)))
    after, before = watch(file.path), watch(clip.path)
    assert after.times == before.times
    assert [picture.tobytes() for picture in after.pictures] == [picture.tobytes() for picture in before.pictures]


def test_a_picture_that_is_not_h264_becomes_so(film, sound, made, watch):
    clip = film("a.mov", seconds=0.4, picture="testsrc", encode=("-c:v", "mpeg4", "-q:v", "2"))
    (file,) = made("replace_audio", video=clip, audio=sound("a.wav", tone(0.2)))
    with av.open(str(file.path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert len(watch(file.path).times) == 10


def test_a_shorter_sound_is_followed_by_silence(film, sound, made, watch):
    (file,) = made("replace_audio", video=film("a.mp4", seconds=2), audio=sound("a.wav", tone(0.5)))
    heard = watch(file.path).sound
    assert abs(len(heard) / RATE - 2) < 0.03
    assert level(heard, 0.1, 0.4) > -17
    assert level(heard, 0.6, 1.9) < -70


def test_a_shorter_sound_is_repeated_without_a_gap_when_asked(film, sound, made, watch):
    audio = sound("a.wav", [*tone(0.5), *tone(0.5, 0.025)], 44100)
    (file,) = made("replace_audio", video=film("a.mp4", seconds=3), audio=audio, shorter="loop")
    heard = watch(file.path).sound
    period = 48000 / 44100
    for turn in range(2):
        loud, soft = turn * period + 0.2, turn * period + 0.5 * period + 0.2
        assert level(heard, loud, loud + 0.2) - level(heard, soft, soft + 0.2) == pytest.approx(20, abs=0.5)
    assert min(level(heard, start / 20, start / 20 + 0.05) for start in range(2, 58)) > -42


def test_a_longer_sound_is_an_error_that_names_both_lengths(film, sound, order):
    audio = sound("voice.wav", tone(1.5))
    assert failure(order("replace_audio", video=film("a.mp4", seconds=1), audio=audio)) == (
        "error: `audio` (`voice.wav`) lasts 1.50 s and `video` (`a.mp4`) 1.00 s [sound-too-long]\n"
        "  help: write `longer: trim` to let its end be cut, or make the clip longer"
    )


def test_a_sound_that_begins_too_late_to_end_in_time_is_an_error(film, sound, order):
    audio = sound("voice.wav", tone(0.8))
    assert failure(order("replace_audio", video=film("a.mp4", seconds=1), audio=audio, start=0.5)) == (
        "error: `audio` (`voice.wav`) lasts 0.80 s, begins at 0.5 s and `video` (`a.mp4`) 1.00 s [sound-too-long]\n"
        "  help: write `longer: trim` to let its end be cut, or make the clip longer"
    )


def test_one_frame_too_long_is_no_loss(film, sound, made, watch):
    (file,) = made("replace_audio", video=film("a.mp4", seconds=1), audio=sound("a.wav", tone(1.03)))
    assert len(watch(file.path).times) == 25


def test_a_longer_sound_is_cut_and_faded_when_asked(film, sound, made, watch):
    clip = film("a.mp4", seconds=1)
    (file,) = made("replace_audio", video=clip, audio=sound("a.wav", tone(3)), longer="trim", fade_out=0.5, volume=-6)
    heard = watch(file.path).sound
    assert abs(len(heard) / RATE - 1) < 0.03
    assert level(heard, 0.1, 0.4) == pytest.approx(10 * math.log10(0.25**2 / 2) - 6, abs=0.3)
    assert level(heard, 0.9, 1) < level(heard, 0.1, 0.4) - 15


# --- mix_audio --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duck", [6, 12, 24])
def test_music_steps_back_by_exactly_so_much_while_somebody_speaks(sound, made, duck):
    voice = sound("voice.wav", [*tone(2, 0.3, 1000), *silence(3), *tone(2, 0.3, 1000)])
    music = sound("music.wav", tone(7, 0.2, 100))
    (file,) = made("mix_audio", audio=voice, music=music, duck=duck)
    heard = samples_of(file.path)
    spoken, alone = low(heard, 0.5, 1.5), low(heard, 3, 4)
    assert alone - spoken == pytest.approx(duck, abs=0.3)
    assert low(heard, 5.1, 6.5) == pytest.approx(spoken, abs=0.3)


def low(samples: list[float], start: float, end: float) -> float:
    """dB of what sounds at 100 Hz between two times."""
    part = samples[round(start * RATE) : round(start * RATE) + round((end - start) * 100) * 480]
    real = sum(one * math.cos(2 * math.pi * place / 480) for place, one in enumerate(part))
    unreal = sum(one * math.sin(2 * math.pi * place / 480) for place, one in enumerate(part))
    return 20 * math.log10(2 * math.hypot(real, unreal) / len(part))


def test_music_has_the_asked_level_beside_the_speech(sound, made):
    voice = sound("voice.wav", [*tone(3, 0.3, 1000), *silence(3)])
    (file,) = made("mix_audio", audio=voice, music=sound("music.wav", tone(6, 0.01, 1000)), level=-10, duck=0)
    heard = samples_of(file.path)
    assert level(heard, 4, 5.5) - level(samples_of(voice.path), 0.5, 2.5) == pytest.approx(-10 - 3, abs=0.6)


def test_music_under_a_clip_is_as_long_as_the_clip_and_repeated(film, sound, made, watch):
    clip = film("a.mp4", seconds=3, sound="sine=f=1000:d=3")
    (file,) = made("mix_audio", video=clip, music=sound("music.wav", tone(1, 0.2, 100), channels=2))
    film_made = watch(file.path)
    assert film_made.times == watch(clip.path).times
    assert abs(len(film_made.sound) / RATE - 3) < 0.03
    assert low(film_made.sound, 2, 2.9) == pytest.approx(low(film_made.sound, 0.2, 0.9), abs=0.5)


def test_short_pauses_leave_the_music_back_and_long_ones_bring_it_forward():
    ducking = Ducking(depth=20, attack=0.1, release=0.2, pause=1)
    gains = ducked([(1, 1.5), (2, 4)], 5, ducking)
    assert len(gains) == 5000
    assert gains[500] == gains[1250] == gains[4500] == pytest.approx(0.1)
    assert gains[2300] == gains[3800] == 1
    assert gains[2100] == pytest.approx(0.55)
    assert gains[3950] == pytest.approx(0.55)


def test_before_the_first_word_and_after_the_last_the_music_is_at_its_level():
    gains = ducked([(0, 0.5), (2, math.inf)], 3, Ducking(depth=20, attack=0.1, release=0.2, pause=5))
    assert gains[0] == gains[300] == gains[2999] == 1
    assert gains[1000] == pytest.approx(0.1)


def test_the_curve_of_the_music_is_not_left_behind(film, sound, order):
    wanted = order("mix_audio", video=film("a.mp4"), music=sound("m.wav", tone(1)))
    assert failure(wanted) == (
        "error: `video` (`a.mp4`) has no sound to put music under [no-speech]\n"
        "  help: put the music on it with `replace_audio`"
    )


def test_silent_music_is_an_error_that_names_it(sound, order):
    wanted = order("mix_audio", audio=sound("voice.wav", tone(1)), music=sound("m.wav", silence(1)))
    assert failure(wanted) == "error: `music` (`m.wav`) is silent, or too short to tell how loud it is [silent]"


# --- split_audio ------------------------------------------------------------------------------------------------


def test_a_voice_is_cut_in_its_pauses_within_the_limit(sound, made):
    parts = made("split_audio", audio=sound("v.wav", speech(3, 0.5, 3, 0.5, 3, 0.5, 3)), max_seconds=8, min_seconds=2)
    lengths = [len(samples_of(part.path)) / RATE for part in parts]
    assert lengths == pytest.approx([6.75, 6.75], abs=0.02)
    assert [(part.kind, part.media_type, part.path.name) for part in parts] == [
        ("audio", "audio/wav", "audio-1.wav"),
        ("audio", "audio/wav", "audio-2.wav"),
    ]


def test_the_parts_one_after_the_other_are_the_voice_sample_for_sample(sound, made):
    voice = sound("v.wav", speech(2, 0.3, 2, 0.4, 2, 0.2, 2, rate=16000), 16000, channels=2)
    parts = made("split_audio", audio=voice, max_seconds=3, min_seconds=1)
    assert len(parts) == 4
    with wave.open(str(voice.path)) as whole:
        bytes_of_all = whole.readframes(whole.getnframes())
    read = []
    for part in parts:
        with wave.open(str(part.path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getnframes() <= 3 * 16000) == (16000, 2, True)
            read.append(file.readframes(file.getnframes()))
    assert b"".join(read) == bytes_of_all


def test_long_pauses_are_preferred_to_short_ones(sound, made):
    parts = made("split_audio", audio=sound("v.wav", speech(3, 0.1, 1, 0.6, 3)), max_seconds=5, min_seconds=1)
    assert [len(samples_of(part.path)) / RATE for part in parts] == pytest.approx([4.4, 3.3], abs=0.02)


def test_a_voice_within_the_limit_is_one_part(sound, made):
    (part,) = made("split_audio", audio=sound("v.wav", speech(2, 0.5, 1)))
    assert len(samples_of(part.path)) == 3.5 * RATE


def test_one_part_alone_can_be_asked_for(sound, made):
    voice = sound("v.wav", speech(3, 0.5, 3))
    (part,) = made("split_audio", audio=voice, max_seconds=4, min_seconds=2, part=2)
    assert (part.path.name, len(samples_of(part.path)) / RATE) == ("audio-2.wav", pytest.approx(3.25, abs=0.02))


def test_a_part_beyond_the_last_is_an_error_that_says_how_many_there_are(sound, order):
    wanted = order("split_audio", audio=sound("v.wav", speech(3, 0.5, 3)), max_seconds=4, min_seconds=2, part=3)
    assert failure(wanted) == "error: `audio` (`v.wav`) makes 2 parts, and part 3 is asked for [no-such-part]"


def test_a_voice_without_a_pause_where_one_is_needed_is_an_error_that_says_where(sound, order):
    wanted = order("split_audio", audio=sound("v.wav", speech(3, 0.5, 9)), max_seconds=5, min_seconds=2)
    assert failure(wanted) == (
        "error: `audio` (`v.wav`) has no pause between 5.25 s and 8.25 s to cut it at in parts of 2 s to 5 s [no-pause]\n"
        "  help: raise `max_seconds`, lower `min_seconds`, or leave a pause in the voice there"
    )


# --- loudness ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [-14, -23, -30])
def test_a_clip_reaches_its_target_to_half_a_unit(film, made, target):
    clip = film("a.mp4", seconds=2, sound="anoisesrc=d=2:a=0.05:c=pink:r=44100:seed=3")
    (file,) = made("loudness", video=clip, target=target)
    lufs, peak = measured(file.path)
    assert lufs == pytest.approx(target, abs=0.5)
    assert peak <= -0.5


def test_peaks_are_held_under_the_ceiling_and_the_target_is_still_reached(sound, made):
    peaks = [one * (4 if place % 24000 < 400 else 1) for place, one in enumerate(tone(3, 0.2, 997))]
    (file,) = made("loudness", audio=sound("v.wav", peaks), target=-13, peak=-2)
    lufs, peak = measured(file.path)
    assert lufs == pytest.approx(-13, abs=0.5)
    assert peak <= -2


def test_a_voice_keeps_its_rate_and_channels_and_times(sound, made):
    (file,) = made("loudness", audio=sound("v.wav", speech(1, 0.5, 1, rate=16000), 16000), target=-25)
    with wave.open(str(file.path)) as made_file:
        assert (made_file.getframerate(), made_file.getnchannels(), made_file.getnframes()) == (16000, 1, 40000)
    assert measured(file.path)[0] == pytest.approx(-25, abs=0.5)


def test_a_target_out_of_reach_is_an_error_that_says_how_far_it_comes(sound, order):
    wanted = order("loudness", audio=sound("v.wav", tone(2, 0.5, 997)), target=-5, peak=-12)
    assert failure(wanted).startswith("error: `audio` (`v.wav`) reaches -1")
    assert failure(wanted).endswith("[loudness-out-of-reach]\n  help: lower `target`, or raise `peak`")


def test_silence_has_no_loudness_to_bring_it_to(sound, order):
    wanted = order("loudness", audio=sound("v.wav", silence(2)), target=-14, peak=-1)
    assert failure(wanted) == "error: `audio` (`v.wav`) is silent, or too short to tell how loud it is [silent]"


# --- all of them ------------------------------------------------------------------------------------------------


def test_the_same_sound_step_gives_the_same_bytes(film, sound, made):
    clip = film("a.mp4", seconds=1, sound="anoisesrc=d=1:a=0.05:c=pink:seed=3")
    voice, music = sound("v.wav", speech(0.4, 0.3, 0.3)), sound("m.wav", tone(0.6), 44100)
    for step, given in {
        "replace_audio": {"video": clip, "audio": music, "shorter": "loop"},
        "mix_audio": {"video": clip, "music": music},
        "split_audio": {"audio": voice, "max_seconds": 1, "min_seconds": 0.1},
        "loudness": {"video": clip},
    }.items():
        once, again = ([file.path.read_bytes() for file in made(step, **given)] for _ in range(2))
        assert once == again


def test_a_clip_without_sound_has_nothing_to_split_or_level(film, order, media):
    clip = film("a.mp4")
    assert (
        failure(order("loudness", video=clip, target=-14, peak=-1)) == "error: `video` (`a.mp4`) has no sound [silent]"
    )
    wanted = order("split_audio", audio=media(clip.path, "audio"), max_seconds=4, min_seconds=2)
    assert failure(wanted) == (
        "error: `audio` (`a.mp4`) can't be read as audio [media-unreadable]\n  help: it has no sound"
    )
