"""The catalogue that ships, and media values with facts as a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet.catalog.load import Catalog, load_catalog
from callsheet.catalog.route import Route
from callsheet.media.info import LocalFile, MediaInfo

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE_2 = "bytedance/seedance-v2/pro"
SEEDANCE_15 = "bytedance/seedance-v1.5-pro/image-to-video"
FANTASY = "community/fantasy-portrait/image-to-video"
FUSIONX = "community/wan-2-1/fusionx/image-to-video"

MakeMedia = Callable[..., LocalFile]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def happyhorse(catalog: Catalog) -> Route:
    return catalog.route(HAPPYHORSE)


@pytest.fixture
def wan(catalog: Catalog) -> Route:
    return catalog.route(WAN)


@pytest.fixture
def seedance2(catalog: Catalog) -> Route:
    return catalog.route(SEEDANCE_2)


@pytest.fixture
def seedance15(catalog: Catalog) -> Route:
    return catalog.route(SEEDANCE_15)


@pytest.fixture
def fantasy(catalog: Catalog) -> Route:
    return catalog.route(FANTASY)


@pytest.fixture
def fusionx(catalog: Catalog) -> Route:
    return catalog.route(FUSIONX)


def _local(shown: str, info: MediaInfo) -> LocalFile:
    return LocalFile(Path("campaign") / shown, shown, info)


@pytest.fixture
def image() -> MakeMedia:
    def make(
        width: int = 800, height: int = 600, size: int = 90_000, media_type: str = "image/png", shown: str = "a.png"
    ) -> LocalFile:
        return _local(shown, MediaInfo("image", media_type, size, "0" * 64, width, height))

    return make


@pytest.fixture
def voice() -> MakeMedia:
    def make(
        seconds: float = 4.2, size: int = 90_000, media_type: str = "audio/wav", shown: str = "v.wav"
    ) -> LocalFile:
        return _local(shown, MediaInfo("audio", media_type, size, "1" * 64, seconds=seconds, has_audio=True))

    return make


@pytest.fixture
def clip() -> MakeMedia:
    def make(seconds: float = 5, size: int = 90_000, media_type: str = "video/mp4", shown: str = "c.mp4") -> LocalFile:
        return _local(shown, MediaInfo("video", media_type, size, "2" * 64, 1280, 720, seconds))

    return make
