"""Problems gathered while a file is read, up to a bound that keeps a hostile file from making millions."""

from __future__ import annotations

from callsheet.problems import Problem

MOST_PROBLEMS = 1_000


class Stop(Exception):
    """Reading on makes no sense; the reason is among the problems."""


class Findings:
    """The problems found so far, in the order of finding."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Remember a problem. Raises Stop with the thousandth."""
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise Stop
