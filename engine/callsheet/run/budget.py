"""A bound on what is submitted: nothing goes out when spent + reserved + its estimate would pass it."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.problems import Problem, RetryableFault


@dataclass(slots=True)
class Budget:
    """`limit` in USD, or None for no bound. Actual cost may pass it by the estimation error of the jobs in flight."""

    limit: float | None = None
    allow_unpriced: bool = False
    spent: float = 0.0
    reserved: float = 0.0

    def reserve(self, instance: str, estimate: float | None) -> float:
        """Set an instance's estimate aside and return it; a RetryableFault where it does not fit."""
        if self.limit is None:
            return 0.0
        if estimate is None:
            if self.allow_unpriced:
                return 0.0
            raise RetryableFault(
                Problem(
                    "unpriced",
                    f"the price of `{instance}` is not known, so the budget of {self.limit:.2f} USD can't hold it",
                    hint="`--allow-unpriced` lets it go out",
                )
            )
        if self.spent + self.reserved + estimate > self.limit + 1e-9:
            raise RetryableFault(
                Problem(
                    "budget-reached",
                    f"`{instance}` ({estimate:.2f} USD) would pass the budget of {self.limit:.2f} USD: "
                    f"{self.spent:.2f} spent, {self.reserved:.2f} under way",
                    hint="run again with a larger `--budget`; what is done stays done",
                )
            )
        self.reserved += estimate
        return estimate

    def settle(self, reserved: float, cost: float | None) -> None:
        """What was set aside is free again; what it did cost is spent. An unknown cost counts as its estimate."""
        self.reserved -= reserved
        self.spent += reserved if cost is None else cost

    def give_back(self, reserved: float) -> None:
        """Nothing was submitted for it after all."""
        self.reserved -= reserved
