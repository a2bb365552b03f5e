from __future__ import annotations

import pytest

from callsheet.catalog.fields import find_field
from callsheet.catalog.route import Fault, Route
from callsheet.catalog.spell import spell, spell_size
from callsheet.media.info import Artifact, RemoteFile


def spelled(route: Route, name: str, value: object) -> object:
    field = find_field(route, name)
    assert field is not None
    return spell(route, name, field, value)


def fault(route: Route, name: str, value: object) -> tuple[str, str, str | None, str | None]:
    found = spelled(route, name, value)
    assert isinstance(found, Fault)
    return found.code, found.message, found.field, found.hint


@pytest.mark.parametrize("written", ["1080p", "1080P", " 1080p "])
def test_resolution_is_spelled_the_routes_way(happyhorse, wan, written: str) -> None:
    assert spelled(happyhorse, "resolution", written) == "1080P"
    assert spelled(wan, "resolution", written) == "1080p"


def test_a_choice_the_route_lacks_lists_what_it_has(happyhorse, seedance2) -> None:
    assert fault(happyhorse, "resolution", "480p") == (
        "input-not-allowed",
        "`resolution` must be `720P` or `1080P`, not `480p`",
        "resolution",
        None,
    )
    assert fault(seedance2, "aspect_ratio", "2:1") == (
        "input-not-allowed",
        "`aspect_ratio` must be `adaptive`, `16:9`, `9:16`, `4:3`, `3:4`, `1:1` or `21:9`, not `2:1`",
        "aspect_ratio",
        None,
    )


def test_a_duration_out_of_range_says_the_range(happyhorse, seedance2) -> None:
    assert fault(happyhorse, "duration", 16)[:2] == (
        "input-not-allowed",
        "`duration` must be a whole number from 3 to 15, not `16`",
    )
    assert fault(seedance2, "duration", 3)[:2] == ("input-out-of-range", "`duration` must be from 4 to 15, not 3")


def test_whole_floats_become_integers_and_others_do_not(happyhorse, fantasy) -> None:
    value = spelled(happyhorse, "duration", 5.0)
    assert (value, type(value)) == (5, int)
    assert fault(happyhorse, "duration", 5.5)[:2] == (
        "input-type",
        "`duration` must be a whole number, not the number 5.5",
    )
    assert spelled(fantasy, "150_strength", 0.7) == 0.7
    assert fault(fantasy, "150_strength", float("nan"))[1] == "`150_strength` must be a number, not the number nan"
    assert fault(fantasy, "150_strength", 2.5)[1] == "`150_strength` must be from 0.3 to 2, not 2.5"


def test_text_is_never_read_as_a_number(happyhorse) -> None:
    assert fault(happyhorse, "duration", "5") == (
        "input-type",
        "`duration` must be a whole number, not the text `5`",
        "duration",
        "write the number without quotes, or as a whole-value template such as `{{ params.seconds }}`",
    )


def test_a_boolean_is_no_number_and_a_text_no_boolean(happyhorse) -> None:
    assert fault(happyhorse, "duration", True)[1] == "`duration` must be a whole number, not `true`"
    assert fault(happyhorse, "watermark", "true") == (
        "input-type",
        "`watermark` must be `true` or `false`, not the text `true`",
        "watermark",
        "write `true` or `false` without quotes",
    )
    assert spelled(happyhorse, "watermark", True) is True


def test_a_number_is_no_prompt(fusionx) -> None:
    assert fault(fusionx, "prompt", 5) == (
        "input-type",
        "`prompt` (`600_prompt`) must be text, not the number 5",
        "600_prompt",
        "put the value in quotes",
    )


@pytest.mark.parametrize(
    ("resolution", "aspect_ratio", "size"),
    [
        ("720x720", None, "720x720 (1:1)"),
        ("576X1024", None, "576x1024 (9:16)"),
        ("720x720 (1:1)", None, "720x720 (1:1)"),
        (None, "1:1", "720x720 (1:1)"),
        (None, "9:16", "540x960 (9:16)"),
        (None, "16:9", "960x540 (16:9)"),
        (None, "3:2", "720x480 (3:2)"),
        ("480x480", "1:1", "480x480 (1:1)"),
        ("720p", "16:9", "1280x720 (16:9)"),
        ("720P", None, "720x720 (1:1)"),
    ],
)
def test_resolution_and_aspect_ratio_pick_a_fixed_size(
    fantasy, resolution: str | None, aspect_ratio: str | None, size: str
) -> None:
    assert spell_size(fantasy, fantasy.fields["169_valuex170_value"], resolution, aspect_ratio) == size


