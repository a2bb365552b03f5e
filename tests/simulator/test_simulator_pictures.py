"""What is rendered, looked at through a decoder: length, size, picture, move, tint, sound; and that it repeats."""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from callsheet.shipped import shipped
from callsheet.simulator.brief import Brief, brief
from callsheet.simulator.camera import Camera, camera_for
from callsheet.simulator.catalogue import Catalogue
from callsheet.simulator.pictures import Stopped, render
from callsheet.simulator.reading import read
from callsheet.simulator.sound import SoundError
from callsheet.simulator.stage import PictureError

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
PRO = "bytedance/seedance-v2/pro"
FUSION = "community/wan-2-1/fusionx/image-to-video"
PORTRAIT = "community/fantasy-portrait/image-to-video"
SEEDANCE = "bytedance/seedance-v1.5-pro/image-to-video"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(shipped("schemas") / "routes")


@pytest.fixture
def briefed(catalogue, tmp_path) -> Callable[..., Brief]:
    def make(name: str, given: dict[str, Any], label: str = "") -> Brief:
        model = catalogue.find(name)
        reading = read(model, given, tmp_path, "here", lambda *_: None)
        assert reading.faults == []
        return brief(model, given, reading.media, label, reading.identity)

    return make


@pytest.fixture
def film(tmp_path) -> Callable[[Brief], Path]:
    def make(one: Brief, name: str = "clip.mp4") -> Path:
        path = tmp_path / name
        render(one, path, lambda: False)
        return path

    return make


@pytest.fixture
def glimpse(film) -> Callable[[Brief], list[Image.Image]]:
    """The frames of a clip cut down to half a second: enough to see what is on it."""
    return lambda one: frames(film(replace(one, frames=12)))


def frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        pictures = []
        for frame in container.decode(video=0):
            plain = frame.reformat(format="rgb24")
            stride = plain.planes[0].line_size
            size = (plain.width, plain.height)
            pictures.append(Image.frombuffer("RGB", size, bytes(plain.planes[0]), "raw", "RGB", stride, 1))
        return pictures


def samples(path: Path) -> array[int]:
    """The sound as 16-bit mono at 48 kHz."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
    heard = array("h")
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                heard.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    return heard


def power(heard: array[int], pitch: float) -> float:
    """How much of a pitch there is in a stretch of sound, as an amplitude."""
    turn = 2 * math.pi * pitch / 48_000
    real = sum(value * math.cos(turn * i) for i, value in enumerate(heard))
    imaginary = sum(value * math.sin(turn * i) for i, value in enumerate(heard))
    return 2 * math.hypot(real, imaginary) / len(heard)


def middle(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The colour around a point given in parts of the picture."""
    left, top = round(picture.width * x), round(picture.height * y)
    return tuple(round(value) for value in ImageStat.Stat(picture.crop((left - 6, top - 6, left + 6, top + 6))).mean)


def test_a_clip_is_faststart_h264_with_aac_as_long_as_asked(briefed, film, hero):
    path = film(briefed(HAPPYHORSE, {**hero, "duration": 4}))
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.average_rate, video.frames) == (24, 96)
        assert float(video.duration * video.time_base) == 4.0
        assert (audio.codec_context.name, audio.rate, audio.codec_context.channels) == ("aac", 48_000, 2)
        assert abs(container.duration / av.time_base - 4.0) < 1 / 24


@pytest.mark.parametrize(
    ("size", "expected"), [((480, 320), (640, 426)), ((320, 480), (426, 640)), ((750, 300), (640, 256))]
)
def test_happyhorse_keeps_the_aspect_of_the_picture(briefed, glimpse, hero, picture, data_uri, size, expected):
    shown = glimpse(briefed(HAPPYHORSE, {**hero, "image_url": data_uri(picture(size), "image/png")}))
    assert shown[0].size == expected


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        (WAN, {"aspect_ratio": "9:16"}, (360, 640)),
        (WAN, {}, (640, 360)),
        (PRO, {"aspect_ratio": "21:9", "duration": 4}, (640, 274)),
        (PRO, {"duration": 4}, (640, 426)),
    ],
)
def test_the_aspect_field_decides_and_adaptive_follows_the_picture(briefed, glimpse, hero, name, more, expected):
    given = {"prompt": "x", "duration": 2, **more}
    if name == PRO:
        given["image_url"] = [hero["image_url"]]
    assert glimpse(briefed(name, given))[0].size == expected


def test_frames_and_rate_decide_where_a_model_counts_frames(briefed, film, hero):
    given = {"600_prompt": "x", "608_image": hero["image_url"], "609_frame_rate": 20}
    with av.open(str(film(briefed(FUSION, given)))) as container:
        video = container.streams.video[0]
        assert (video.frames, video.average_rate) == (81, 20)
        assert (video.codec_context.width, video.codec_context.height) == (640, 426)


