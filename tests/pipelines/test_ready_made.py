"""The ready-made pipelines, each used from a small one: what it makes, what goes out, and what can be seen of it."""

from __future__ import annotations

import re
from fractions import Fraction

from callsheet.document.model import Document
from callsheet.document.use import read_ready_made, ready_made
from callsheet.media.read import read_media
from callsheet.shipped import shipped

SPEAKER = "subtitles, flicker, distorted hands, extra people"


def each(*nodes: str) -> list[str]:
    """The instances of these nodes in all shapes."""
    return [f"{node}[shape={shape}]" for node in nodes for shape in ("story", "feed", "square", "wide")]


def prompts(sent) -> list[str]:
    return sorted(body["prompt"] for body in sent)


def test_a_portrait_is_one_render_and_its_poster(campaign) -> None:
    made = campaign(
        """
nodes:
  maria: {use: "callsheet:portrait", with: {picture: assets/person.jpg, life: a slow smile, seconds: 4}}
  end: {step: last_frame, input: {video: "{{ nodes.maria.video }}"}}
  page: {step: contact_sheet, input: {images: ["{{ nodes.maria.image }}", "{{ nodes.end.image }}"]}}
"""
    )
    assert list(made.states) == ["maria.shot", "maria.poster", "end", "page"]
    assert set(made.states.values()) == {"succeeded"}
    (body,) = made.sent
    assert body == {
        "image_url": "person.jpg",
        "prompt": "Gentle camera drift around the subject, a slow smile, soft natural light that warms a little; "
        "identity-stable features, face, hair and clothing unchanged.",
        "resolution": "1080P",
        "duration": 4,
        "seed": made.seeds["maria.shot"],
        "watermark": False,
    }


def test_a_product_reveal_renders_each_move_under_one_seed_and_cuts_a_film(campaign) -> None:
    made = campaign(
        """
defaults: {resolution: 720p}
nodes:
  lamp:
    use: callsheet:product-reveal
    with: {picture: assets/lamp.png, product: the lamp, logo: assets/logo.png, shots: 2, seconds: 3}
  again: {use: "callsheet:product-reveal", with: {picture: assets/lamp.png, product: the lamp, shots: 1, seconds: 3}}
  sheet: {step: contact_sheet, input: {clips: ["{{ nodes.lamp.shots }}", "{{ nodes.again.video }}"]}}
"""
    )
    assert list(made.states) == [
        "lamp.shot[move=approach]", "lamp.shot[move=orbit]", "lamp.film", "lamp.branded", "lamp.poster",
        "again.shot[move=approach]", "again.film", "again.poster", "sheet",
    ]  # fmt: skip
    assert prompts(made.sent) == [
        "Slow dolly in on the lamp on a seamless studio sweep, a rim light that slowly grows, "
        "it stands still and sharp; shape, label and packaging unchanged."
    ] * 2 + [
        "Smooth quarter orbit around the lamp on a seamless studio sweep, a rim light that slowly grows, "
        "reflections travel over its surface; shape, label and packaging unchanged."
    ]
    assert {(body["image_url"], body["duration"], body["resolution"]) for body in made.sent} == {
        ("lamp.png", 3, "720P")
    }
    assert made.seeds["lamp.shot[move=approach]"] == made.seeds["lamp.shot[move=orbit]"]
    assert made.seeds["lamp.shot[move=approach]"] != made.seeds["again.shot[move=approach]"]