def test_an_aspect_ratio_picks_the_size_nearest_in_pixels_to_the_default(fantasy, fusionx) -> None:
    assert spelled(fantasy, "aspect_ratio", "1:1") == "720x720 (1:1)"
    assert spelled(fusionx, "aspect_ratio", "1:1") == "480x480 (1:1)"
    assert spelled(fusionx, "resolution", "480p") == "720x480 (3:2)"


def test_a_size_that_is_not_there_lists_those_that_are(fusionx) -> None:
    sizes = (
        "its sizes are `480x480 (1:1)`, `720x720 (1:1)`, `480x720 (2:3)`, `720x480 (3:2)`, `540x960 (9:16)`, "
        "`576x1024 (9:16)`, `720x1280 (9:16)`, `960x540 (16:9)`, `1024x576 (16:9)` and `1280x720 (16:9)`"
    )
    field = fusionx.fields["602_widthx602_height"]
    assert fault(fusionx, "resolution", "1080p") == (
        "input-not-allowed",
        "`resolution` (`602_widthx602_height`) has no size for `resolution: 1080p`",
        "602_widthx602_height",
        sizes,
    )
    disagreeing = spell_size(fusionx, field, "720x720", "16:9")
    assert isinstance(disagreeing, Fault)
    assert disagreeing.message == (
        "`resolution` (`602_widthx602_height`) has no size for `resolution: 720x720` with `aspect_ratio: 16:9`"
    )
    assert fault(fusionx, "aspect_ratio", "adaptive")[1] == (
        "`aspect_ratio` (`602_widthx602_height`) has no size for `aspect_ratio: adaptive`"
    )
    assert fault(fusionx, "aspect_ratio", 1.5)[1] == (
        "`aspect_ratio` (`602_widthx602_height`) must be text, not the number 1.5"
    )


def test_a_fixed_size_may_be_given_natively(fusionx) -> None:
    assert spelled(fusionx, "602_widthx602_height", "480x480 (1:1)") == "480x480 (1:1)"


def test_one_file_becomes_a_list_where_the_route_takes_a_list(seedance2, image) -> None:
    one, two = image(shown="a.png"), image(shown="b.png")
    assert spelled(seedance2, "image", one) == [one]
    assert spelled(seedance2, "images", [one, two]) == [one, two]
    assert spelled(seedance2, "image_url", (one, two)) == [one, two]


def test_a_plural_with_one_value_is_that_value_where_the_route_takes_one(happyhorse, image) -> None:
    one = image()
    assert spelled(happyhorse, "images", [one]) == one
    assert spelled(happyhorse, "image", one) == one


def test_several_files_where_the_route_takes_one_is_an_error(happyhorse, image) -> None:
    assert fault(happyhorse, "images", [image(), image()]) == (
        "input-count",
        "`images` (`image_url`) takes exactly one image file, and 2 are given",
        "image_url",
        "`bytedance/seedance-v2/pro` takes several",
    )
    assert fault(happyhorse, "images", [])[1] == "`images` (`image_url`) takes exactly one image file, and 0 are given"


def test_a_plural_reference_where_the_route_takes_one_is_an_error(wan) -> None:
    assert fault(wan, "audio", Artifact("voices", "audio", many=True)) == (
        "input-count",
        "`audio` (`audio_url`) takes exactly one audio file, and `voices` may give several",
        "audio_url",
        "write `.audio` in place of `.audios`",
    )


def test_text_is_no_media(happyhorse) -> None:
    assert fault(happyhorse, "image", "a.png") == (
        "input-type",
        "`image` (`image_url`) takes an image, not the text `a.png`",
        "image_url",
        "give a path, an `https://` URL or a reference such as `{{ nodes.hero.image }}`",
    )


def test_artifacts_and_remote_files_are_media(seedance2) -> None:
    artifact, remote = Artifact("hero", "video"), RemoteFile("https://example.com/a.mp4")
    assert spelled(seedance2, "videos", [artifact, remote]) == [artifact, remote]
