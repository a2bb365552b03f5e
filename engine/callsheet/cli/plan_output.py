"""A plan, or its comparison with a revision, as one of the forms that `plan` writes; each is imported alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callsheet.plan.job import Plan
from callsheet.run.outcome import Decision

if TYPE_CHECKING:
    from callsheet.cli.against import Against


@dataclass(frozen=True, slots=True)
class PlanOutput:
    """What is to be written; `command` is what shows all of it."""

    plan: Plan
    decisions: Mapping[str, Decision]
    against: Against | None
    command: str

    def json(self) -> str:
        """The plan as JSON, with the comparison as its member `against`."""
        from callsheet.report.plan_json import json_text, plan_document

        document = plan_document(self.plan, self.decisions)
        if self.against is not None:
            from callsheet.report.comparison import comparison_document

            found = self.against
            document["against"] = comparison_document(found.comparison, found.revision, found.commit, found.notes)
        return json_text(document)

    def markdown(self) -> str:
        """A comment on a pull request."""
        if self.against is None:
            from callsheet.report.plan_markdown import plan_markdown

            return plan_markdown(self.plan, self.decisions, self.command)
        from callsheet.report.diff_markdown import diff_markdown

        found = self.against
        return diff_markdown(found.comparison, found.revision, found.commit, found.notes, self.command)

    def text(self, width: int, color: bool) -> str:
        """A screen."""
        if self.against is None:
            from callsheet.report.plan_text import plan_text

            return plan_text(self.plan, self.decisions, width, color)
        from callsheet.report.comparison_text import comparison_text

        found = self.against
        return comparison_text(found.comparison, found.revision, found.commit, found.notes, width, color)
