"""Asking before money is spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

import typer

from callsheet.plan.job import Plan
from callsheet.problems import Problem, UsageFault


def ask(plan: Plan, paid: Sequence[str], answers: TextIO, screen: TextIO) -> None:
    """Ask on a terminal whether to spend; off a terminal, or on any answer but yes, raise."""
    prices = [plan.by_id[one].estimate.usd for one in paid]
    known = [price for price in prices if price is not None]
    unpriced = len(prices) - len(known)
    cost = f"about {sum(known):.2f} USD" if known else "a price that is not known"
    if known and unpriced:
        cost += f", and {unpriced} more without a known price"
    renders = f"{len(paid)} render{'s' if len(paid) != 1 else ''}"
    if not (answers.isatty() and screen.isatty()):
        raise UsageFault(
            Problem(
                "consent-needed",
                f"this would submit {renders} at {plan.provider} for {cost}, and there is no terminal to ask on",
                hint="say `--yes`, or bound it with `--budget USD`",
            )
        )
    screen.write(f"submit {renders} at {plan.provider} for {cost}? [y/N] ")
    screen.flush()
    if answers.readline().strip().lower() not in ("y", "yes"):
        raise typer.Abort
