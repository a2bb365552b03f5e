from __future__ import annotations

import wave
from pathlib import Path

import mutagen
import pytest

from callsheet.media.read import read_media
from callsheet.problems import DataFault

TONE = ("-f", "lavfi", "-i", "sine=frequency=330:duration=4.2:sample_rate=44100")


def fault_of(path: Path) -> tuple[str, str]:
    with pytest.raises(DataFault) as caught:
        read_media(path)
    (problem,) = caught.value.problems
    return problem.code, problem.message


def spoken(path: Path, frames: int = 51_200, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x00\x10" * frames)
    return path


def test_a_wav_gives_its_exact_length_and_codec(tmp_path: Path) -> None:
    info = read_media(spoken(tmp_path / "a.wav"))
    assert (info.kind, info.media_type, info.seconds) == ("audio", "audio/wav", 3.2)
    assert (info.codec, info.has_audio, info.width, info.height) == ("pcm_s16le", True, None, None)


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s24le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"])
def test_every_usual_kind_of_wav_is_measured(ffmpeg, codec: str) -> None:
    info = read_media(ffmpeg("a.wav", *TONE, "-c:a", codec, "-ac", "2"))
    assert (info.seconds, info.codec) == (4.2, codec)


def test_a_wav_of_many_channels_states_its_codec_in_its_extension(ffmpeg) -> None:
    info = read_media(ffmpeg("a.wav", *TONE, "-ac", "6"))
    assert (info.seconds, info.codec) == (4.2, "pcm_s16le")


def test_a_wav_written_to_a_pipe_has_the_length_of_what_is_there(tmp_path: Path) -> None:
    path = spoken(tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert read_media(path).seconds == 3.2


def test_a_wav_that_lost_its_end_is_told_from_a_whole_one(tmp_path: Path) -> None:
    path = spoken(tmp_path / "a.wav")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert fault_of(path) == ("media-unreadable", "begins as a WAV file, but is cut short")
    path.write_bytes(data[:30])
    assert fault_of(path) == ("media-unreadable", "begins as a WAV file, but is cut short")
    path.write_bytes(data[:36])
    assert fault_of(path) == ("media-unreadable", "begins as a WAV file, but holds no sound")


def test_a_wav_of_no_samples_and_one_of_no_rate_are_refused(tmp_path: Path) -> None:
    assert fault_of(spoken(tmp_path / "a.wav", 0)) == ("media-unreadable", "begins as a WAV file, but holds no sound")
    data = bytearray(spoken(tmp_path / "b.wav").read_bytes())
    data[24:28] = bytes(4)
    (tmp_path / "b.wav").write_bytes(data)
    message = "begins as a WAV file, but states a sample rate or format of zero"
    assert fault_of(tmp_path / "b.wav") == ("media-unreadable", message)


@pytest.mark.parametrize(
    "options",
    [
        ("-b:a", "128k"),
        ("-q:a", "4"),
        ("-b:a", "64k", "-ac", "1", "-ar", "22050"),
        ("-b:a", "48k", "-ar", "48000", "-ac", "1"),
        ("-b:a", "128k", "-write_xing", "0"),
        ("-q:a", "4", "-write_xing", "0"),
        ("-b:a", "96k", "-id3v2_version", "0"),
        ("-b:a", "96k", "-write_id3v1", "1", "-metadata", "title=Voice"),
        ("-b:a", "24k", "-ar", "11025", "-ac", "1"),
    ],
)
def test_an_mp3_has_the_length_of_what_was_recorded(ffmpeg, options: tuple[str, ...]) -> None:
    path = ffmpeg("a.mp3", *TONE, *options)
    info = read_media(path)
    known = mutagen.File(path)
    assert known is not None
    assert (info.media_type, info.codec, info.has_audio) == ("audio/mpeg", "mp3", True)
    if "-write_xing" in options:
        assert info.seconds == pytest.approx(4.2, abs=0.06)
    else:
        assert info.seconds == pytest.approx(4.2, abs=0.001)
        assert info.seconds == pytest.approx(known.info.length, abs=0.15)


def test_an_mp3_that_lost_its_end_is_told_from_a_whole_one(ffmpeg) -> None:
    path = ffmpeg("a.mp3", *TONE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert fault_of(path) == ("media-unreadable", "begins as an MP3 file, but is cut short")


def test_an_mp3_of_tags_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x05hello" + b"no sound at all" * 10)
    assert fault_of(path) == (
        "media-unreadable",
        "begins as an MP3 file, but holds no MP3 sound where its tags end",
    )
    path.write_bytes(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7fhello")
    assert fault_of(path) == ("media-unreadable", "begins as an MP3 file, but is cut short")
