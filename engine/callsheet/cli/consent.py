"""Asking before money is spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

import typer

from callsheet.plan.job import Job, Plan
from callsheet.problems import Problem, UsageFault


def ask(plan: Plan, paid: Sequence[str], answers: TextIO, screen: TextIO, later: Sequence[Job] = ()) -> None:
    """Ask on a terminal whether to spend; off a terminal, or on any answer but yes, raise. `later` are fallbacks that
    requests in flight may come to."""
    what = _bill(plan, paid, later)
    if not is_terminal(answers, screen):
        raise UsageFault(
            Problem(
                "consent-needed",
                f"this would submit {what}, and there is no terminal to ask on",
                hint="say `--yes`, or bound it with `--budget USD`",
            )
        )
    if not _agreed(f"submit {what}?", answers, screen):
        raise typer.Abort


def ask_for_the_rest(plan: Plan, paid: Sequence[str], answers: TextIO, screen: TextIO) -> bool:
    """After a pilot: whether to go on. Off a terminal it says how, and nothing more is spent."""
    if is_terminal(answers, screen):
        return _agreed(f"the pilot is made; submit the other {_bill(plan, paid)}?", answers, screen)
    screen.write(f"the pilot is made; run again without `--pilot` to submit the other {_bill(plan, paid)}\n")
    return False


def is_terminal(answers: TextIO, screen: TextIO) -> bool:
    """Whether there is somebody to ask."""
    return answers.isatty() and screen.isatty()


def _agreed(question: str, answers: TextIO, screen: TextIO) -> bool:
    screen.write(f"{question} [y/N] ")
    screen.flush()
    return answers.readline().strip().lower() in ("y", "yes")


def _bill(plan: Plan, paid: Sequence[str], later: Sequence[Job] = ()) -> str:
    jobs = [*(plan.by_id[one] for one in paid), *later]
    known = [job.estimate.usd for job in jobs if job.estimate.usd is not None]
    unpriced = len(jobs) - len(known)
    cost = f"about {sum(known):.2f} USD" if known else "a price that is not known"
    if known and any(job.fallbacks and job.estimate != job.price for job in jobs):
        cost += " at worst"
    if known and unpriced:
        cost += f", and {unpriced} more without a known price"
    renders = [_counted(len(paid), "render")] if paid else []
    follow = [f"{_counted(len(later), 'fallback')} should a request in flight fail"] if later else []
    return f"{' and '.join(renders + follow)} at {plan.provider} for {cost}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