def test_a_dub_is_one_shot_in_every_language_and_the_voice_alone_changes(campaign) -> None:
    made = campaign(
        """
axes: {language: [en, de]}
nodes:
  talk:
    use: callsheet:dub
    over: [language]
    with: {voice: "assets/voice-{{ language }}.mp3", line: "{{ 'Hello' if language == 'en' else '' }}"}
  both: {step: concat, input: {clips: "{{ nodes.talk.videos }}"}}
  clean: {step: last_frame, over: [language], input: {video: "{{ nodes.talk.clean }}"}}
"""
    )
    assert list(made.states) == [
        "talk.statement[language=en]", "talk.statement[language=de]",
        "talk.levelled[language=en]", "talk.levelled[language=de]",
        "talk.captioned[language=en]", "both", "clean[language=en]", "clean[language=de]",
    ]  # fmt: skip
    english, german = sorted(made.sent, key=lambda body: body["audio_url"], reverse=True)
    assert english == {
        "prompt": "Medium close-up of a presenter in a softly lit booth, leaning slightly toward the camera, "
        "locked tripod, shallow depth of field, warm key light from camera left.",
        "audio_url": "voice-en.mp3",
        "aspect_ratio": "16:9",
        "resolution": "1080p",
        "duration": 5,
        "negative_prompt": SPEAKER,
        "seed": made.seeds["talk.statement[language=en]"],
    }
    assert german == {**english, "audio_url": "voice-de.mp3", "duration": 6}


def test_a_multi_modal_shot_calls_its_references_by_number_and_leaves_out_those_it_has_not(campaign) -> None:
    made = campaign(
        """
nodes:
  all:
    use: callsheet:multi-modal
    with: {subject: assets/person.jpg, scene: assets/cafe.mp4, voice: assets/voice.mp3, action: walks in}
  pictures:
    use: callsheet:multi-modal
    with: {subject: [assets/person.jpg, assets/vase.webp], action: lifts the vase of image 2, seconds: 4}
  page: {step: contact_sheet, input: {images: ["{{ nodes.all.image }}", "{{ nodes.pictures.image }}"]}}
"""
    )
    assert list(made.states) == ["all.shot", "all.poster", "pictures.shot", "pictures.poster", "page"]
    first, second = sorted(made.sent, key=lambda body: len(body["image_url"]))
    assert first == {
        "prompt": "The subject of image 1 walks in, in the setting and light of video 1, and speaks with the voice of "
        "audio 1. Medium close-up, slow push-in, warm light, gentle ambience; the subject of image 1 stays "
        "recognisable throughout.",
        "image_url": ["person.jpg"],
        "video_url": ["cafe.mp4"],
        "audio_url": ["voice.mp3"],
        "aspect_ratio": "adaptive",
        "duration": 5,
        "resolution": "720p",
        "generate_audio": True,
        "seed": made.seeds["all.shot"],
    }
    assert second["prompt"] == (
        "The subject of image 1 lifts the vase of image 2. Medium close-up, slow push-in, warm light, gentle ambience; "
        "the subject of image 1 stays recognisable throughout."
    )
    assert second["image_url"] == ["person.jpg", "vase.webp"]
    assert "video_url" not in second
    assert "audio_url" not in second


def test_a_talking_head_goes_on_while_the_picture_cuts_away(campaign) -> None:
    made = campaign(
        """
nodes:
  one:
    use: callsheet:talking-head-with-b-roll
    with: {voice: assets/voice-en.mp3, cutaway_1: assets/lamp.png, start_1: 0.2, aspect_ratio: "1:1"}
  two:
    use: callsheet:talking-head-with-b-roll
    with:
      voice: assets/voice-en.mp3
      cutaway_1: assets/lamp.png
      cutaway_2: assets/vase.webp
      motion_2: Slow tilt up
      start_1: 0.2
      start_2: 0.6
  sheet: {step: contact_sheet, input: {clips: ["{{ nodes.one.video }}", "{{ nodes.two.talk }}", "{{ nodes.two.b_rolls }}"]}}
"""
    )
    assert list(made.states) == [
        "one.talk", "one.b_roll[cutaway=1]", "one.framed[cutaway=1]", "one.first_cut", "one.film",
        "two.talk", "two.b_roll[cutaway=1]", "two.b_roll[cutaway=2]", "two.framed[cutaway=1]", "two.framed[cutaway=2]",
        "two.first_cut", "two.second_cut", "two.film", "sheet",
    ]  # fmt: skip
    assert prompts(made.sent) == [
        *["Medium close-up of an expert in a bright workshop speaking to the camera with calm gestures, eye level, "
          "locked tripod, shallow depth of field, soft window light."] * 2,
        *["Slow push in, natural light, everything else as it is."] * 2,
        "Slow tilt up, natural light, everything else as it is.",
    ]  # fmt: skip
    talks = [body for body in made.sent if "audio_url" in body]
    assert {(body["audio_url"], body["duration"], body["negative_prompt"]) for body in talks} == {
        ("voice-en.mp3", 5, SPEAKER)
    }
    talk, film = read_media(made.files["two.talk"]), read_media(made.files["two.film"])
    assert (film.width, film.height, film.seconds, film.has_audio) == (talk.width, talk.height, talk.seconds, True)


