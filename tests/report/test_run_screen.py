from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from rich.console import Console

from callsheet.catalog.route import Estimate
from callsheet.plan.job import Plan
from callsheet.report.plain import PlainListener, can_draw
from callsheet.report.table import run_text
from callsheet.report.terminal import LiveListener, live_listener
from callsheet.run.events import Change, Listener, State
from callsheet.run.outcome import Action


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def tell(listener: Listener, plan: Plan, make: SimpleNamespace, changes: Iterable[Change], **actions: Action) -> None:
    listener.started(plan, make.decisions(plan, actions))
    for change in changes:
        listener.changed(change)


def test_a_run_in_a_log_has_one_line_per_change_that_matters(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"take": take}) for take in ("1", "2", "3")] + [make.job("spot", {}, "concat")]
    plan = make.plan(jobs, provider="runcomfy")
    stream = io.StringIO()
    listener = PlainListener(stream)
    first, second, third = (one.id for one in jobs[:3])
    tell(
        listener,
        plan,
        make,
        [
            Change(third, State.cached, 0.0),
            Change(first, State.queued, 0.04, queue_position=3),
            Change(first, State.queued, 0.5, queue_position=2),
            Change(second, State.queued, 0.6),
            Change(first, State.running, 1.0),
            Change(first, State.running, 2.0, progress=0.5),
            Change(first, State.downloading, 3.0),
            Change(first, State.succeeded, 3.21, cost_usd=0.5),
            Change(second, State.failed, 65.02, detail="content policy\x1b[2J"),
            Change("spot", State.working, 65.1),
            Change("spot", State.succeeded, 71.0),
        ],
        **{third: Action.cached},
    )
    listener.finished(make.outcome(plan, Path("/out")))
    listener.close()

    assert (
        stream.getvalue()
        == """\
aurora-launch: 2 to render (1.00 USD estimated), 1 local, 1 cached
[   0.0s] hero[take=1]  queued  position 3
[   0.6s] hero[take=2]  queued
[   1.0s] hero[take=1]  running
[   3.2s] hero[take=1]  succeeded  0.50 USD
[  65.0s] hero[take=2]  failed  content policy\\x1b[2J
[  71.0s] spot  succeeded
[  12.3s] 1 instance cached
"""
    )


def test_a_simulated_run_says_at_once_that_it_costs_nothing(aurora: Plan, make: SimpleNamespace) -> None:
    stream = io.StringIO()
    tell(PlainListener(stream), aurora, make, [])

    assert stream.getvalue() == (
        "aurora-launch: 7 to render (3.50 USD estimated; simulated, costs nothing), 10 local, 0 cached, 2 excluded\n"
    )


def test_progress_is_drawn_on_terminals_alone() -> None:
    assert can_draw(Terminal(), {"TERM": "xterm-256color"})
    assert not can_draw(io.StringIO(), {"TERM": "xterm-256color"})
    assert not can_draw(Terminal(), {"TERM": "dumb"})
    assert not can_draw(Terminal(), {})
    assert not can_draw(Terminal(), {"TERM": "xterm", "CI": "true"})


def drawn(listener: LiveListener) -> list[str]:
    console = Console(file=io.StringIO(), width=100, no_color=True, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(listener.screen())
    return [line.rstrip() for line in capture.get().rstrip("\n").split("\n")]


def live(clock: Clock) -> LiveListener:
    return LiveListener(Console(file=io.StringIO(), width=100, highlight=False, markup=False), clock)


def test_live_progress_shows_what_is_under_way_with_queue_time_and_price(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"take": take}) for take in ("1", "2", "3", "4")] + [make.job("spot", {}, "concat")]
    plan = make.plan(jobs)
    clock = Clock()
    listener = live(clock)
    names = [one.id for one in jobs]
    changes = [
        Change(names[0], State.queued, 0.0, queue_position=1),
        Change(names[0], State.running, 1.0),
        Change(names[1], State.queued, 0.0, queue_position=12),
        Change(names[2], State.running, 0.0),
        Change(names[2], State.succeeded, 2.0, cost_usd=0.4),
        Change(names[3], State.blocked, 2.5),
        Change(names[4], State.working, 2.5, progress=0.25),
    ]
    tell(listener, plan, make, changes)
    clock.now += 3.5
    lines = drawn(listener)
    listener.close()

    assert lines == [
        "running      hero[take=1]  happyhorse-1.0/image-to-video                3.5 s  0.50 USD",
        "working      spot          concat                         25%           1.0 s",
        "queued       hero[take=2]  happyhorse-1.0/image-to-video  queue 12      3.5 s  0.50 USD",
        "━" * 39,
        "2/5  1 blocked  3.5 s  0.40 of 2.00 USD estimated  simulated, costs nothing",
    ]


