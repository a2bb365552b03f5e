"""`first_frame`, `last_frame`, `frame` and `poster`: exactly the pictures that a decoder gives."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.engine import Engine, Limits, Source

NUMBERED = "testsrc2"


def decoded(path, number):
    """A picture of a film as the engine's own decoder gives it by hand, by its number; -1 is the last."""
    binary = next((Path(av.__file__).parent.parent / "imageio_ffmpeg" / "binaries").glob("ffmpeg-*"))
    scale = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgb24"
    raw = subprocess.run(
        [binary, "-v", "error", "-i", path, "-vf", scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    ).stdout
    with av.open(str(path)) as container:
        width, height = container.streams.video[0].width, container.streams.video[0].height
    pictures = [raw[place : place + width * height * 3] for place in range(0, len(raw), width * height * 3)]
    return Image.frombytes("RGB", (width, height), pictures[number])


def same(path, picture):
    with Image.open(path) as found:
        assert found.mode == "RGB"
        return ImageChops.difference(found, picture).getbbox() is None


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001"])
def test_the_first_and_the_last_picture_are_the_decoders(film, take, rate):
    clip = film("a.mp4", rate=rate, picture=NUMBERED, encode=("-bf", "3", "-g", "12"))
    assert same(take("first_frame", video=clip), decoded(clip.path, 0))
    last = take("last_frame", video=clip)
    assert same(last, decoded(clip.path, -1))
    assert not same(last, decoded(clip.path, -2))


def test_the_last_picture_of_a_film_of_one_picture_is_that_one(film, take):
    clip = film("a.mp4", seconds=0.04, picture=NUMBERED)
    assert same(take("last_frame", video=clip), decoded(clip.path, 0))


def test_the_last_picture_of_a_film_cut_by_an_edit_list_is_the_last_that_is_shown(
    film, take, run_ffmpeg, media, tmp_path
):
    whole, cut = film("a.mp4", seconds=2, picture=NUMBERED, encode=("-g", "50", "-bf", "2")), tmp_path / "cut.mp4"
    run_ffmpeg("-ss", "0.5", "-i", str(whole.path), "-t", "1", "-c", "copy", str(cut))
    assert same(take("last_frame", video=media(cut)), decoded(cut, -1))


@pytest.mark.parametrize(("at", "number"), [(0, 0), (0.039, 0), (0.04, 1), (0.5, 12), (0.96, 24), (1, 24)])
def test_a_picture_at_a_time_is_the_one_on_the_screen_then(film, take, at, number):
    clip = film("a.mp4", picture=NUMBERED)
    assert same(take("frame", video=clip, at=at), decoded(clip.path, number))


def test_a_picture_that_is_held_longer_is_found_at_any_time_within(film, take):
    clip = film("a.mp4", picture=NUMBERED, filters="select='not(between(n,5,11))'", encode=("-fps_mode", "vfr"))
    assert same(take("frame", video=clip, at=0.43), decoded(clip.path, 4))
    assert same(take("frame", video=clip, at=0.48), decoded(clip.path, 5))


def test_a_time_past_the_end_is_an_error(film, refused):
    clip = film("a.mp4")
    for step in ("frame", "poster"):
        assert refused(step, video=clip, at=1.5) == (
            f"error: `at` of `{step}` is 1.5 s, and `video` (`a.mp4`) lasts 1.00 s [past-the-end]"
        )


def test_a_clip_that_names_no_colour_matrix_is_taken_to_be_in_bt709(take, run_ffmpeg, media, tmp_path):
    unnamed = tmp_path / "unnamed.mp4"
    colour = "color=#30c040:s=64x64:r=25:d=0.2,scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=unknown"
    run_ffmpeg("-f", "lavfi", "-i", colour, "-c:v", "libx264", "-crf", "4", "-pix_fmt", "yuv420p", str(unnamed))
    for step in ("first_frame", "last_frame"):
        with Image.open(take(step, video=media(unnamed))) as picture:
            assert all(abs(a - b) <= 4 for a, b in zip(picture.getpixel((32, 32)), (0x30, 0xC0, 0x40), strict=True))


def test_an_image_says_that_its_colours_are_srgb(film, take):
    with Image.open(take("first_frame", video=film("a.mp4", seconds=0.04))) as picture:
        assert "srgb" in picture.info
        assert picture.getpixel((80, 45)) in {(254, 0, 0), (255, 0, 0), (253, 0, 0)}


def test_a_rotated_clip_gives_upright_pictures(film, take, run_ffmpeg, media, tmp_path):
    halves = "drawbox=x=0:y=0:w=iw/2:h=ih:color=blue:t=fill"
    lying, upright = film("a.mp4", "160x90", seconds=0.2, filters=halves), tmp_path / "upright.mp4"
    run_ffmpeg("-display_rotation", "-90", "-i", str(lying.path), "-c", "copy", str(upright))
    with Image.open(take("last_frame", video=media(upright))) as picture:
        assert picture.size == (90, 160)
        assert picture.getpixel((45, 10))[2] > 240
        assert picture.getpixel((45, 150))[0] > 240


def test_a_poster_is_neither_the_black_beginning_nor_the_white_end(film, take):
    flashes = "drawbox=color=black:t=fill:enable='lt(t,0.3)',drawbox=color=white:t=fill:enable='gt(t,1.7)'"
    clip = film("a.mp4", seconds=2, picture="color=orange", filters=flashes)
    path = take("poster", video=clip)
    assert path.suffix == ".jpg"
    with Image.open(path) as picture:
        assert picture.size == (160, 90)
        assert all(abs(a - b) < 8 for a, b in zip(picture.getpixel((80, 45)), (255, 165, 0), strict=True))


def test_a_poster_at_a_time_without_loss_is_that_picture(film, take):
    clip = film("a.mp4", picture=NUMBERED)
    assert same(take("poster", video=clip, at=0.4, format="png"), decoded(clip.path, 10))


def test_a_poster_is_made_smaller_and_never_larger(film, take):
    clip = film("a.mp4", seconds=0.2)
    for width, size in ((80, (80, 45)), (1000, (160, 90))):
        with Image.open(take("poster", video=clip, width=width)) as picture:
            assert picture.size == size


@pytest.mark.parametrize("step", ["first_frame", "last_frame", "frame", "poster"])
def test_the_same_clip_gives_the_same_bytes(film, take, step):
    clip = film("a.mp4", picture=NUMBERED)
    assert len({take(step, video=clip).read_bytes() for _ in range(2)}) == 1


def test_what_is_no_film_has_no_pictures(media, refused, tmp_path):
    (tmp_path / "odd.mp4").write_bytes(b"<html>")
    assert refused("last_frame", video=media(tmp_path / "odd.mp4")) == (
        "error: `video` (`odd.mp4`) can't be read as video [media-unreadable]\n"
        "  help: the decoder says: moov atom not found"
    )


def test_a_picture_that_the_film_does_not_have_is_an_error_and_leaves_nothing(film, tmp_path):
    source = Source(film("a.mp4").path, "`video` (`a.mp4`)")
    with pytest.raises(StepFailed) as caught:
        asyncio.run(Engine().still([source], "[0:v:0]trim=start_frame=99,format=rgb24[video]", tmp_path / "none.png"))
    assert str(caught.value) == (
        "error: `video` (`a.mp4`) has no such picture [media-unreadable]\n"
        "  help: fewer pictures can be decoded than it says"
    )
    assert not (tmp_path / "none.png").exists()


@pytest.mark.parametrize("step", ["first_frame", "last_frame", "poster"])
def test_a_source_that_never_comes_is_given_up_and_leaves_nothing(begin, order, media, tmp_path, step):
    os.mkfifo(tmp_path / "never.mp4")
    wanted = order(step, video=media(tmp_path / "never.mp4"))

    async def run() -> str:
        maker, diary = begin(Engine(Limits(idle_seconds=0.2)))
        with pytest.raises(StepFailed) as caught:
            await maker.make(wanted, diary)
        return str(caught.value)

    assert asyncio.run(run()) == "error: `video` (`never.mp4`) made no progress for 0.2 seconds [step-stalled]"
    assert list(wanted.folder.iterdir()) == []


def test_cancelling_leaves_no_picture_behind(begin, film, order):
    clips = [film("a.mp4", "640x360", seconds=4, picture=NUMBERED)] * 4

    async def run(wanted) -> None:
        maker, diary = begin()
        making = asyncio.create_task(maker.make(wanted, diary))
        await diary.begun.wait()
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    wanted = order("contact_sheet", clips=clips)
    asyncio.run(run(wanted))
    assert list(wanted.folder.iterdir()) == []
