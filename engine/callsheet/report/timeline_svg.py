"""The latest run as a picture: who waited for what, a row an instance, and the chain that made it take so long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from callsheet.report.screen import counted, span_of
from callsheet.report.svg import TONES, fitted, picture, said
from callsheet.run.outcome import State
from callsheet.run.record import Recorded

MOST_ROWS = 200
_LABELS, _PLOT, _ROW, _TOP, _EDGE = 270.0, 760.0, 20.0, 74.0, 20.0
_STYLE = """\
.grid { stroke: var(--line); stroke-width: 1; opacity: .45; }
.chain { fill: none; stroke: var(--ink); stroke-width: 2; }
.link { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 3; }
.row { font-size: 11.5px; }
"""
_PHASES = ("waiting", "queued", "running", "downloading", "working")
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
_TICKS = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One instance of a run. `phases` are (state, from, to) in seconds since the run began; before its first, from
    `ready` on, it waited for its turn; `end` is when it was over, or how far the record goes."""

    instance: str
    ready: float
    phases: tuple[tuple[State, float, float], ...]
    end: float
    came_to: State | None
    needs: tuple[str, ...]

    @property
    def begin(self) -> float:
        """When something was first done for it."""
        return self.phases[0][1] if self.phases else self.end


def rows_of(record: Recorded) -> list[Row]:
    """The instances that something was done for, in the order in which they began."""
    now = max((told[-1].at for told in record.told.values()), default=0.0)
    ends = {instance: told[-1].at if told[-1].state.over else now for instance, told in record.told.items() if told}
    rows = []
    for instance, told in record.told.items():
        needs = tuple(need for need in record.jobs[instance]["needs"] if need in ends)
        ready = max((ends[need] for need in needs), default=0.0)
        times = [*(one.at for one in told[1:]), ends[instance]]
        phases = tuple((one.state, one.at, to) for one, to in zip(told, times, strict=True) if not one.state.over)
        came_to = told[-1].state if told[-1].state.over else None
        rows.append(Row(instance, min(ready, told[0].at), phases, ends[instance], came_to, needs))
    return sorted(rows, key=lambda row: (row.begin, row.end, row.instance))


def longest_chain(rows: Sequence[Row]) -> list[str]:
    """The instances that the run's length comes from, the last one first looked at: each waited for the one before."""
    by_id = {row.instance: row for row in rows}
    at = max(rows, key=lambda row: (row.end, row.instance), default=None)
    chain: list[str] = []
    while at is not None:
        chain.append(at.instance)
        before = [by_id[need] for need in at.needs if need in by_id]
        at = max(before, key=lambda row: (row.end, row.instance), default=None)
    return chain[::-1]


def timeline_svg(record: Recorded) -> str:
    """The picture of a record."""
    rows = rows_of(record)
    chain = longest_chain(rows)
    shown = _shown(rows, chain)
    length = max((row.end for row in rows), default=0.0)
    scale = _PLOT / (length or 1.0)
    height = _TOP + len(shown) * _ROW + _EDGE + (_ROW if len(shown) < len(rows) else 0)
    ended = record.ended["status"] if record.ended else "goes on" if record.lives else "ended without a word"
    title = f"Timeline of {record.pipeline}"
    about = f"{counted(len(rows), 'instance')}, {span_of(length)}, {ended}"
    described = f"{about}. The longest chain: {', then '.join(chain) if chain else 'none'}."
    inside = [
        f'<text class="strong" x="{_EDGE:g}" y="28">{said(fitted(record.pipeline, _LABELS + 200))}</text>',
        f'<text class="soft" x="{_LABELS + _PLOT:g}" y="28" text-anchor="end">{said(about)}</text>',
        *_legend(),
        *_ticks(length, scale, height),
        *_links(shown, chain, scale),
    ]
    links = set(chain)
    inside += [_drawn(row, _TOP + number * _ROW, scale, row.instance in links) for number, row in enumerate(shown)]
    if len(shown) < len(rows):
        text = f"and {counted(len(rows) - len(shown), 'shorter one')}"
        inside.append(f'<text class="soft" x="{_EDGE:g}" y="{_TOP + len(shown) * _ROW + 14:g}">{text}</text>')
    return picture(_LABELS + _PLOT + _EDGE, height, title, described, _STYLE, inside)


