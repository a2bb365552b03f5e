"""The screen at the end of a run: counts and cost by node, what went wrong, where the results are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from callsheet.report.plan_json import total_usd
from callsheet.report.screen import Align, Colour, columns, counted, inert, money, paint, span_of, usd, wrap
from callsheet.run.outcome import InstanceOutcome, RunOutcome, State

MOST_FAULTS = 20
"""So many faults are told in full; the others are counted."""

STATE_COLOURS: Mapping[State, Colour] = {
    State.queued: "dim",
    State.running: "cyan",
    State.downloading: "cyan",
    State.working: "cyan",
    State.succeeded: "green",
    State.cached: "green",
    State.failed: "red",
    State.unknown: "red",
    State.cancelled: "yellow",
    State.held: "magenta",
    State.blocked: "yellow",
    State.skipped: "dim",
}
_COLUMNS: tuple[tuple[str, State], ...] = (
    ("made", State.succeeded),
    ("cached", State.cached),
    ("failed", State.failed),
    ("unknown", State.unknown),
    ("cancelled", State.cancelled),
    ("held", State.held),
    ("blocked", State.blocked),
    ("skipped", State.skipped),
)
_ALWAYS = frozenset((State.succeeded, State.cached, State.failed))
_SINGLY = frozenset((State.failed, State.unknown, State.cancelled))
_STATUS: Mapping[str, Colour] = {"succeeded": "green", "failed": "red", "held": "magenta", "interrupted": "yellow"}


def run_text(
    outcome: RunOutcome, width: int, color: bool, *, simulated: bool, places: Mapping[str, str] | None = None
) -> str:
    """The last screen of a run, `width` cells wide. `places` are labelled paths to point to, outputs and gallery."""
    lines = _table(outcome.instances, color)
    faults = [line for state, told in _faults(outcome.instances) for line in _fault_lines(state, told, width, color)]
    if faults:
        lines += ["", *faults]
    if told := list(_fallbacks(outcome.instances, width, color)):
        lines += ["", *told]
    first, *more = wrap(_summary(outcome, simulated), width)
    word, rest = first.split(" ", 1)
    lines += ["", f"{paint(word, _STATUS[outcome.status], color)} {rest}", *more]
    label = max(map(len, places or ()), default=0)
    lines += [f"{name.ljust(label)}  {inert(path)}" for name, path in (places or {}).items()]
    return "\n".join(lines) + "\n"


def _table(instances: Sequence[InstanceOutcome], color: bool) -> list[str]:
    nodes: dict[str, list[InstanceOutcome]] = {}
    for one in instances:
        nodes.setdefault(one.node, []).append(one)
    ends = Counter(one.state for one in instances)
    shown = [(name, state) for name, state in _COLUMNS if state in _ALWAYS or ends[state]]
    rows = [["node", *(name for name, _ in shown), "USD"]]
    for node, ones in [*nodes.items(), ("total", list(instances))]:
        states = Counter(one.state for one in ones)
        rows.append([inert(node), *(f"{states[state]:,}" for _, state in shown), _spent(ones)])
    numbers: list[Align] = ["right"] * (len(shown) + 1)
    lines = columns(rows, ["left", *numbers])
    return [paint(lines[0], "dim", color), *lines[1:-1], paint(lines[-1], "bold", color)]


def _spent(ones: Sequence[InstanceOutcome]) -> str:
    costs = [one.cost_usd for one in ones if one.state is not State.cached and one.shared_with is None]
    costs += [failed.cost_usd for one in ones for failed in one.before if failed.in_this_run]
    unknown = _unpriced(ones)
    known = total_usd(costs)
    return usd(known) if not unknown else f"{usd(known)} + ?" if known else "unknown"


def _unpriced(ones: Sequence[InstanceOutcome]) -> int:
    """Renders of this run whose cost the provider didn't say."""
    return sum(
        one.state is State.succeeded and one.request_id is not None and one.cost_usd is None and one.shared_with is None
        for one in ones
    )


def _faults(instances: Sequence[InstanceOutcome]) -> Iterator[tuple[State | None, str]]:
    singly = [one for one in instances if one.state in _SINGLY]
    for one in singly[:MOST_FAULTS]:
        said = f"{inert(one.error.message)} [{one.error.code}]" if one.error else "no reason given"
        yield one.state, f"{inert(one.id)}: {said}"
        if one.error and one.error.hint:
            yield None, f"help: {inert(one.error.hint)}"
    if len(singly) > MOST_FAULTS:
        yield None, f"and {len(singly) - MOST_FAULTS:,} more; all of them: --json"
    alike: dict[tuple[State, str, str | None], list[str]] = {}
    for one in instances:
        if one.state in (State.held, State.blocked):
            message, hint = (one.error.message, one.error.hint) if one.error else ("no reason given", None)
            if one.error and one.error.code == "behind-held":
                message, hint = "behind others that are held", None
            alike.setdefault((one.state, message, hint), []).append(one.id)
    for (ended, message, hint), ids in list(alike.items())[:MOST_FAULTS]:
        about = inert(ids[0]) if len(ids) == 1 else counted(len(ids), "instance")
        yield ended, f"{about}: {inert(message)}"
        if hint:
            yield None, f"help: {inert(hint)}"


def _fallbacks(instances: Sequence[InstanceOutcome], width: int, color: bool) -> Iterator[str]:
    """What was made by another route than its node's own in this run, and why."""
    alike: dict[str, list[str]] = {}
    for one in instances:
        failed = [f"`{each.route}` failed: {each.error.message}" for each in one.before if each.in_this_run]
        if one.state is State.succeeded and failed:
            alike.setdefault(f"made by `{one.route}`, since {'; '.join(failed)}", []).append(one.id)
    label = paint("fallback", "yellow", color)
    for text, ids in alike.items():
        about = inert(ids[0]) if len(ids) == 1 else counted(len(ids), "instance")
        first, *more = wrap(f"{about}: {inert(text)}", width - len("fallback  "))
        yield f"{label}  {first}"
        yield from (f"    {line}" for line in wrap(" ".join(more), width - 4) if line)


def _fault_lines(state: State | None, told: str, width: int, color: bool) -> list[str]:
    label = f"{state.value}  " if state else "  "
    first, *more = wrap(told, width - len(label))
    head = paint(state.value, STATE_COLOURS[state], color) + "  " if state else label
    return [head + first, *(f"    {line}" for line in wrap(" ".join(more), width - 4) if line)]


def _summary(outcome: RunOutcome, simulated: bool) -> str:
    totals = outcome.totals
    unknown = _unpriced(outcome.instances)
    cost = money(totals.cost_usd, unknown, unknown if not totals.cost_usd else unknown + 1)
    cost += " (simulated, costs nothing)" if simulated else ""
    shared = f"{totals.shared:,} shared, " if totals.shared else ""
    counts = f"{totals.submitted:,} submitted, {totals.cached:,} cached, {shared}{totals.failed:,} failed"
    return f"{outcome.status} in {span_of(totals.seconds)}: {counts}, {cost}"
