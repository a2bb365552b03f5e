"""From a request's id to its result: asked again and again, politely, and never given up while it may still come."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from callsheet.makers.maker import Diary
from callsheet.makers.outcome import (
    AttachLost,
    ReadsFailed,
    RenderCancelled,
    RenderFailed,
    StillRunning,
    problem,
)
from callsheet.makers.remote.circuit import Circuit
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.pace import Paces, Watch
from callsheet.makers.remote.patience import OutOfPatience, Patience, Timing, retry_after
from callsheet.makers.remote.rate import Rate
from callsheet.makers.remote.submit import token_rejected
from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.transport import Answer, NoAnswer, Transport
from callsheet.makers.remote.wire import Meaning, Reply, error_text, judge, safe

_KEPT = "the request is kept and nothing is paid twice: run again to pick it up"
_SETTLE = "look for it in your account; nothing more is submitted for it until it is settled"
_CANCEL_TRIES = 3
_STATUS = "status"
_RESULT = "result?include_cost=true"


@dataclass(frozen=True, slots=True)
class Polls:
    """Reads about requests."""

    transport: Transport
    token: Secret
    limits: Limits
    timing: Timing
    circuit: Circuit
    rate: Rate
    paces: Paces

    async def result(self, request_id: str, route: str, diary: Diary, *, fresh: bool) -> Reply:
        """Wait until the request is over and return its result, which has at least one address.

        `fresh` says that it was submitted just now, so that a 404 may be a delay. Raises RenderFailed,
        RenderCancelled, AttachLost, StopSubmitting, and StillRunning where it is kept to be attached to later.
        """
        settled = self.timing.clock() + (self.limits.settle if fresh else 0.0)
        with self.paces.watch(route, fresh=fresh) as watch:
            if fresh:
                await self._wait(watch)
            return await self._watched(request_id, diary, settled, watch)

    async def _watched(self, request_id: str, diary: Diary, settled: float, watch: Watch) -> Reply:
        """Poll until there is a result. While a render runs the result itself is asked for: asked too early it answers
        with the state, and where it does not, the status is asked for from then on."""
        told: tuple[str, int | None] | None = None
        asked, direct = _STATUS, True
        while True:
            try:
                reply = await self._read(request_id, asked, settled, diary)
            except (AttachLost, StillRunning) as fault:
                if asked == _STATUS or isinstance(fault, ReadsFailed):
                    raise
                asked, direct = _STATUS, False
                await self._wait(watch)
                continue
            if reply.state not in ("queued", "running"):
                reply = await self._finished(request_id, reply, settled, diary, has_result=asked == _RESULT)
                if reply.state == "completed":
                    watch.ended()
                    return reply
            asked = _RESULT if reply.state == "running" and direct else _STATUS
            news = (reply.state or "", reply.queue_position if reply.state == "queued" else None)
            if news != told:
                diary.state(*news)
                told = news
            await self._wait(watch)

    async def _wait(self, watch: Watch) -> None:
        await self.timing.sleep(watch.pause() * self.timing.dice.uniform(0.9, 1.1))

    async def cancel(self, request_id: str) -> bool | None:
        """Whether the request is cancelled now; None where that can't be known."""
        for _ in range(_CANCEL_TRIES):
            try:
                answer = await self.transport.call("POST", f"/requests/{quote(request_id, safe='')}/cancel")
            except NoAnswer:
                answer = None
            if answer and answer.whole and 200 <= answer.status < 300:
                reply = judge(answer.status, answer.body, self.token).reply
                return _cancelled(reply) if reply else None
            if answer and answer.status < 500 and answer.status not in (408, 429):
                return None
            await self.timing.sleep(self.limits.retry_first)
        return None

    async def _finished(
        self, request_id: str, reply: Reply, settled: float, diary: Diary, *, has_result: bool
    ) -> Reply:
        """The result of a request that is said to be over; a state that is none after all is handed back.

        `has_result`: the reply is an answer to the question for the result.
        """
        waiting_until = max(settled, self.timing.clock() + self.limits.settle)
        while reply.state == "completed":
            if not has_result:
                reply = await self._read(request_id, _RESULT, settled, diary)
            has_result = False
            if reply.state != "completed" or reply.urls():
                break
            if self.timing.clock() >= waiting_until:
                raise AttachLost(problem("no-output", f"request `{request_id}` is completed without output", _SETTLE))
            await self.timing.sleep(self.limits.poll_first)
        match reply.state:
            case "failed":
                raise await self._failed(request_id, reply, has_result=has_result)
            case "cancelled":
                raise RenderCancelled(
                    problem("render-cancelled", f"request `{request_id}` was cancelled", "a later run submits it anew")
                )
            case None:
                state = safe(reply.status or "", self.token)
                raise StillRunning(
                    problem("state-unknown", f"request `{request_id}` is `{state}`, a state not known here", _KEPT)
                )
            case _:
                return reply

    async def _failed(self, request_id: str, reply: Reply, *, has_result: bool) -> RenderFailed:
        """The fault for a render that failed. Reason and cost are often told by the result alone: it is asked once."""
        words, cost, unread = error_text(reply, self.token), reply.cost, "no reason given"
        if not (words and has_result):
            try:
                answer = await self.transport.call("GET", f"/requests/{quote(request_id, safe='')}/{_RESULT}")
            except NoAnswer:
                unread = "no reason could be read"
            else:
                told = judge(answer.status, answer.body, self.token).reply
                words = words or (error_text(told, self.token) if told else "")
                cost = told.cost if told and cost is None else cost
        fault = RenderFailed(
            problem("render-failed", f"the API failed this render: {words or unread}", "a later run submits it anew")
        )
        fault.cost_usd = cost
        return fault

    async def _read(self, request_id: str, what: str, settled: float, diary: Diary) -> Reply:
        """One read, made again by class until it answers with a state."""
        patience, tries = Patience(self.limits, self.timing), 0
        while True:
            seconds, tries = None, tries + 1
            await self.rate.turn()
            try:
                answer = await self.transport.call("GET", f"/requests/{quote(request_id, safe='')}/{what}")
                reply, trouble = self._understand(request_id, answer, settled)
                if reply:
                    return reply
                seconds = retry_after(answer.headers, self.timing)
            except NoAnswer as reason:
                trouble = str(reason)
            if tries > 1:
                diary.trouble(f"the API can't be asked how requests stand: {trouble}; trying again")
            try:
                await patience.wait(seconds)
            except OutOfPatience:
                raise ReadsFailed(
                    problem("api-unreadable", f"request `{request_id}` can't be asked for: {trouble}", _KEPT)
                ) from None

    def _understand(self, request_id: str, answer: Answer, settled: float) -> tuple[Reply | None, str]:
        """The reply where there is one, else what is the matter where asking again may help; raises where not."""
        if not answer.whole:
            return None, "the answer broke off"
        verdict = judge(answer.status, answer.body, self.token)
        reply = verdict.reply
        over = reply is not None and answer.status == 200 and reply.state in ("failed", "cancelled")
        if over or (verdict.meaning is Meaning.GOOD and reply and reply.status):
            return reply, ""
        match verdict.meaning:
            case Meaning.ACCESS | Meaning.BALANCE:
                raise self.circuit.stop(token_rejected(verdict))
            case Meaning.GONE if self.timing.clock() >= settled:
                raise AttachLost(
                    problem("request-gone", f"the API knows no request `{request_id}` ({verdict.text})", _SETTLE)
                )
            case Meaning.INPUT | Meaning.REJECTED:
                raise StillRunning(
                    problem("read-rejected", f"request `{request_id}` can't be asked for ({verdict.text})", _KEPT)
                )
            case _:
                return None, verdict.text


def _cancelled(reply: Reply) -> bool | None:
    if "not_cancellable" in (reply.outcome, reply.status) or reply.state in ("running", "completed", "failed"):
        return False
    return True if reply.state == "cancelled" or reply.outcome in ("cancelled", "canceled") else None
