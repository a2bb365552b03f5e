"""Problems gathered while planning: one that many instances share is told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from callsheet.problems import CallsheetError, DataFault, Problem, Span


def led_by(problem: Problem, uses: tuple[Span, ...]) -> Problem:
    """The problem, with the places that led to it."""
    further = tuple(span for span in uses if span not in problem.also and span != problem.span)
    return replace(problem, also=(*problem.also, *further)) if further else problem


class Findings:
    """Problems by what they say and where they are. `uses` are the places by which a used pipeline was come to: every
    problem that is found in it names them too."""

    def __init__(self, uses: tuple[Span, ...] = ()) -> None:
        self.found: dict[tuple[object, ...], tuple[Problem, list[str]]] = {}
        self.uses = uses

    def inside(self, uses: tuple[Span, ...]) -> Findings:
        """The same findings, as seen from a pipeline that is used at these places."""
        seen = Findings(uses)
        seen.found = self.found
        return seen

    def add(self, problems: Sequence[Problem], instance: str | None = None) -> None:
        for problem in problems:
            place = problem.span and (problem.span.path, problem.span.line, problem.span.column)
            about = (problem.code, problem.message, place)
            _, instances = self.found.setdefault(about, (led_by(problem, self.uses), []))
            if instance is not None:
                instances.append(instance)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """What is raised within the block is gathered, and the block left."""
        try:
            yield
        except CallsheetError as error:
            self.add(error.problems)

    def throw(self) -> None:
        """Raise what was found, if anything was, in the order of the source."""
        if not self.found:
            return
        told = [self._tell(problem, instances) for problem, instances in self.found.values()]
        raise DataFault(sorted(told, key=self._place))

    def _tell(self, problem: Problem, instances: list[str]) -> Problem:
        if not instances:
            return problem
        more = f" and {len(instances) - 1} more" if len(instances) > 1 else ""
        return replace(problem, instance=instances[0] + more)

    def _place(self, problem: Problem) -> tuple[str, int, int]:
        span = problem.span
        return (span.path, span.line, span.column) if span else ("", 0, 0)
