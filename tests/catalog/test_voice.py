from __future__ import annotations

import pytest

from callsheet.catalog.check import match_audio
from callsheet.catalog.route import Fault


@pytest.mark.parametrize(("seconds", "duration"), [(3.2, 4), (5.0, 5), (5.0004, 5), (5.01, 6), (0.5, 2), (15.0, 15)])
def test_match_audio_rounds_the_voices_length_up_to_an_allowed_value(wan, seconds: float, duration: int) -> None:
    assert match_audio(wan, seconds, allow_cut=False) == duration


def test_match_audio_keeps_to_each_routes_own_range(seedance2, seedance15) -> None:
    assert match_audio(seedance2, 2.5, allow_cut=False) == 4
    assert match_audio(seedance15, 11.1, allow_cut=False) == 12


def test_a_voice_longer_than_the_route_allows_is_an_error_in_seconds(wan) -> None:
    assert match_audio(wan, 16.2, allow_cut=False) == Fault(
        "voice-too-long",
        "the voice lasts 16.2 s, and `wan-ai/wan-2-7/text-to-video` makes at most 15 s",
        "duration",
        "split it with `split_audio`, or write `allow_cut: true` to let it be cut at 15 s",
    )
    assert match_audio(wan, 16.2, allow_cut=True) == 15


def test_a_route_without_a_duration_has_nothing_to_match(fantasy) -> None:
    assert match_audio(fantasy, 4.0, allow_cut=False) == Fault(
        "match-audio-without-duration",
        "`community/fantasy-portrait/image-to-video` has no `duration` to match",
        "duration",
        "give the length in the route's own fields",
    )
