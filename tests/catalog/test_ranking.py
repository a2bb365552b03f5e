"""Routes ranked for a sentence: offline, by its words alone, the same each time."""

from __future__ import annotations

import pytest

from callsheet.catalog.intents import rank

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE_2 = "bytedance/seedance-v2/pro"


@pytest.mark.parametrize(
    ("sentence", "intent", "route"),
    [
        ("animate a portrait, keep the face stable", "portrait", HAPPYHORSE),
        ("让人像动起来,保持面部特征稳定", "portrait", HAPPYHORSE),
        ("a 360 product reveal with macro shots of the packaging", "product-reveal", HAPPYHORSE),
        ("给产品做360度旋转展示", "product-reveal", HAPPYHORSE),
        ("a forest with synchronized ambient sound", "ambient-audio", HAPPYHORSE),
        ("一次生成同步环境音", "ambient-audio", HAPPYHORSE),
        ("lip-sync a spokesperson to my own voiceover", "lip-sync", WAN),
        ("用自己的旁白做唇形同步", "lip-sync", WAN),
        ("dub the same shot into five languages", "dub", WAN),
        ("同一画面的多语言配音", "dub", WAN),
        ("combine an image, a reference video and reference audio", "multi-modal", SEEDANCE_2),
        ("图片加参考视频加参考音频的多模态", "multi-modal", SEEDANCE_2),
        ("a brand story with a character reference and a scene reference", "brand-narrative", SEEDANCE_2),
        ("品牌一致的叙事,角色参考", "brand-narrative", SEEDANCE_2),
        ("transfer the expression of a driving video", None, "community/fantasy-portrait/image-to-video"),
        ("固定镜头,首帧图片", None, "bytedance/seedance-v1.5-pro/image-to-video"),
        ("make it move", "default", HAPPYHORSE),
        ("xyzzy", "default", HAPPYHORSE),
        ("", "default", HAPPYHORSE),
    ],
)
def test_the_row_of_the_table_that_a_sentence_asks_for_comes_first(catalog, sentence, intent, route) -> None:
    first = rank(catalog, sentence)[0]
    assert (first.intent, first.route) == (intent, route)


def test_the_words_that_speak_for_a_route_are_told(catalog) -> None:
    ranked = rank(catalog, "Animate a portrait, keep the face stable")
    assert [(one.intent, one.score, one.matched) for one in ranked] == [
        ("portrait", 6, ("portrait*", "face*", "keep the face", "animate a portrait")),
        ("default", 1, ("animate*",)),
    ]


def test_what_is_not_wanted_does_not_count(catalog) -> None:
    assert rank(catalog, "a portrait, no lip sync, without voiceover")[0].intent == "portrait"


def test_the_screen_of_a_sentence(project) -> None:
    assert project.run("intents", "dub our spokesperson").stdout == (
        "1. wan-ai/wan-2-7/text-to-video\n"
        "   intent lip-sync: takes your own WAV or MP3 (3 to 30 s, 15 MB at most) and drives the lips with it\n"
        "   found: spokesperson\n"
        "2. wan-ai/wan-2-7/text-to-video\n"
        "   intent dub: makes the same shot again with another voice track, one per language\n"
        "   found: dub\n"
    )
    assert project.run("intents", "xyzzy", "--json").json == {
        "sentence": "xyzzy",
        "candidates": [
            {
                "route": HAPPYHORSE,
                "intent": "default",
                "score": 0,
                "matched": [],
                "why": "has the best all-round quality, with sound of its own",
            }
        ],
    }
