"""Selecting instances by name, axes, tags and neighbourhood; a selection limits what is done and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from callsheet.plan.job import Job, Plan
from callsheet.problems import Problem, UsageFault, did_you_mean

_TERM = re.compile(r"(?P<up>\+)?(?P<what>tag:)?(?P<name>[^\[\]+:]+)(\[(?P<axes>[^\[\]]*)\])?(?P<down>\+)?")
_WORDS = re.compile(r"(?:[^\s\[]|\[[^\]]*\]?)+")
_COMMA = re.compile(r",(?![^\[]*\])")


def select(plan: Plan, wanted: str | None, unwanted: str | None) -> Collection[str]:
    """The instance ids that `--select` and `--exclude` leave. Comma is and, a space is or. Raises a UsageFault."""
    for expression in (wanted, unwanted):
        if expression is not None and not expression.strip():
            raise _fault("an empty selector selects nothing", "leave the option out to select everything")
    chosen = {job.id for job in plan.jobs} if wanted is None else _either(plan, wanted)
    return chosen - _either(plan, unwanted) if unwanted is not None else chosen


def _either(plan: Plan, expression: str) -> set[str]:
    found: set[str] = set()
    for word in _WORDS.findall(expression):
        parts = [_term(plan, part) for part in _COMMA.split(word)]
        found |= set.intersection(*parts)
    return found


def _term(plan: Plan, text: str) -> set[str]:
    match = _TERM.fullmatch(text)
    if match is None:
        raise _fault(f"`{text}` is no selector", "write `hero`, `hero[look=dawn]`, `+spot`, `hero+` or `tag:social`")
    ids = _tagged(plan, match["name"]) if match["what"] else _named(plan, match["name"], match["axes"])
    found = set(ids)
    if match["up"]:
        found |= _reached(ids, {job.id: job.needs for job in plan.jobs})
    if match["down"]:
        found |= _reached(ids, _consumers(plan.jobs))
    return found


def _named(plan: Plan, name: str, axes: str | None) -> list[str]:
    nodes = plan.nodes
    inside = [node for node in nodes if node.startswith(f"{name}.")]
    if inside:
        return [one for node in inside for one in _named(plan, node, axes)]
    if name not in nodes:
        raise _fault(f"there is no node `{name}` to select", did_you_mean(name, nodes))
    wanted = dict(_axis(name, part, nodes[name].over) for part in axes.split(",")) if axes else {}
    mine = [job for job in plan.jobs if job.node == name]
    for axis, value in wanted.items():
        there = list(dict.fromkeys(job.axes[axis] for job in mine))
        if value not in there:
            raise _fault(f"node `{name}` has no instance with {axis} `{value}`", did_you_mean(value, there))
    return [job.id for job in mine if all(job.axes[axis] == value for axis, value in wanted.items())]


def _axis(node: str, text: str, over: Collection[str]) -> tuple[str, str]:
    axis, equals, value = text.partition("=")
    if not equals or axis not in over:
        raise _fault(f"node `{node}` has no axis `{axis}` to select by", did_you_mean(axis, over))
    return axis, value


def _tagged(plan: Plan, tag: str) -> list[str]:
    tags = sorted({tag for job in plan.jobs for tag in job.tags})
    if tag not in tags:
        raise _fault(f"no node has the tag `{tag}`", did_you_mean(tag, tags))
    return [job.id for job in plan.jobs if tag in job.tags]


def _consumers(jobs: Iterable[Job]) -> Mapping[str, list[str]]:
    consumers: dict[str, list[str]] = {}
    for job in jobs:
        for need in job.needs:
            consumers.setdefault(need, []).append(job.id)
    return consumers


def _reached(start: Iterable[str], neighbours: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        for one in neighbours.get(ahead.pop(), ()):
            if one not in found:
                found.add(one)
                ahead.append(one)
    return found


def _fault(message: str, hint: str | None) -> UsageFault:
    return UsageFault(Problem("bad-selector", message, hint=hint))