def test_live_progress_has_at_most_twenty_rows(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": f"l{number:03}"}) for number in range(57)]
    plan = make.plan(jobs, provider="runcomfy")
    listener = live(Clock())
    tell(listener, plan, make, [Change(one.id, State.running, 0.0) for one in jobs])
    lines = drawn(listener)
    listener.close()

    assert (len(lines), lines[20], lines[22]) == (23, "+37 more", "0/57  0.0 s  0.00 of 28.50 USD estimated")


def test_ids_and_reasons_are_no_markup_and_no_control_codes_on_a_terminal(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": "[red]x[/red]"}), make.job("hero", {"look": "\x1b[2J"})]
    plan = make.plan(jobs)
    stream = Terminal()
    listener = LiveListener(Console(file=stream, width=100, no_color=True, highlight=False, markup=False), Clock())
    tell(listener, plan, make, [Change(jobs[0].id, State.running, 0.0), Change(jobs[1].id, State.queued, 0.0)])
    lines = drawn(listener)
    listener.changed(Change(jobs[1].id, State.failed, 1.0, detail="[bold]no\x1b]0;owned\x07"))
    listener.close()

    assert "hero[look=[red]x[/red]]" in lines[0]
    assert "hero[look=\\x1b[2J]" in lines[1]
    assert "failed  hero[look=\\x1b[2J]: [bold]no\\x1b]0;owned\\x07" in stream.getvalue()


def test_no_color_is_honoured(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {})])
    written = {}
    for bare in ("", "1"):
        stream = Terminal()
        listener = live_listener(stream, {"TERM": "xterm", "NO_COLOR": bare})
        tell(listener, plan, make, [Change("hero", State.running, 0.0), Change("hero", State.failed, 1.0)])
        listener.finished(make.outcome(plan, Path("/out")))
        written[bare] = stream.getvalue()

    assert "\x1b[31mfailed" in written[""]
    assert "\x1b[31m" not in written["1"]


def test_a_terminal_is_given_back_when_the_run_is_over(make: SimpleNamespace) -> None:
    plan = make.plan([make.job("hero", {})])
    stream = Terminal()
    listener = live_listener(stream, {"TERM": "xterm"})
    tell(listener, plan, make, [Change("hero", State.running, 0.0)])
    listener.finished(make.outcome(plan, Path("/out")))
    listener.close()

    assert stream.getvalue().count("\x1b[?25l") == 1
    assert stream.getvalue().count("\x1b[?25h") == 1


def test_the_last_screen_counts_by_node_and_points_to_the_results(aurora: Plan, make: SimpleNamespace) -> None:
    outcome = make.outcome(aurora, Path("/out"), {"hero[look=dawn,take=1]": State.cached})
    places = {"outputs": "renders/", "gallery": "renders/index.html"}

    assert (
        run_text(outcome, 80, False, simulated=True, places=places)
        == """\
node          made  cached  failed   USD
hero             3       1       0  1.50
spokesperson     3       0       0  1.50
spot             5       0       0  0.00
captioned        5       0       0  0.00
total           16       1       0  3.00

succeeded in 12.3 s: 6 submitted, 1 cached, 0 failed, 3.00 USD (simulated, costs
nothing)
outputs  renders/
gallery  renders/index.html
"""
    )


def test_the_last_screen_tells_each_fault_with_its_remedy(aurora: Plan, make: SimpleNamespace) -> None:
    waits = make.error("blocked", "waits for `hero[look=dawn,take=1]`, which failed")
    states = {
        "hero[look=dawn,take=1]": {
            "state": State.failed,
            "error": make.error(
                "render-failed",
                "the API says that the render failed because the image shows something it refuses",
                "change the prompt, then run again",
            ),
        },
        "spokesperson[language=ja]": {
            "state": State.unknown,
            "error": make.error("submit-unknown", "a submit got no certain answer (502)"),
        },
        "spokesperson[language=de]": State.cancelled,
        "spot[look=dawn,language=en]": {"state": State.blocked, "error": waits},
        "spot[look=dawn,language=de]": {"state": State.blocked, "error": waits},
        "captioned[look=dawn,language=ja]": {"state": State.held, "error": make.error("no-pick", "waits for a pick")},
        "captioned[look=dawn,language=en]": State.skipped,
    }
    outcome = make.outcome(aurora, Path("/out"), states, status="failed", exit_code=75)

    assert (
        run_text(outcome, 80, False, simulated=False)
        == """\
node          made  cached  failed  unknown  cancelled  held  blocked  skipped   USD
hero             3       0       1        0          0     0        0        0  1.50
spokesperson     1       0       0        1          1     0        0        0  0.50
spot             3       0       0        0          0     0        2        0  0.00
captioned        3       0       0        0          0     1        0        1  0.00
total           10       0       1        1          1     1        2        1  2.00

failed  hero[look=dawn,take=1]: the API says that the render failed because the
    image shows something it refuses [render-failed]
  help: change the prompt, then run again
cancelled  spokesperson[language=de]: no reason given
unknown  spokesperson[language=ja]: a submit got no certain answer (502)
    [submit-unknown]
blocked  2 instances: waits for `hero[look=dawn,take=1]`, which failed
held  captioned[look=dawn,language=ja]: waits for a pick

failed in 12.3 s: 4 submitted, 0 cached, 1 failed, 2.00 USD
"""
    )


def test_more_faults_than_a_screen_holds_are_counted(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": f"l{number}"}) for number in range(25)]
    states = {one.id: {"state": State.failed, "error": make.error("render-failed", "no")} for one in jobs}
    outcome = make.outcome(make.plan(jobs), Path("/out"), states, status="failed", exit_code=65)

    text = run_text(outcome, 80, False, simulated=False)

    assert text.count("[render-failed]") == 20
    assert "  and 5 more; all of them: --json\n" in text


def test_what_is_shared_is_paid_for_once_in_the_last_screen(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": "a"}), make.job("hero", {"look": "b"})]
    outcome = make.outcome(make.plan(jobs), Path("/out"), {jobs[1].id: {"shared_with": jobs[0].id}})

    assert (
        run_text(outcome, 80, True, simulated=False).split("\n")[2] == "\x1b[1mtotal     2       0       0  0.50\x1b[0m"
    )


def test_what_the_provider_did_not_price_is_never_shown_as_nothing(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"look": "a"}), make.job("hero", {"look": "b"})]
    none = make.outcome(make.plan(jobs), Path("/out"), {one.id: {"cost_usd": None} for one in jobs})
    some = make.outcome(make.plan(jobs), Path("/out"), {jobs[1].id: {"cost_usd": None}})
    none, some = (replace(one, totals=replace(one.totals, cost_usd=cost)) for one, cost in ((none, 0.0), (some, 0.5)))

    lines = run_text(none, 80, False, simulated=False).split("\n")
    assert (lines[2].split()[-1], lines[-2].rsplit(", ", 1)[1]) == ("unknown", "price unknown")
    lines = run_text(some, 80, False, simulated=False).split("\n")
    assert lines[2].endswith("  0.50 + ?")
    assert "0 failed, 0.50 USD + 1 at an" in run_text(some, 80, False, simulated=False)


def test_live_progress_says_where_no_price_is_known(make: SimpleNamespace) -> None:
    jobs = [make.job("hero", {"take": take}, estimate=Estimate(None, "unknown")) for take in ("1", "2")]
    listener = live(Clock())
    tell(listener, make.plan(jobs, provider="runcomfy"), make, [])
    first = drawn(listener)[-1]
    tell(listener, make.plan([*jobs, make.job("spot", {})], provider="runcomfy"), make, [])
    second = drawn(listener)[-1]
    listener.close()

    assert first == "0/2  0.0 s  price unknown"
    assert second == "0/3  0.0 s  0.00 of 0.50 USD estimated + 2 at an unknown price"