def _shown(rows: Sequence[Row], chain: Sequence[str]) -> list[Row]:
    if len(rows) <= MOST_ROWS:
        return list(rows)
    first = set(chain)
    longest = sorted(rows, key=lambda row: (row.instance not in first, row.begin - row.end))[:MOST_ROWS]
    kept = {row.instance for row in longest}
    return [row for row in rows if row.instance in kept]


def _legend() -> Iterator[str]:
    at = _LABELS
    for phase in _PHASES:
        yield f'<rect class="{TONES[phase]}" x="{at:g}" y="40" width="10" height="10" rx="2"/>'
        yield f'<text class="soft" x="{at + 14:g}" y="49">{phase}</text>'
        at += 92
    yield f'<rect class="chain" x="{at:g}" y="40" width="10" height="10" rx="2"/>'
    yield f'<text class="soft" x="{at + 14:g}" y="49">longest chain</text>'


def _ticks(length: float, scale: float, height: float) -> Iterator[str]:
    step = next((one for one in _STEPS if length / one <= _TICKS), _STEPS[-1])
    for number in range(int(length / step) + 1):
        x = _LABELS + number * step * scale
        yield f'<line class="grid" x1="{x:.5g}" y1="{_TOP - 6:g}" x2="{x:.5g}" y2="{height - _EDGE:g}"/>'
        yield f'<text class="soft" x="{x:.5g}" y="{_TOP - 9:g}" text-anchor="middle">{span_of(number * step)}</text>'


def _links(shown: Sequence[Row], chain: Sequence[str], scale: float) -> Iterator[str]:
    """From the end of each link of the chain to the beginning of the next."""
    places = {row.instance: (_TOP + number * _ROW + 8, row) for number, row in enumerate(shown)}
    for one, other in pairwise(chain):
        if one in places and other in places:
            (from_y, before), (to_y, after) = places[one], places[other]
            x, to_x = _LABELS + before.end * scale, _LABELS + after.ready * scale
            yield f'<path class="link" d="M{x:.5g} {from_y:g} L{to_x:.5g} {to_y:g}"/>'


def _drawn(row: Row, y: float, scale: float, in_chain: bool) -> str:
    spent: dict[str, float] = {}
    bars = []
    for name, start, end in (("waiting", row.ready, row.begin), *((one.value, a, b) for one, a, b in row.phases)):
        if end <= start:
            continue
        spent[name] = spent.get(name, 0.0) + end - start
        bars.append(_bar(TONES.get(name, "off"), _LABELS + start * scale, y, (end - start) * scale))
    told = ", ".join(f"{name} {span_of(seconds)}" for name, seconds in spent.items())
    came_to = row.came_to.value if row.came_to else "goes on"
    label = said(fitted(row.instance, _LABELS - 2 * _EDGE, 11.5))
    bad = " bad" if row.came_to in (State.failed, State.unknown) else ""
    parts = [
        f"<g><title>{said(f'{row.instance}: {told}; {came_to}' if told else f'{row.instance}: {came_to}')}</title>",
        f'<text class="row{" strong" if in_chain else ""}{bad}" x="{_EDGE:g}" y="{y + 12:g}">{label}</text>',
        *bars,
    ]
    if in_chain:
        x, wide = _LABELS + row.begin * scale, max((row.end - row.begin) * scale, 2)
        parts.append(f'<rect class="chain" x="{x:.5g}" y="{y + 2:g}" width="{wide:.5g}" height="12" rx="3"/>')
    return "".join([*parts, "</g>"])


def _bar(tone: str, x: float, y: float, wide: float) -> str:
    return f'<rect class="{tone}" x="{x:.5g}" y="{y + 3:g}" width="{max(wide, 0.5):.5g}" height="10" rx="2"/>'