def test_equal_input_gives_equal_bytes_at_any_width(briefed, film, voice, data_uri):
    one = briefed(WAN, {"prompt": "x", "duration": 3, "aspect_ratio": "9:16", "seed": 99})
    other = briefed(WAN, {"prompt": "y", "duration": 2, "audio_url": data_uri(voice(), "audio/wav")})
    first = film(one, "first.mp4").read_bytes()
    film(other, "other.mp4")
    assert film(one, "second.mp4").read_bytes() == first


def test_the_picture_itself_is_shown_left_and_right(briefed, glimpse, hero):
    shown = glimpse(briefed(HAPPYHORSE, hero))[10]
    left, right = middle(shown, 0.2, 0.4), middle(shown, 0.8, 0.4)
    assert left[0] > 150 > 100 > left[2]
    assert right[2] > 150 > 100 > right[0]


def track(camera: Camera) -> list[tuple[float, float]]:
    """Where a white spot of the picture is seen, frame by frame."""
    picture = Image.new("L", (730, 410))
    picture.paste(255, (300, 160, 320, 180))
    boxes = [camera.frame(picture, (640, 360), step / 71).getbbox() for step in range(72)]
    return [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes]


@pytest.mark.parametrize("seed", range(1, 12))
def test_the_camera_moves_slowly_and_gently(seed):
    seen = track(camera_for(seed, still=False))
    steps = [math.dist(a, b) for a, b in pairwise(seen)]
    assert max(steps) < 3
    assert max(steps[0], steps[-1]) < 1
    assert math.dist(seen[0], seen[-1]) > 5


def test_a_fixed_camera_hardly_moves(briefed, hero):
    seen = track(camera_for(7, still=True))
    assert math.dist(seen[0], seen[-1]) < 4
    given = {"prompt": "x", "first_frame_image_url": hero["image_url"]}
    assert briefed(SEEDANCE, given).still is True
    assert briefed(SEEDANCE, {**given, "camera_fixed": False}).still is False


def test_the_film_shows_the_move(briefed, glimpse, hero):
    shown = glimpse(briefed(HAPPYHORSE, {**hero, "seed": 1}))
    assert sum(ImageStat.Stat(ImageChops.difference(shown[0], shown[-1]).crop((0, 40, 640, 250))).mean) > 0.3


def test_seeds_tint_the_picture_a_little(briefed, glimpse, hero, picture, data_uri):
    grey = data_uri(picture((480, 320), "#a0a0a0", "#a0a0a0"), "image/png")
    seen = [
        middle(glimpse(briefed(HAPPYHORSE, {**hero, "image_url": grey, "seed": seed}))[10], 0.5, 0.6)
        for seed in (1, 2, 3)
    ]
    assert len(set(seen)) == 3
    for colour in seen:
        assert 4 < max(colour) - min(colour) < 40
        assert abs(sum(colour) / 3 - 160) < 16


def test_the_voice_is_heard_and_silence_after_it(briefed, film, voice, data_uri):
    heard = samples(film(briefed(WAN, {"prompt": "x", "duration": 5, "audio_url": data_uri(voice(3.0), "audio/wav")})))
    assert abs(len(heard) - 5 * 48_000) < 2048
    assert abs(power(heard[48_000:72_000], 440) / 12_000 - 1) < 0.15
    assert max(map(abs, heard[int(3.1 * 48_000) :])) < 60


def test_a_voice_longer_than_the_clip_is_cut(briefed, film, voice, data_uri):
    path = film(briefed(WAN, {"prompt": "x", "duration": 2, "audio_url": data_uri(voice(3.0), "audio/wav")}))
    assert abs(len(samples(path)) - 2 * 48_000) < 2048


def test_without_a_voice_there_is_a_soft_tone_that_differs_by_seed(briefed, film):
    heard = [samples(film(briefed(WAN, {"prompt": "x", "duration": 2, "seed": seed}))) for seed in (1, 2)]
    loud = [max(map(abs, each)) for each in heard]
    assert all(800 < value < 6000 for value in loud)
    assert power(heard[0][24_000:72_000], 220) > 8 * power(heard[1][24_000:72_000], 220)
    assert max(map(abs, heard[0][:400])) < 100


def test_a_model_told_not_to_make_sound_makes_none(briefed, film, hero):
    path = film(briefed(PRO, {"prompt": "x", "image_url": [hero["image_url"]], "generate_audio": False, "duration": 4}))
    with av.open(str(path)) as container:
        assert len(container.streams.audio) == 0


