"""`probe`: facts of a file as JSON, the same bytes every time."""

from __future__ import annotations

import json
import math
import wave
from array import array

import pytest


@pytest.fixture
def facts(made):
    def read(**given):
        (file,) = made("probe", **given)
        assert (file.kind, file.media_type, file.path.name) == ("data", "application/json", "data.json")
        return json.loads(file.path.read_text(encoding="utf-8"))

    return read


def test_a_clip_tells_its_size_length_frames_and_sound(film, facts):
    clip = film("a.mp4", "160x90", rate="30000/1001", seconds=2, sound="anoisesrc=d=2:a=0.1:r=44100:seed=1")
    found = facts(video=clip)
    sound = found.pop("sound")
    assert found == {
        "kind": "video",
        "media_type": "video/x",
        "bytes": clip.path.stat().st_size,
        "sha256": clip.info.sha256,
        "codec": "h264",
        "width": 160,
        "height": 90,
        "seconds": 2.002,
        "frames": 60,
        "frame_rate": "30000/1001",
        "sound_codecs": ["aac"],
    }
    assert (sound["sample_rate"], sound["channels"]) == (44100, 1)
    assert sound["seconds"] == pytest.approx(2, abs=0.03)
    assert -40 < sound["loudness_lufs"] < -15


def test_a_silent_clip_has_no_sound_to_tell_of(film, facts):
    assert facts(video=film("a.mp4", seconds=0.4))["sound"] is None


def test_a_voice_tells_its_samples_and_a_full_scale_tone_its_true_peak(facts, media, tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        tone = [round(32767 * math.sin(place * 2 * math.pi * 997 / 48000)) for place in range(48000)]
        file.writeframes(array("h", tone).tobytes())
    sound = facts(audio=media(tmp_path / "a.wav", "audio"))["sound"]
    assert (sound["samples"], sound["seconds"], sound["channels"]) == (48000, 1.0, 1)
    assert sound["true_peak_dbtp"] == pytest.approx(0, abs=0.1)
    assert sound["loudness_lufs"] == pytest.approx(-3.01, abs=0.1)


def test_silence_has_neither_loudness_nor_peak(facts, media, tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    sound = facts(audio=media(tmp_path / "a.wav", "audio"))["sound"]
    assert (sound["loudness_lufs"], sound["true_peak_dbtp"]) == (None, None)


def test_the_same_file_gives_the_same_bytes(film, made):
    clip = film("a.mp4", seconds=0.4, sound="sine=d=0.4")
    assert len({made("probe", video=clip)[0].path.read_bytes() for _ in range(2)}) == 1
