"""Problems gathered while planning: one that many instances share is told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from callsheet.problems import CallsheetError, DataFault, Problem


class Findings:
    """Problems by what they say and where they are."""

    def __init__(self) -> None:
        self.found: dict[tuple[object, ...], tuple[Problem, list[str]]] = {}

    def add(self, problems: Sequence[Problem], instance: str | None = None) -> None:
        for problem in problems:
            place = problem.span and (problem.span.path, problem.span.line, problem.span.column)
            about = (problem.code, problem.message, place)
            _, instances = self.found.setdefault(about, (problem, []))
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
