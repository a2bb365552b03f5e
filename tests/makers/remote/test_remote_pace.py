from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from callsheet.makers.remote.expectation import Expectation
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.pace import Paces
from callsheet.makers.remote.patience import Timing

ROUTE = "wan-ai/wan-2-7/text-to-video"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def renders(count: int, spread: float) -> list[float]:
    """Seconds of renders whose median is a minute, evenly over their distribution."""
    steps = ((number + 0.5) / count for number in range(count))
    return [60 * math.exp(spread * NormalDist().inv_cdf(step)) for step in steps]


MINUTE = renders(50, 0.2)


class Hands:
    """A clock that is set by hand."""

    now = 0.0

    def timing(self) -> Timing:
        return Timing(clock=lambda: self.now)


def paces(hands: Hands, **history: list[float]) -> Paces:
    return Paces(Limits(), hands.timing(), lambda route: history.get(route, ()))


def test_a_route_nobody_knows_is_asked_about_at_growing_pauses() -> None:
    with paces(Hands(), a=[60.0] * 4).watch("a", fresh=True) as watch:
        pauses = [watch.pause() for _ in range(60)]
    assert [round(pause, 2) for pause in pauses[:4]] == [0.5, 0.65, 0.85, 1.1]
    assert pauses[-1] == 3.0


def test_a_render_of_which_nobody_knows_when_it_was_submitted_is_asked_about_at_growing_pauses() -> None:
    with paces(Hands(), a=MINUTE).watch("a", fresh=False) as watch:
        assert [watch.pause(), watch.pause()] == [0.5, 0.65]


def test_polls_are_sparse_early_and_dense_around_the_expected_end() -> None:
    hands = Hands()
    with paces(hands, a=MINUTE).watch("a", fresh=True) as watch:
        early, near, at, late = (setattr(hands, "now", when) or watch.pause() for when in (0.0, 42.0, 60.0, 600.0))
    assert early == pytest.approx(10.0, abs=0.1)
    assert at < near < early
    assert 0.5 <= at < 1.5
    assert late > 3 * at


def test_a_pause_is_never_shorter_or_longer_than_allowed() -> None:
    steady = Expectation(math.log(60), 0.05)
    pauses = [steady.pause(elapsed, 0.5, 10.0) for elapsed in range(0, 4000, 7)]
    assert min(pauses) >= 0.5
    assert max(pauses) <= 10.0


def test_what_ends_in_a_run_is_learned_and_the_history_is_read_once() -> None:
    hands, asked = Hands(), []
    learning = Paces(Limits(), hands.timing(), lambda route: asked.append(route) or [])
    for _ in range(5):
        with learning.watch("a", fresh=True) as watch:
            assert watch.pause() == 0.5
            hands.now += 40.0
            watch.ended()
    with learning.watch("a", fresh=True) as watch:
        assert watch.pause() > 9.0
    assert asked == ["a"]


def test_the_newest_renders_count() -> None:
    hands = Hands()
    with paces(hands, a=[10.0] * 256 + [600.0] * 500).watch("a", fresh=True) as watch:
        hands.now = 9.5
        assert watch.pause() < 1.0


def test_renders_that_go_on_are_expected_to_end_later_than_those_that_have_ended() -> None:
    ends = [math.log(end) for end in renders(500, 0.5)]
    now = math.log(40)
    hasty = Expectation.learned([end for end in ends if end <= now], [])
    fair = Expectation.learned([end for end in ends if end <= now], [now] * sum(end > now for end in ends))
    assert hasty
    assert fair
    for _ in range(20):
        fair = Expectation.learned([end for end in ends if end <= now], [now] * sum(end > now for end in ends), fair)
        assert fair
    assert hasty.typical < 35
    assert fair.typical == pytest.approx(60, rel=0.05)
    assert fair.sigma == pytest.approx(0.5, rel=0.1)


def test_a_render_that_never_ends_does_not_blur_what_is_known() -> None:
    ends = [math.log(end) for end in MINUTE]
    assert Expectation.learned(ends, [math.log(4000)]) == Expectation.learned(ends, [])


def test_polling_by_expectation_needs_fewer_reads_and_notices_sooner_than_every_two_seconds() -> None:
    ends = [min(180.0, max(20.0, end)) for end in renders(500, math.log(3) / 2)]
    known = Expectation.learned([math.log(end) for end in ends[::8]], [])
    assert known
    reads = delay = 0.0
    for end in ends:
        now = 0.0
        while now < end:
            now += known.pause(now, 0.5, 10.0)
            reads += 1
        delay += now - end
    fixed = [math.ceil(end / 2) for end in ends]
    assert reads < 0.95 * sum(fixed)
    assert delay < 0.95 * sum(2 * count - end for count, end in zip(fixed, ends, strict=True))


@pytest.mark.anyio
async def test_a_render_of_a_known_route_is_asked_about_by_its_age(stage, speak) -> None:
    stage.api.on(f"POST /v1/models/{ROUTE}", speak(200, {"request_id": "r1"}))
    stage.api.has("r1", output={"image": stage.api.has_file("/files/r1.png", PNG)})
    async with stage.maker(history={ROUTE: MINUTE}) as maker:
        await maker.make(stage.order(), stage.diary)
    assert len(stage.time.waits) == 1
    assert 8.5 < stage.time.waits[0] <= 11.0


@pytest.mark.anyio
async def test_all_reads_of_a_run_share_one_rate(stage) -> None:
    for number in range(6):
        stage.api.has(f"r{number}", output={"image": stage.api.has_file(f"/files/r{number}.png", PNG)})
    async with stage.maker(reads_per_second=2) as maker:
        for number in range(6):
            await maker.make(stage.order(request_id=f"r{number}"), stage.diary)
    assert stage.time.now == pytest.approx((12 - 2) / 2, abs=0.01)
