"""Everything about one instance, as a screen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from callsheet.plan.job import Job
from callsheet.report.changes_text import change_lines
from callsheet.report.explanation import Asking, Explanation
from callsheet.report.plan_text import COLOURS
from callsheet.report.screen import cells, counted, inert, paint, usd, wrap
from callsheet.store.entry import Entry

MOST_NAMES = 8
"""So many producers and consumers are named."""
_LABEL = 11
_BASIS = {
    "quoted": "as quoted for this account",
    "base": "the route's base price",
    "learned": "what earlier renders did cost, the dearest",
    "unknown": "nobody says what it costs",
}


def explanation_text(found: Explanation, width: int, color: bool) -> str:
    """The screen of `explain`, `width` cells wide. Ends with a line end."""
    job, decision = found.job, found.decision
    action = paint(decision.action.value, COLOURS[decision.action], color)
    lines = [f"{paint(inert(job.id), 'bold', color)}  {action}", ""]
    for label, told in _facts(found):
        lines += _labelled(label, told, width, color)
    if decision.why.changes:
        lines += ["", paint("changed", "bold", color)]
        for change in decision.why.changes:
            first, *more = change_lines(change, width - 4, color)
            lines += [f"  {paint('~', 'dim', color)} {first}", *(f"    {line}" for line in more)]
    lines += ["", *_asking(found.asked, width, color), "", *_key(found, width, color)]
    for other in found.others:
        under = "a key that is not known yet" if other.key is None else f"the key {other.key[:8]}"
        told = f"Should that fail for good, this is asked instead, under {under}:"
        lines += ["", *wrap(told, width), *_asking(other, width, color)]
    return "\n".join(lines) + "\n"


def _facts(found: Explanation) -> Iterator[tuple[str, Sequence[str]]]:
    """What is said in a line or two each: a label, and its lines before they are wrapped."""
    job, asked, why = found.job, found.asked.job, found.decision.why
    text = why.text.partition(":")[0] if why.changes else why.text  # the changes follow below, in full
    yield "why", [text, *([f"help: {why.hint}"] if why.hint else [])]
    version = f", version {job.version}" if job.version is not None else ""
    yield job.kind, [f"{asked.made_by}{version}", *_fallen(found), *_intent(asked)]
    yield "seed", _seed(asked)
    defaults = found.asked.defaults.items()
    yield "by default", [", ".join(f"{name} {_json(value)}" for name, value in defaults) or "nothing"]
    if job.kind == "route":
        yield "estimate", list(_estimate(found))
    yield "needs", _names([f"{name} ({one.action.value})" for name, one in found.needs.items()])
    yield "used by", _names(found.consumers)
    if job.awaits:
        yield "awaits", _names([f"a pick of {one}" for one in job.awaits])
    yield "published", [job.publish or "no: another take is picked"]
    yield "journal", [_journal(found.entry, found.decision.key)]
    if found.former is not None and found.former.key != found.decision.key:
        yield "before", [f"{found.former.ended} under the key {str(found.former.key)[:8]}"]
    for output in found.decision.outputs:
        place = found.paths.get(output.sha256, "in the store")
        yield "output", [f"{output.name}: {place}", f"{output.bytes:,} bytes, sha256 {output.sha256[:16]}"]
    for warning in job.warnings:
        yield "warning", [warning]


def _fallen(found: Explanation) -> Iterator[str]:
    """The routes that failed before the one that is asked now, and why."""
    for one in found.decision.before:
        yield f"in place of {one.route}, which failed: {one.error.message}"
    if found.asked.job.rank and not found.decision.before:
        yield f"in place of {found.job.made_by}, as the lock has it"


def _estimate(found: Explanation) -> Iterator[str]:
    asked = found.asked.job
    price = "unknown" if asked.price.usd is None else f"{usd(asked.price.usd)} USD"
    free = "; simulated, costs nothing" if found.plan.provider == "simulator" else ""
    yield f"{price}: {_BASIS[asked.price.basis]}{free}"
    if found.others and asked.estimate.usd is not None and asked.estimate.usd != asked.price.usd:
        yield f"{usd(asked.estimate.usd)} USD at worst, with what it falls back to"


def _intent(job: Job) -> list[str]:
    if job.intent is None:
        return []
    return [f"by the intent {job.intent}" + (f": {job.intent_why}" if job.intent_why else "")]


def _seed(job: Job) -> list[str]:
    if job.seed is None:
        if job.kind == "step":
            return ["none: a step draws nothing"]
        return ["none: the route has no seed" + (f"; take `{job.salt}` is in the key instead" if job.salt else "")]
    return [str(job.seed), *_from(job)]


def _from(job: Job) -> list[str]:
    origin = job.origin
    if origin is None:
        return []
    if origin.pin is not None:
        return ["as the pipeline gives it"]
    varied = "".join(f", {axis} `{value}`" for axis, value in origin.vary)
    anew = f", drawn anew {counted(origin.draw, 'time')}" if origin.draw else ""
    return [f"derived from the root seed {origin.root}, the name `{origin.name}`, take `{origin.take}`{varied}{anew}"]


def _names(names: Sequence[str]) -> list[str]:
    if not names:
        return ["nothing"]
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], *([f"and {more:,} more"] if more > 0 else [])]


def _journal(entry: Entry | None, key: str | None) -> str:
    if entry is None:
        return "knows nothing of this key" if key else "is asked when the key is known"
    told: list[str] = [entry.state]
    if entry.attempts:
        told.append(counted(entry.attempts, "submit"))
    if entry.request_id:
        told.append(f"request {entry.request_id}")
    if entry.cost_usd is not None:
        told.append(f"{usd(entry.cost_usd)} USD")
    if entry.error:
        told.append(entry.error)
    return ", ".join(told)


def _labelled(label: str, told: Sequence[str], width: int, color: bool) -> Iterator[str]:
    head = paint(label, "dim", color) + " " * (_LABEL - len(label))
    for line in told:
        for part in wrap(inert(line), width - _LABEL):
            yield head + part
            head = " " * _LABEL


def _asking(asking: Asking, width: int, color: bool) -> Iterator[str]:
    """What is asked, of whom: its body as JSON, a field a line; long lines go on below, broken at blanks."""
    yield paint(asking.call or "input", "bold", color)
    rows = list(asking.body.items())
    yield "{"
    for place, (name, value) in enumerate(rows):
        comma = "," if place < len(rows) - 1 else ""
        for line in _value_lines(name, value, comma):
            indent = " " * (len(line) - len(line.lstrip(" ")))
            first, *more = wrap(inert(line.lstrip(" ")), width - len(indent) - 2)
            yield indent + first
            yield from (f"{indent}  {part}" for part in more)
    yield "}"


def _value_lines(name: str, value: object, comma: str) -> list[str]:
    text = _json(value)
    if isinstance(value, list) and len(text) > 60:
        items = [f"    {_json(one)}{',' if place < len(value) - 1 else ''}" for place, one in enumerate(value)]
        return [f"  {_json(name)}: [", *items, f"  ]{comma}"]
    return [f"  {_json(name)}: {text}{comma}"]


def _key(found: Explanation, width: int, color: bool) -> Iterator[str]:
    key = found.decision.key
    yield paint("key", "bold", color) + f" {key}" if key else paint("key", "bold", color) + " not known yet"
    if found.document is None:
        yield from wrap("It is the SHA-256 of what is asked, and waits for the content of its producers.", width)
        return
    yield "It is the SHA-256 of:" if found.exact else "It is the SHA-256 of this, with addresses in full:"
    yield from _chunks(inert(found.document), width - 2)


def _chunks(text: str, width: int) -> Iterator[str]:
    """A text cut into lines without losing a blank, so that they can be put together again."""
    line, used = "", 0
    for char in text:
        wide = cells(char)
        if used + wide > width:
            yield f"  {line}"
            line, used = "", 0
        line += char
        used += wide
    yield f"  {line}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
