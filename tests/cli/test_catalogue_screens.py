"""Whole screens of the catalogue's verbs."""

from __future__ import annotations

SEEDANCE_15 = """\
bytedance/seedance-v1.5-pro/image-to-video
Seedance 1.5 Pro image to video
makes video; seed field: none; price: unknown

  prompt                  text, required
                          best under 500 characters
                          What happens; under 500 characters works best.
  first_frame_image_url   image, required; canonical: image, images
                          width_pixels< 6000; height_pixels< 6000; width_pixels> 300; height_pixels>
                          300; width/height> 0.4; width/height< 2.5; file_size_mb< 30
  resolution              text, default "480p"
                          one of "480p", "720p", "1080p"
  ratio                   text, default "adaptive"; canonical: aspect_ratio
                          one of "16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"
  duration                integer, default 5
                          one of 4, 5, 6, 7, 8, 9, 10, 11, 12
  generate_audio          boolean, default true
  camera_fixed            boolean, default true
                          Whether the camera stays where it is.

  not here, but there
    images                bytedance/seedance-v2/pro
    video                 bytedance/seedance-v2/pro
    audio                 bytedance/seedance-v2/pro
    negative_prompt       wan-ai/wan-2-7/text-to-video

  advice
  - Keep the prompt under 500 characters.
  - Set `camera_fixed: false` where the camera should move.
"""


def test_one_route_in_full_has_fields_limits_canonical_names_price_and_advice(project) -> None:
    assert project.run("routes", "bytedance/seedance-v1.5-pro/image-to-video").stdout == SEEDANCE_15


def test_routes_are_searched_by_every_word_in_any_of_their_facts(project) -> None:
    def found(text: str) -> list[str]:
        return [line.split()[0] for line in project.run("routes", "--search", text).stdout.splitlines()]

    assert found("seedance") == ["bytedance/seedance-v1.5-pro/image-to-video", "bytedance/seedance-v2/pro"]
    assert found("seedance camera_fixed") == ["bytedance/seedance-v1.5-pro/image-to-video"]
    assert found("驱动视频") == ["community/fantasy-portrait/image-to-video"]
    assert found("nothing of this kind") == []


def test_the_list_of_intents_ends_with_what_auto_tries(project) -> None:
    lines = project.run("intents").stdout.splitlines()
    assert lines[:2] == [
        "portrait          happyhorse/happyhorse-1.0/image-to-video",
        "                  Animate a portrait and keep the face stable: "
        "ranks first among image-to-video models (Elo 1392) and keeps a face as it is",
    ]
    assert lines[-1] == "auto              the first of default, lip-sync, multi-modal that takes the inputs given"
    assert project.run("intents", "--json").json["auto"] == ["default", "lip-sync", "multi-modal"]
