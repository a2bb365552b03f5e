from __future__ import annotations

from dataclasses import replace

import pytest

from callsheet.catalog.fields import fill
from callsheet.catalog.price import estimate
from callsheet.catalog.route import Estimate, Price, Step


def test_a_real_price_that_is_not_known_is_unknown_and_never_nothing(catalog) -> None:
    for route in catalog.routes():
        assert estimate(route, {}, provider_is_simulator=False) == Estimate(None, "unknown")


@pytest.mark.parametrize(("seconds", "usd"), [(3, 0.3), (5, 0.5), (15, 1.5)])
def test_a_price_by_the_second_is_multiplied_by_the_duration(happyhorse, seconds: int, usd: float) -> None:
    assert estimate(happyhorse, {"duration": seconds}, provider_is_simulator=True) == Estimate(usd, "base")


def test_a_frame_count_route_is_priced_by_frames_over_frame_rate(fantasy) -> None:
    assert estimate(fantasy, fill(fantasy, {}, {}).values, True) == Estimate(0.151875, "base")
    longer = fill(fantasy, {"174_value": 141, "163_frame_rate": 12}, {}).values
    assert estimate(fantasy, longer, True) == Estimate(0.3525, "base")


def test_a_length_that_is_not_known_yet_counts_as_the_longest(wan) -> None:
    assert estimate(wan, {"duration": "match-audio"}, True) == Estimate(1.2, "base")


def test_a_price_by_the_output_is_one_output(happyhorse) -> None:
    route = replace(happyhorse, price=Price(0.25, "output"))
    assert estimate(route, {"duration": 15}, False) == Estimate(0.25, "base")


def test_a_price_by_a_unit_not_known_here_is_unknown(happyhorse) -> None:
    route = replace(happyhorse, price=Price(0.25, "megapixel"))
    assert estimate(route, {"duration": 15}, False) == Estimate(None, "unknown")


def test_a_step_costs_nothing() -> None:
    assert estimate(Step("join", 1, "Join", {}, "video"), {}, False) == Estimate(0.0, "base")
