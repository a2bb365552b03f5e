"""`export` on small real films: frames, frame rates, and what players need."""

from __future__ import annotations

import av
import pytest


@pytest.mark.parametrize(
    ("preset", "source", "size"),
    [
        ("web", "320x180", (320, 180)),
        ("web", "2560x1440", (1920, 1080)),
        ("web-small", "1080x1920", (540, 960)),
        ("vertical", "90x160", (1080, 1920)),
        ("portrait", "80x100", (1080, 1350)),
        ("square", "100x100", (1080, 1080)),
        ("widescreen", "160x90", (1920, 1080)),
        ("master", "160x90", (160, 90)),
    ],
)
def test_a_preset_decides_the_frame(film, work, preset, source, size):
    with av.open(str(work("export", video=film("a.mp4", source, seconds=0.08), preset=preset))) as made:
        stream = made.streams.video[0]
        assert (stream.width, stream.height) == size
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"


@pytest.mark.parametrize(
    ("preset", "rate", "count"),
    [("web", "60", 30), ("web-small", "60", 15), ("square", "50", 13), ("master", "120", 60)],
)
def test_a_frame_rate_beyond_the_preset_is_halved(film, work, watch, preset, rate, count):
    made = watch(work("export", video=film("a.mp4", "64x64", rate, seconds=0.5), preset=preset, fit="pad"))
    assert len(made.times) == count


def test_the_first_bytes_say_all_that_a_player_needs(film, work):
    content = work("export", video=film("a.mp4", sound="sine=d=1")).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_a_key_frame_comes_at_least_every_two_seconds(film, work):
    with av.open(str(work("export", video=film("a.mp4", "64x36", seconds=5)))) as made:
        keys = [float(frame.time) for frame in made.decode(video=0) if frame.key_frame]
    assert keys == [0.0, 2.0, 4.0]


def test_sound_is_as_long_as_the_picture(film, work, watch):
    made = watch(work("export", video=film("a.mp4", sound="sine=d=3"), preset="web-small"))
    assert abs(len(made.sound) - 48000) < 1100
    assert watch(work("export", video=film("b.mp4"))).sound is None


def test_noise_stays_below_the_cap(film, work):
    noisy = film("a.mp4", "960x540", seconds=1, picture="testsrc2", filters="noise=alls=90:allf=t")
    assert work("export", video=noisy, preset="web-small").stat().st_size < 2_000_000 / 8 * 3.2
    assert noisy.path.stat().st_size > 2_000_000 / 8 * 10


def test_a_clip_of_another_shape_is_an_error_unless_a_fit_is_given(film, work, watch, refused):
    clip = film("a.mp4", seconds=0.08)
    assert refused("export", video=clip, preset="square") == (
        "error: `video` (`a.mp4`) is 160x90, but `preset` makes the frame 1080x1080 [size-mismatch]\n"
        "  help: say `fit: pad` for black bars or `fit: crop` to cut its edges"
    )
    assert watch(work("export", video=clip, preset="square", fit="crop")).size == (1080, 1080)


def test_the_same_export_gives_the_same_bytes(film, work):
    clip = film("a.mp4", picture="testsrc", sound="sine=d=1", seconds=0.6)
    assert len({work("export", video=clip).read_bytes() for _ in range(2)}) == 1
