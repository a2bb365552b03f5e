"""The one call that costs money. It is announced before a byte leaves, and never repeated unless it certainly was not
taken: refused by the network before it left, or by the API with a definite answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from callsheet.makers.maker import Diary, Order
from callsheet.makers.outcome import StopSubmitting, SubmitRejected, SubmitUnknown, problem
from callsheet.makers.remote.assets import Assets, hosted
from callsheet.makers.remote.circuit import Circuit
from callsheet.makers.remote.limits import MIB, Limits
from callsheet.makers.remote.live import LiveResults
from callsheet.makers.remote.patience import OutOfPatience, Patience, Timing, retry_after
from callsheet.makers.remote.payload import Payload, build_payload, embedded_bytes
from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.transport import Answer, NoAnswer, Transport
from callsheet.makers.remote.wire import Meaning, Verdict, judge
from callsheet.problems import CallsheetError, RetryableFault, UpstreamFault

_LARGE = 4 * MIB
_LONGEST_LABEL = 200


class _Phase(Enum):
    BUILDING = "nothing is announced"
    ANNOUNCING = "the diary is being told"
    CONNECTING = "no byte has left"
    LEFT = "bytes may be out"


@dataclass(slots=True)
class _Flight:
    """How far one attempt has got, and whether it was called off."""

    phase: _Phase = _Phase.BUILDING
    called_off: bool = False

    def leave(self) -> None:
        self.phase = _Phase.LEFT


@dataclass(frozen=True, slots=True)
class _NotTaken:
    """The attempt certainly was not taken and may be made again; `trouble` says why to people, `fault` is what is said
    when patience ends."""

    trouble: str
    fault: CallsheetError
    retry_after: float | None = None


@dataclass(slots=True)
class Submits:
    """Submits orders, so many at once; `label` adds the instance's id for the embedded simulator's pictures."""

    transport: Transport
    token: Secret
    limits: Limits
    timing: Timing
    circuit: Circuit
    live: LiveResults
    assets: Assets | None
    label: bool
    _slots: asyncio.Semaphore = field(init=False)
    _large_slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.limits.submits)
        self._large_slots = asyncio.Semaphore(self.limits.large_submits)

    async def submit(self, order: Order, diary: Diary) -> str:
        """Submit and return the request id, which the diary then has already.

        Raises SubmitUnknown where it may have been taken, StopSubmitting, SubmitRejected where it was refused, and
        RetryableFault or UpstreamFault where it could not be made for too long, or is not made any more; after these
        the diary is told.
        """
        self.circuit.check(order.instance, order.made_by)
        order = await hosted(order, self.live, self.assets)
        slots = self._large_slots if embedded_bytes(order) > _LARGE else self._slots
        patience = Patience(self.limits, self.timing)
        while True:
            async with slots:
                self.circuit.check(order.instance, order.made_by)
                taken = await self._attempt(order, diary)
            if isinstance(taken, str):
                return taken
            diary.trouble(f"{taken.trouble}; trying again")
            try:
                await patience.wait(taken.retry_after)
            except OutOfPatience:
                raise taken.fault from None

    async def _attempt(self, order: Order, diary: Diary) -> str | _NotTaken:
        """One attempt in a task of its own, so that being cancelled can't lose the id of what was taken."""
        flight = _Flight()
        task = asyncio.create_task(self._send(order, diary, flight))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            flight.called_off = True
            if flight.phase in (_Phase.BUILDING, _Phase.CONNECTING):
                task.cancel()
            try:
                await asyncio.wait({task}, timeout=self.limits.farewell)
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({task})
            if task.done() and not task.cancelled() and isinstance(task.exception(), SubmitUnknown):
                await task
            raise

    async def _send(self, order: Order, diary: Diary, flight: _Flight) -> str | _NotTaken:
        payload = await build_payload(order)
        flight.phase = _Phase.ANNOUNCING
        await diary.intent(payload.sha256)
        flight.phase = _Phase.CONNECTING
        if flight.called_off:
            await diary.refused()
            raise asyncio.CancelledError
        try:
            answer = await self.transport.submit(
                f"/models/{quote(order.made_by, safe='/')}", payload.body, self._headers(order), flight.leave
            )
            return await self._hear(answer, order, payload, diary)
        except NoAnswer as reason:
            self.circuit.unheard(order.made_by)
            if flight.phase is _Phase.LEFT:
                raise _unknown(order, payload, str(reason)) from None
            await diary.refused()
            return _NotTaken(f"nothing can be submitted: {reason}", _unreachable(order, str(reason)))
        except asyncio.CancelledError:
            if flight.phase is _Phase.LEFT:
                raise _unknown(order, payload, "callsheet was interrupted before an answer came") from None
            await diary.refused()
            raise

    async def _hear(self, answer: Answer, order: Order, payload: Payload, diary: Diary) -> str | _NotTaken:
        verdict = judge(answer.status, answer.body, self.token)
        self.circuit.hear(order.made_by, answer.status, verdict)
        if answer.whole and 200 <= answer.status < 300 and verdict.reply and verdict.reply.request_id:
            await self._keep(verdict.reply.request_id, order, payload, diary)
            return verdict.reply.request_id
        broken = 200 <= answer.status < 300 and not answer.whole
        if broken or verdict.meaning in (Meaning.GOOD, Meaning.STRANGE, Meaning.SERVER, Meaning.TIMEOUT):
            evidence = "its answer broke off" if broken else f"the API answered {verdict.text}"
            raise _unknown(order, payload, evidence)
        await diary.refused()
        if verdict.meaning is Meaning.LIMITED:
            trouble = f"the API is asked too often ({verdict.text})"
            return _NotTaken(trouble, _limited(order, verdict), retry_after(answer.headers, self.timing))
        fault = _rejected(order, verdict)
        raise self.circuit.stop(fault) if isinstance(fault, StopSubmitting) else fault

    async def _keep(self, request_id: str, order: Order, payload: Payload, diary: Diary) -> None:
        try:
            await diary.submitted(request_id)
        except Exception as error:
            raise _unknown(
                order, payload, f"the API took it as `{request_id}`, but that could not be written down: {error}"
            ) from error

    def _headers(self, order: Order) -> dict[str, str]:
        return {"x-callsheet-label": quote(order.instance[:_LONGEST_LABEL], safe="")} if self.label else {}


