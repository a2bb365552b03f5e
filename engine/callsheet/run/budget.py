"""A bound on what is submitted: nothing goes out when spent + reserved + its estimate would pass it."""

from __future__ import annotations

from dataclasses import dataclass, field

from callsheet.problems import Problem, RetryableFault


@dataclass(slots=True)
class Budget:
    """What one invocation may spend, and the project in all. Actual cost may pass it by the estimation error of the
    jobs in flight.

    `limit` is in USD, None for no bound; requests that are attached to count too. `project_limit` bounds all that was
    ever spent: the journal holds to it at the moment of a submit, so that runs beside each other share it.
    """

    limit: float | None = None
    allow_unpriced: bool = False
    project_limit: float | None = None
    spent: float = 0.0
    _reserved: dict[str, float] = field(default_factory=dict)

    @property
    def reserved(self) -> float:
        """USD set aside for what is under way."""
        return sum(self._reserved.values())

    def reserve(self, instance: str, estimate: float | None) -> None:
        """Set an instance's estimate aside before it is submitted; a RetryableFault where it does not fit."""
        bound = self.limit if self.limit is not None else self.project_limit
        if estimate is None and bound is not None and not self.allow_unpriced:
            raise RetryableFault(
                Problem(
                    "unpriced",
                    f"the price of `{instance}` is not known, so the budget of {bound:.2f} USD can't hold it",
                    hint="`--allow-unpriced` lets it go out",
                )
            )
        under_way = self.reserved - self._reserved.get(instance, 0.0)
        if self.limit is not None and self.spent + under_way + (estimate or 0.0) > self.limit + 1e-9:
            raise RetryableFault(
                Problem(
                    "budget-reached",
                    f"`{instance}` ({estimate or 0.0:.2f} USD) would pass the budget of {self.limit:.2f} USD: "
                    f"{self.spent:.2f} spent, {under_way:.2f} under way",
                    hint="run again with a larger `--budget`; what is done stays done",
                )
            )
        self._reserved[instance] = estimate or 0.0

    def count(self, instance: str, estimate: float | None) -> None:
        """Set an instance's estimate aside whether it fits or not: its request is out already."""
        self._reserved[instance] = estimate or 0.0

    def settle(self, instance: str, cost: float | None) -> None:
        """What was set aside is free again; what it did cost is spent. An unknown cost counts as its estimate."""
        reserved = self._reserved.pop(instance, 0.0)
        self.spent += reserved if cost is None else cost

    def give_back(self, instance: str) -> None:
        """Nothing was bought for it after all."""
        self._reserved.pop(instance, None)
