"""The routes that a node falls back to: each prepared as a node of its own, with its input laid over the node's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from callsheet.catalog.fields import find_field
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.price import dearest
from callsheet.catalog.route import Route
from callsheet.catalog.spell import is_sized
from callsheet.document.item import Item
from callsheet.document.model import Document, Fallback, Node
from callsheet.document.shape import is_template
from callsheet.document.template import compile_value
from callsheet.plan.draft import Draft, prepare, scope_problems
from callsheet.plan.expand import Combination
from callsheet.plan.instances import JobBuilder
from callsheet.plan.job import Job
from callsheet.plan.seeds import Seed
from callsheet.problems import CallsheetError, DataFault, Problem, Span, did_you_mean

_NOT_TAKEN = ("input-not-taken", "unknown-input")
_SIZE_NAMES = frozenset({"resolution", "aspect_ratio"})


def prepare_with_fallbacks(document: Document, catalog: Catalog, node: Node, defaults: Mapping[str, object]) -> Draft:
    """The draft of a node with those of its fallbacks. Raises every fault that can be seen without expanding them; what
    only a fallback makes wrong is told at its entry."""
    if not node.fallback:
        return prepare(document, catalog, node, defaults)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    try:
        drafts.append(prepare(document, catalog, node, defaults))
    except CallsheetError as error:
        problems += error.problems
    for entry in node.fallback:
        try:
            drafts.append(_prepared(document, catalog, node, entry, defaults))
        except CallsheetError as error:
            problems += _at_entry(error.problems, entry, problems)
    if problems:
        raise DataFault(problems)
    draft, *fallbacks = drafts
    draft.fallbacks = tuple(fallbacks)
    return draft


def job_with_fallbacks(
    builders: Sequence[JobBuilder], ident: str, combination: Combination, scope: dict[str, object]
) -> Job:
    """The job of one combination with what it falls back to; the first builder is the node's own. Raises a DataFault
    with all problems."""
    first, *others = builders
    problems: list[Problem] = []
    jobs: list[Job] = []
    try:
        jobs.append(first.job(ident, combination, dict(scope)))
    except CallsheetError as error:
        problems += error.problems
    seed = _seed_of(jobs[0]) if jobs else None
    for builder, entry in zip(others, first.node.fallback, strict=True):
        try:
            job = builder.job(ident, combination, dict(scope), seed)
        except CallsheetError as error:
            problems += _at_entry(error.problems, entry, problems)
        else:
            problems += _unfit(job, jobs, entry)
            jobs.append(job)
    if problems:
        raise DataFault(problems)
    return _joined(jobs)


def _seed_of(job: Job) -> Seed | None:
    return Seed(job.seed, job.origin) if job.seed is not None and job.origin is not None else None


def with_worst_case(job: Job, later: tuple[Job, ...]) -> Job:
    """The job with these fallbacks; its estimate is the dearest of its own price and theirs."""
    worst = dearest([job.price, *(one.price for one in later)])
    return replace(job, fallbacks=later, own_estimate=job.price, estimate=worst)


def _joined(jobs: Sequence[Job]) -> Job:
    """The first job with the others as its fallbacks; all have the same needs and place."""
    first = jobs[0]
    needs = tuple(dict.fromkeys(need for job in jobs for need in job.needs))
    awaits = tuple(dict.fromkeys(one for job in jobs for one in job.awaits))
    picks = tuple(dict.fromkeys(one for job in jobs for one in job.picks))
    previous = tuple(dict.fromkeys(one for job in jobs for one in job.previous))
    later: tuple[Job, ...] = ()
    for rank, job in reversed(list(enumerate(jobs))):
        told = [f"fallback `{one.made_by}`: {text}" for one in later for text in one.warnings] if rank == 0 else ()
        warnings = (*job.warnings, *dict.fromkeys(told))
        alike = replace(
            job,
            rank=rank,
            needs=needs,
            awaits=awaits,
            picks=picks,
            previous=previous,
            warnings=warnings,
            publish=first.publish,
            extension=first.extension,
        )
        later = (with_worst_case(alike, later), *later)
    return later[0]


def _unfit(job: Job, before: Sequence[Job], entry: Fallback) -> Iterator[Problem]:
    """What is wrong with falling back to a job from those before it."""
    place = entry.route.span
    if before and job.makes != before[0].makes:
        message = f"`{job.made_by}` makes {job.makes}, and node `{job.node}` makes {before[0].makes}"
        yield Problem("fallback-kind", message, place, hint="a fallback makes the same kind of file as its node")
    for other in before:
        if (job.made_by, job.salt, job.input) == (other.made_by, other.salt, other.input):
            message = f"this fallback asks `{job.made_by}` for the very same again"
            yield Problem("fallback-repeats", message, place, hint="name another route, or another input")
            return


def _prepared(
    document: Document, catalog: Catalog, node: Node, entry: Fallback, defaults: Mapping[str, object]
) -> Draft:
    whole = node.input if node.input is not None and not node.input.is_mapping else None
    problems: list[Problem] = []
    given = whole or _laid_over(catalog, node, entry, problems)
    alone = replace(
        node, maker="route", made_by=entry.route, input=given, when=None, publish=None, span=entry.route.span
    )
    try:
        draft = prepare(document, catalog, alone, defaults)
    except CallsheetError as error:
        raise DataFault([*problems, *error.problems]) from None
    over = entry.input.mapping if entry.input is not None else {}
    if whole is not None and over:
        draft.taken_away = [name for name, item in over.items() if item.value is None]
        draft.laid_over = {name: compile_value(item) for name, item in over.items() if item.value is not None}
        problems += [one for each in draft.laid_over.values() for one in scope_problems(document, node, each)]
    if problems:
        raise DataFault(problems)
    return draft


def _laid_over(catalog: Catalog, node: Node, entry: Fallback, problems: list[Problem]) -> Item | None:
    """The node's input with the entry's over it. A name takes the place of every other for the same field of the
    entry's route; what is wrong with it is added to the problems."""
    if entry.input is None:
        return node.input
    under = node.input or Item({}, entry.span)
    route = _known_route(catalog, entry.route)
    values, spans = dict(under.mapping), dict(under.key_spans)
    for name, item in entry.input.mapping.items():
        replaced = [other for other in under.mapping if _is_same(route, name, other)]
        for other in replaced:
            values.pop(other, None)
            spans.pop(other, None)
        if item.value is not None:
            values[name], spans[name] = item, entry.input.key_spans[name]
        elif not replaced:
            message = f"node `{node.name}` gives no `{name}` that could be taken away"
            hint = did_you_mean(name, under.mapping)
            problems.append(Problem("nothing-to-remove", message, entry.input.key_spans[name], hint=hint))
    return Item(values, entry.input.span, spans)


