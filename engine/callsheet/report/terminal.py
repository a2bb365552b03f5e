"""A run as it goes on, live on a terminal; line by line where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from callsheet.plan.job import Plan
from callsheet.report.screen import cells, inert, span_of, usd
from callsheet.report.table import STATE_COLOURS
from callsheet.report.tally import Active, Tally
from callsheet.run.events import Change
from callsheet.run.outcome import Decision, RunOutcome, State

MOST_ROWS = 20
_PER_SECOND = 8
_OTHER_COLUMNS = 48


def live_listener(stream: TextIO, environ: Mapping[str, str]) -> LiveListener:
    """Live progress on a terminal (see `plain.can_draw`); without colour where `NO_COLOR` is set."""
    bare = bool(environ.get("NO_COLOR"))
    return LiveListener(Console(file=stream, force_terminal=True, no_color=bare, highlight=False, markup=False))


class LiveListener:
    """Draws the instances under way, at most 20 of them, and a bar of the whole; gone when the run is over."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = 0.0
        self._lock = threading.Lock()
        self._tally: Tally | None = None
        self._live: Live | None = None

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        self._tally = Tally(plan, decisions)
        self._began = self._clock()
        self._live = Live(
            console=self._console,
            get_renderable=self.screen,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
        )
        self._live.start()

    def changed(self, change: Change) -> None:
        if self._tally is None:
            return
        with self._lock:
            entered = self._tally.take(change)
        falls_back = change.state is State.waiting and change.detail is not None
        if entered and (falls_back or change.state in (State.failed, State.unknown)):
            said = f": {inert(change.detail)}" if change.detail else ""
            colour = STATE_COLOURS.get(change.state, "yellow")
            self._console.print(Text(f"{change.state.value}  {inert(change.instance)}{said}", style=colour))

    def noticed(self, text: str, at: float) -> None:
        self._console.print(Text(f"{span_of(at)}  {inert(text)}", style="yellow"))

    def finished(self, outcome: RunOutcome) -> None:
        self.close()

    def close(self) -> None:
        """Give the terminal back; needed only where a run breaks off without having finished."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def screen(self) -> Group:
        """What is drawn now; ids and details are text and never markup."""
        if self._tally is None:
            return Group()
        with self._lock:
            return self._drawn(self._tally, self._clock() - self._began)

    def _drawn(self, tally: Tally, now: float) -> Group:
        active = tally.active()
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
        room = max(self._console.width - _OTHER_COLUMNS, 22)
        name = min(max((cells(inert(one.job.id)) for one in active[:MOST_ROWS]), default=0), room - 10)
        table.add_column(no_wrap=True, min_width=11)
        table.add_column(no_wrap=True, max_width=name)
        table.add_column(no_wrap=True, max_width=room - name, style="dim")
        table.add_column(no_wrap=True, min_width=9)
        table.add_column(no_wrap=True, justify="right", min_width=8)
        table.add_column(no_wrap=True, justify="right", style="dim")
        for one in active[:MOST_ROWS]:
            table.add_row(*_row(one, now))
        more = [Text(f"+{len(active) - MOST_ROWS:,} more", style="dim")] if len(active) > MOST_ROWS else []
        return Group(table, *more, self._whole(tally, now))

    def _whole(self, tally: Tally, now: float) -> Table:
        spent = _spent(tally)
        counts = [f"{tally.over:,}/{tally.total:,}"]
        counts += [
            f"{tally.counts[state]:,} {state.value}"
            for state in (State.cached, State.failed, State.unknown, State.held, State.blocked)
            if tally.counts[state]
        ]
        line = Text("  ".join((*counts, span_of(now), spent)))
        if tally.simulated:
            line.append("  simulated, costs nothing", style="yellow")
        line.truncate(max(self._console.width - 2, 10), overflow="ellipsis")
        grid = Table.grid(padding=(0, 2, 0, 0))
        bar = ProgressBar(total=max(tally.total, 1), completed=tally.over, width=max(self._console.width - 2, 10))
        grid.add_row(bar)
        grid.add_row(line)
        return grid


def _spent(tally: Tally) -> str:
    """What is spent of what was estimated; where a price is not known that is said and never shown as nothing."""
    if tally.unpriced and not tally.estimated:
        return f"{usd(round(tally.spent, 6))} USD spent, price unknown" if tally.spent else "price unknown"
    unknown = f" + {tally.unpriced:,} at an unknown price" if tally.unpriced else ""
    about = "" if tally.spent_is_exact else "about "
    return f"{about}{usd(round(tally.spent, 6))} of {usd(tally.estimated)} USD estimated{unknown}"


def _row(one: Active, now: float) -> tuple[Text, Text, Text, Text, Text, Text]:
    change = one.change
    where = ""
    if change.queue_position is not None:
        where = f"queue {change.queue_position:,}"
    elif change.progress is not None:
        where = f"{change.progress:.0%}"
    cost = f"{usd(one.job.estimate.usd)} USD" if one.job.kind == "route" and one.job.estimate.usd is not None else ""
    colour = STATE_COLOURS.get(change.state)
    return (
        Text(change.state.value, style=colour or ""),
        Text(inert(one.job.id), overflow="ellipsis"),
        Text(_short_route(change.route or one.job.made_by), overflow="ellipsis"),
        Text(where),
        Text(span_of(max(now - one.since, 0.0))),
        Text(cost),
    )


def _short_route(made_by: str) -> str:
    vendor, _, rest = inert(made_by).partition("/")
    return rest or vendor
