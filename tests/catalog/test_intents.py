from __future__ import annotations

import pytest

from callsheet.catalog.intents import choose
from callsheet.catalog.load import UnknownName

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE_2 = "bytedance/seedance-v2/pro"


def test_the_table_of_intents_is_whole_and_each_says_why(catalog) -> None:
    table = [(intent.name, intent.route, intent.requires) for intent in catalog.intents()]
    assert table == [
        ("portrait", HAPPYHORSE, ("image_url",)),
        ("product-reveal", HAPPYHORSE, ("image_url",)),
        ("ambient-audio", HAPPYHORSE, ("image_url",)),
        ("lip-sync", WAN, ("audio_url",)),
        ("dub", WAN, ("audio_url",)),
        ("multi-modal", SEEDANCE_2, ("image_url",)),
        ("brand-narrative", SEEDANCE_2, ("image_url",)),
        ("default", HAPPYHORSE, ("image_url",)),
    ]
    assert all(intent.why and intent.title for intent in catalog.intents())


def test_what_an_intent_requires_is_a_field_of_its_route(catalog) -> None:
    for intent in catalog.intents():
        assert set(intent.requires) <= set(catalog.route(intent.route).fields)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["image", "prompt"], "default"),
        (["image", "prompt", "duration", "resolution"], "default"),
        (["image_url", "prompt", "watermark"], "default"),
        (["audio", "prompt", "aspect_ratio"], "lip-sync"),
        (["audio", "prompt", "negative_prompt"], "lip-sync"),
        (["image", "audio", "prompt"], "multi-modal"),
        (["images", "prompt"], "multi-modal"),
        (["image", "prompt", "aspect_ratio"], "multi-modal"),
        (["image", "video", "prompt"], "multi-modal"),
    ],
)
def test_auto_picks_by_the_inputs_given(catalog, given: list[str], name: str) -> None:
    assert choose(catalog, given)[0].name == name


def test_auto_says_why(catalog) -> None:
    assert choose(catalog, ["prompt", "audio"])[1] == (
        "`lip-sync` fits the inputs `audio` and `prompt`: "
        "it takes your own WAV or MP3 (3 to 30 s, 15 MB at most) and drives the lips with it"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["prompt"], "no intent fits the inputs `prompt`"),
        (["image", "negative_prompt"], "no intent fits the inputs `image` and `negative_prompt`"),
        ([], "no intent fits an empty input"),
    ],
)
def test_auto_with_inputs_that_fit_no_intent_is_an_error(catalog, given: list[str], message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        choose(catalog, given)
    assert (caught.value.kind, str(caught.value)) == ("intent", message)
    assert (
        caught.value.hint
        == "write the `intent` or `route` you mean; `callsheet intents` lists them with what they need"
    )
