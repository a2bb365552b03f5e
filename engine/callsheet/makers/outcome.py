"""How a making can end other than well, told apart by what it means for money."""

from __future__ import annotations

from callsheet.problems import CallsheetError, DataFault, Problem, RetryableFault


class RenderFailed(DataFault):
    """The provider says `failed`: over, and known to be over. `cost_usd` is what it charged, where it says so."""

    cost_usd: float | None = None


class SubmitRejected(DataFault):
    """The provider refuses this very submit: no such route, an input it does not take. Nothing is rendered."""


class RenderCancelled(DataFault):
    """The provider says `cancelled`: over, and known to be over."""


class StepFailed(DataFault):
    """A local step could not be made."""


class SubmitUnknown(RetryableFault):
    """A submit left and no certain answer came: it may have been taken. Only a person may settle it."""


class StillRunning(RetryableFault):
    """A request is known and not over; it can be attached to later."""


class ReadsFailed(StillRunning):
    """A request is known, but asking for it failed for too long: the API answers 5xx or can't be reached."""

    exit_code = 69


class ResultRefused(StillRunning):
    """A result is ready but is not taken: its host, size or content is refused. The request is kept."""

    exit_code = 65


class AttachLost(RetryableFault):
    """A known request can't give its result any more (expired, or done without output); a person settles it."""


class StopSubmitting(CallsheetError):
    """Nothing more may be submitted in this run: token rejected or balance exhausted (exit 77)."""

    exit_code = 77


def problem(code: str, message: str, hint: str | None = None) -> Problem:
    """A problem without a place in the pipeline's text."""
    return Problem(code, message, hint=hint)