def test_social_cutdowns_are_four_shapes_and_cost_nothing(campaign) -> None:
    made = campaign(
        """
nodes:
  social:
    use: callsheet:social-cutdowns
    with: {film: assets/cafe.mp4, line: Hello, logo: assets/logo.png, seconds: 0.5}
  page: {step: contact_sheet, input: {images: ["{{ nodes.social.sheet }}", "{{ nodes.social.images }}"]}}
"""
    )
    assert list(made.states) == [
        "social.part",
        *each("social.framed", "social.branded", "social.captioned", "social.clip", "social.poster"),
        "social.overview", "page",
    ]  # fmt: skip
    assert set(made.states.values()) == {"succeeded"}
    assert made.sent == []
    clips = [read_media(made.files[ident]) for ident in each("social.clip")]
    assert [Fraction(clip.width or 0, clip.height or 1) for clip in clips] == [
        Fraction(9, 16), Fraction(4, 5), Fraction(1), Fraction(16, 9),
    ]  # fmt: skip


def test_social_cutdowns_without_logo_and_line_are_as_few_steps_as_can_be(project) -> None:
    project.write(
        {
            "pipeline.yaml": """\
callsheet: 1
name: campaign
seed: 7
nodes:
  film: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: A lamp.}}
  social: {use: "callsheet:social-cutdowns", with: {film: "{{ nodes.film.video }}"}}
  again: {use: "callsheet:social-cutdowns", with: {film: "{{ nodes.social.wide }}", fit: blur}}
"""
        }
    )
    plan = project.plan()
    assert [ident for ident in plan if not ident.startswith("again.")] == [
        "film", "social.part", *each("social.framed", "social.clip", "social.poster"), "social.overview",
    ]  # fmt: skip
    assert plan["social.clip[shape=feed]"]["needs"] == ["social.framed[shape=feed]"]
    assert plan["again.part"]["needs"] == ["social.clip[shape=wide]"]
    assert plan["again.framed[shape=wide]"]["input"]["fit"] == "blur"


def documents() -> dict[str, Document]:
    return {name: read_ready_made(name) for name in ready_made()}


def test_there_are_these_six() -> None:
    assert ready_made() == [
        "dub", "multi-modal", "portrait", "product-reveal", "social-cutdowns", "talking-head-with-b-roll",
    ]  # fmt: skip


def test_every_one_has_its_name_a_purpose_typed_and_told_params_and_outputs() -> None:
    for name, document in documents().items():
        assert document.name == name
        assert document.description
        assert document.description.endswith(".")
        assert [one.name for one in document.params.values() if not one.description] == []
        assert [one.name for one in document.nodes.values() if not one.description] == []
        assert document.outputs


def test_none_publishes_under_a_name_of_its_own_or_brings_files() -> None:
    """So that a campaign can use one several times, and all of them lie in a wheel."""
    for document in documents().values():
        assert [node.name for node in document.nodes.values() if node.publish is not None] == []
    assert {path.suffix for path in shipped("pipelines").iterdir()} == {".yaml"}


def test_the_use_that_stands_in_the_head_of_each_names_params_and_outputs_that_it_has() -> None:
    for name, document in documents().items():
        head = (shipped("pipelines") / f"{name}.yaml").read_text(encoding="utf-8").partition("callsheet: 1")[0]
        assert f"use: callsheet:{name}" in head
        shown = "\n".join(line.removeprefix("#").removeprefix(" ") for line in head.splitlines()[1:])
        outputs = re.findall(r"`nodes\.\w+\.(\w+)`", shown)
        assert outputs
        assert set(outputs) <= set(document.outputs)