def _known_route(catalog: Catalog, route: Item) -> Route | None:
    """The route of an entry; None where it is a template, or no route at all, which is told elsewhere."""
    if is_template(route):
        return None
    try:
        return catalog.route(str(route.value))
    except UnknownName:
        return None


def _is_same(route: Route | None, name: str, other: str) -> bool:
    """Whether two names stand for one field of a route; the two that choose a size together stand side by side."""
    if name == other or route is None:
        return name == other
    field = find_field(route, name)
    both_size = {name, other} == _SIZE_NAMES
    return field is not None and field is find_field(route, other) and not (both_size and is_sized(route, field))


def _at_entry(problems: Iterable[Problem], entry: Fallback, known: Iterable[Problem]) -> list[Problem]:
    """Problems of a fallback at its place, less those that the node has without it."""
    told = {(one.code, one.message) for one in known}
    fresh = [one for one in problems if (one.code, one.message) not in told]
    return [one if one.span is None or _inside(one.span, entry.span) else _moved(one, one.span, entry) for one in fresh]


def _moved(problem: Problem, place: Span, entry: Fallback) -> Problem:
    hint = problem.hint
    if hint is None or problem.code in _NOT_TAKEN:
        hint = "null in this fallback's `input` takes a field away, and a value replaces it"
    message = f"in this fallback, {problem.message}"
    return replace(problem, message=message, span=entry.route.span, also=(place, *problem.also), fix=None, hint=hint)


def _inside(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return inner.source is outer.source and start <= (inner.line, inner.column) <= end