def test_the_waveform_moves_with_the_voice(briefed, film, voice, data_uri):
    given = {"prompt": "x", "duration": 5, "audio_url": data_uri(voice(3.0), "audio/wav")}
    shown = frames(film(briefed(WAN, given)))
    place = (60, 140, 220, 260)
    speaking, silent = shown[48].crop(place), shown[-1].crop(place)
    assert ImageStat.Stat(speaking).stddev[0] > 1.5 * ImageStat.Stat(silent).stddev[0]


def test_further_pictures_stand_small_beside_the_first(briefed, glimpse, hero, picture, data_uri):
    green = data_uri(picture((480, 320), "#10d010", "#10d010"), "image/png")
    shown = glimpse(briefed(PRO, {"prompt": "x", "image_url": [hero["image_url"], green], "duration": 4}))
    small = shown[10].crop((560, 120, 632, 240))
    assert any(g > 150 and r < 80 and b < 80 for r, g, b in small.get_flattened_data())


def test_a_driving_video_and_a_picture_go_together(briefed, film, hero, data_uri):
    clip = film(briefed(HAPPYHORSE, hero), "driver.mp4").read_bytes()
    given = {
        "143_image": hero["image_url"],
        "160_video": data_uri(clip, "video/mp4"),
        "155_positive_prompt": "x",
        "169_valuex170_value": "480x720 (2:3)",
    }
    assert frames(film(briefed(PORTRAIT, given)))[0].size == (426, 640)


def test_the_slate_changes_with_prompt_and_label_and_nothing_below_it_does(briefed, glimpse, hero):
    one = glimpse(briefed(HAPPYHORSE, hero, "hero[look=dawn]"))[10]
    other = glimpse(briefed(HAPPYHORSE, {**hero, "prompt": "Fast pan"}, "hero[look=studio]"))[10]
    difference = ImageChops.difference(one, other).convert("L").point([0] * 24 + [255] * 232)
    assert difference.getbbox()[3] < 426 * 0.45


def test_a_stand_in_is_drawn_from_the_address_but_not_from_its_query(briefed, glimpse):
    def shown(address: str) -> Image.Image:
        return glimpse(briefed(HAPPYHORSE, {"image_url": address, "prompt": "x", "seed": 5}))[5]

    one = shown("https://a.example/a.png")
    assert one.size == (640, 426)
    assert one.tobytes() == shown("https://a.example/a.png?signature=1").tobytes()
    assert one.tobytes() != shown("https://a.example/b.png").tobytes()


def test_pictures_and_sounds_are_made_where_the_model_makes_them(catalogue, briefed, tmp_path, hero):
    still = briefed(HAPPYHORSE, hero)
    values = {name: getattr(still, name) for name in Brief.__slots__}
    render(Brief(**{**values, "makes": "image"}), tmp_path / "a.png", lambda: False)
    render(Brief(**{**values, "makes": "audio"}), tmp_path / "a.wav", lambda: False)
    with Image.open(tmp_path / "a.png") as shown:
        assert shown.size == (640, 426)
    with av.open(str(tmp_path / "a.wav")) as container:
        assert container.duration == 3_000_000


def test_a_picture_that_is_cut_off_fails_the_render(briefed, film, hero, picture, data_uri):
    cut = picture()[: len(picture()) // 2]
    with pytest.raises(PictureError, match=r"^the image can not be decoded$"):
        film(briefed(HAPPYHORSE, {**hero, "image_url": data_uri(cut, "image/png")}))


def test_a_voice_that_can_not_be_decoded_fails_the_render(briefed, film, voice, data_uri, tmp_path):
    one = briefed(WAN, {"prompt": "x", "audio_url": data_uri(voice(), "audio/wav")})
    one.audios[0].path.write_bytes(b"gone")
    with pytest.raises(SoundError, match=r"^the audio can not be decoded$"):
        film(one)


def test_rendering_stops_when_told_to(briefed, tmp_path, hero):
    with pytest.raises(Stopped):
        render(briefed(HAPPYHORSE, hero), tmp_path / "a.mp4", lambda: True)


def test_settings_that_differ_from_the_defaults_are_lettered(briefed, hero):
    given = {"600_prompt": "x", "608_image": hero["image_url"], "598_cfg": 1.4, "598_steps": 10, "598_seed": 4}
    assert briefed(FUSION, given).settings == ("Guidance scale 1.4",)


def test_the_prompt_is_cut_where_the_model_cuts_it(briefed, hero):
    assert briefed(HAPPYHORSE, {**hero, "prompt": "長" * 2400 + "a" * 300}).prompt == "長" * 2400 + "a" * 200


def test_a_picture_is_shown_upright(briefed, glimpse, hero, data_uri):
    image = Image.new("RGB", (480, 320), "#c04030")
    exif = image.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    shown = glimpse(briefed(HAPPYHORSE, {**hero, "image_url": data_uri(buffer.getvalue(), "image/jpeg")}))
    assert shown[0].size == (426, 640)
