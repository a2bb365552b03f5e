"""The queue on its own, with a clock that moves when told to; and the times it is given."""

from __future__ import annotations

import math
import statistics
from random import Random

import pytest

from callsheet.simulator.brief import Brief
from callsheet.simulator.queue import Queue, Request
from callsheet.simulator.settings import Settings, Spread
from callsheet.simulator.studio import Work


class Line:
    """A queue with slots, its clock, and the order in which requests were started."""

    def __init__(self, slots: int) -> None:
        self.now = 0.0
        self.started: list[str] = []
        self.works: dict[str, Work] = {}
        self.queue = Queue(slots, lambda: self.now, self.start)

    def start(self, request: Request) -> Work | None:
        self.started.append(request.id)
        return self.works.get(request.id)

    def add(self, name: str, ready: float = 0.0, seconds: float = 10.0) -> Request:
        brief = Brief(name, "m", "M", "video", "", "", None, (), 1, 24, None, False, True, (), (), ())
        request = Request(name, len(self.started), name, brief, 1.0, self.now, self.now + ready, seconds)
        self.queue.add(request)
        return request


def test_as_many_run_as_there_are_slots():
    line = Line(slots=2)
    states = [line.queue.state(line.add(name)) for name in "abc"]
    assert states == ["in_progress", "in_progress", "in_queue"]


def test_a_late_look_sees_what_happened_in_between():
    line = Line(slots=1)
    first, second, third = (line.add(name) for name in "abc")
    line.now = 25.0
    assert [line.queue.state(each) for each in (first, second, third)] == ["completed", "completed", "in_progress"]
    assert (first.started, first.finished) == (0.0, 10.0)
    assert (second.started, second.finished) == (10.0, 20.0)
    assert third.started == 20.0


def test_the_next_event_is_a_start_or_an_end():
    line = Line(slots=1)
    assert line.queue.next_event() == math.inf
    line.add("a", ready=3.0)
    assert line.queue.next_event() == 3.0
    line.now = 3.0
    line.queue.advance()
    assert line.queue.next_event() == 13.0


def test_a_cancelled_request_never_starts():
    line = Line(slots=1)
    line.add("a")
    second, third = line.add("b"), line.add("c")
    assert line.queue.cancel(second) is True
    assert line.queue.position(third) == 1
    line.now = 30.0
    line.queue.advance()
    assert line.started == ["a", "c"]
    assert line.queue.billed == 2.0


def test_a_request_is_not_over_before_its_work_is():
    line = Line(slots=1)
    work = line.works["a"] = Work()
    request = line.add("a")
    line.now = 12.0
    assert line.queue.state(request) == "in_progress"
    work.done_at = 15.0
    line.now = 16.0
    assert line.queue.state(request) == "completed"
    assert request.finished == 15.0


def test_work_that_went_wrong_fails_the_request_and_gives_the_money_back():
    line = Line(slots=1)
    work = line.works["a"] = Work()
    request = line.add("a", seconds=1.0)
    work.error, work.done_at, line.now = "the image can not be decoded", 2.0, 3.0
    assert line.queue.state(request) == "failed"
    assert (request.error, request.billed, line.queue.billed) == ("the image can not be decoded", 0.0, 0.0)


def test_times_spread_around_their_median():
    random = Random(1)
    times = [Spread(40.0, 0.45).draw(random) for _ in range(2000)]
    assert 38 < statistics.median(times) < 42
    assert min(times) > 5
    assert [Spread(4.0).draw(random) for _ in range(3)] == [4.0, 4.0, 4.0]


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 40.0), (20.0, 2.0), (0.0, 0.0), (math.inf, 0.0)])
def test_speed_divides_times_and_zero_means_no_waiting(speed, seconds):
    assert Settings(speed=speed).scaled(40.0) == seconds


def test_settings_never_show_the_token():
    assert "secret" not in repr(Settings(token="secret"))
