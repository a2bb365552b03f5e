from __future__ import annotations

from pathlib import Path

import av
import pytest

from callsheet.media.read import read_media
from callsheet.problems import DataFault

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def fault_of(path: Path) -> tuple[str, str]:
    with pytest.raises(DataFault) as caught:
        read_media(path)
    (problem,) = caught.value.problems
    return problem.code, problem.message


def test_an_mp4_gives_pixels_seconds_codec_and_whether_it_sounds(ffmpeg) -> None:
    info = read_media(ffmpeg("a.mp4", *PICTURE, *SOUND, *H264, "-shortest"))
    assert (info.kind, info.media_type, info.width, info.height) == ("video", "video/mp4", 320, 180)
    assert (info.codec, info.has_audio, info.seconds) == ("h264", True, 2.0)


def test_a_silent_mov_is_measured_too(ffmpeg) -> None:
    info = read_media(ffmpeg("a.mov", *PICTURE, *H264))
    assert (info.media_type, info.width, info.height) == ("video/quicktime", 320, 180)
    assert (info.codec, info.has_audio, info.seconds) == ("h264", False, 2.0)


@pytest.mark.parametrize(
    "options",
    [
        ("-movflags", "+faststart"),
        ("-movflags", "+frag_keyframe+empty_moov"),
        ("-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
        ("-c:v", "mpeg4"),
        ("-c:v", "libx265", "-x265-params", "log-level=none"),
        ("-r", "30000/1001"),
    ],
)
def test_length_and_pixels_are_those_that_pyav_reads(ffmpeg, options: tuple[str, ...]) -> None:
    path = ffmpeg("a.mp4", *PICTURE, *SOUND, *H264, "-shortest", *options)
    info = read_media(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (info.width, info.height) == (stream.codec_context.width, stream.codec_context.height)
        assert info.codec == stream.codec_context.name.removeprefix("lib")
        assert info.seconds == pytest.approx((container.duration or 0) / 1_000_000, abs=0.05)


@pytest.mark.parametrize(("degrees", "size"), [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))])
def test_pixels_are_those_of_the_video_as_displayed(ffmpeg, degrees: int, size: tuple[int, int]) -> None:
    flat = ffmpeg("flat.mp4", *PICTURE, *H264)
    info = read_media(ffmpeg("a.mp4", "-display_rotation", str(degrees), "-i", str(flat), "-c", "copy"))
    assert (info.width, info.height) == size


@pytest.mark.parametrize("movflags", ["+faststart", "+frag_keyframe+empty_moov"])
def test_a_video_that_lost_its_end_is_told_from_a_whole_one(ffmpeg, movflags: str) -> None:
    path = ffmpeg("a.mp4", *PICTURE, *H264, "-movflags", movflags)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    assert fault_of(path) == ("media-unreadable", "begins as an MP4 file, but is cut short")


def test_a_video_whose_index_is_missing_was_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x10mdatabcdefgh")
    message = "begins as an MP4 file, but has no index (`moov`): it was not finished, or is cut short"
    assert fault_of(path) == ("media-unreadable", message)


def test_a_recording_of_sound_alone_is_no_video(ffmpeg) -> None:
    path = ffmpeg("a.mp4", *SOUND)
    assert fault_of(path) == ("media-unreadable", "begins as an MP4 file, but has no picture track")


@pytest.mark.parametrize("box", [b"\0\0\0\x04free", b"\0\0\0\x01free" + bytes(8)])
def test_a_box_that_never_ends_is_refused(tmp_path: Path, box: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + box * 3)
    message = "begins as an MP4 file, but has a box of impossible size"
    assert fault_of(path) == ("media-unreadable", message)