def _unknown(order: Order, payload: Payload, evidence: str) -> SubmitUnknown:
    return SubmitUnknown(
        problem(
            "submit-unknown",
            f"it is not known whether the submit of `{order.instance}` to `{order.made_by}` was taken: {evidence}"
            f" (payload {payload.sha256[:12]})",
            "look for it in your account; it is not submitted again until it is settled",
        )
    )


def _unreachable(order: Order, reason: str) -> UpstreamFault:
    return UpstreamFault(
        problem(
            "api-unreachable",
            f"`{order.instance}` was not submitted: {reason}",
            "nothing left this machine; run again when the API can be reached",
        )
    )


def _limited(order: Order, verdict: Verdict) -> RetryableFault:
    return RetryableFault(
        problem(
            "rate-limited",
            f"`{order.instance}` was not submitted: the API is asked too often ({verdict.text})",
            "run again later, or with a lower `--concurrency`",
        )
    )


def _rejected(order: Order, verdict: Verdict) -> CallsheetError:
    match verdict.meaning:
        case Meaning.ACCESS:
            return token_rejected(verdict)
        case Meaning.BALANCE:
            return StopSubmitting(
                problem(
                    "balance-exhausted",
                    f"the account's balance is exhausted ({verdict.text})",
                    "top up the account and run again; nothing more is submitted in this run",
                )
            )
        case Meaning.GONE:
            return SubmitRejected(
                problem("route-refused", f"the API knows no model `{order.made_by}` ({verdict.text})")
            )
        case Meaning.INPUT:
            return SubmitRejected(
                problem("input-refused", f"the API does not take the input of `{order.made_by}` ({verdict.text})")
            )
        case _:
            return SubmitRejected(
                problem("submit-rejected", f"the API rejects the submit to `{order.made_by}` ({verdict.text})")
            )


def token_rejected(verdict: Verdict) -> StopSubmitting:
    """The fault (77) for a token that the API does not take."""
    return StopSubmitting(
        problem(
            "token-rejected",
            f"the API rejects the token ({verdict.text})",
            "set `RUNCOMFY_TOKEN` to a token of this account and run again; requests in flight are kept",
        )
    )
