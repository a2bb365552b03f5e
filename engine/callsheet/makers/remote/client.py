"""The maker of route jobs: submit, wait, fetch, against any Model API base."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import AttachLost, problem
from callsheet.makers.remote.fetch import Downloads, LinkExpired
from callsheet.makers.remote.hosts import DownloadHosts, api_base
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.patience import Timing
from callsheet.makers.remote.poll import Polls
from callsheet.makers.remote.submit import Submits
from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.transport import Transport
from callsheet.makers.remote.wire import Reply

_MOST_RENEWALS = 3


class RemoteMaker:
    """Makes orders at a Model API; used as an async context manager within one event loop.

    `base` is like `https://model-api.runcomfy.net/v1`. `label` sends the instance's id along, for the embedded
    simulator alone. Of what `make` raises, only RenderFailed, RenderCancelled and a DataFault at the submit end a
    job; after StillRunning (and its kinds) and StopSubmitting a request that the diary knows goes on and is to be
    attached to; SubmitUnknown and AttachLost are for a person.
    """

    def __init__(
        self,
        base: str,
        token: Secret,
        *,
        download_hosts: Iterable[str] = (),
        limits: Limits | None = None,
        timing: Timing | None = None,
        label: bool = False,
    ) -> None:
        address = api_base(base)
        bounds, time = limits or Limits(), timing or Timing()
        self._limits = bounds
        self._timing = time
        self._transport = Transport(address, token, bounds)
        self._submits = Submits(self._transport, token, bounds, time, label)
        self._polls = Polls(self._transport, token, bounds, time)
        self._downloads = Downloads(self._transport, DownloadHosts(address, download_hosts), bounds, time)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    async def make(self, order: Order, diary: Diary) -> Made:
        """Submit the order, or attach to its request, wait for it, and fetch its files into the order's folder."""
        request_id = order.request_id or await self._submits.submit(order, diary)
        reply = await self._polls.result(request_id, diary, fresh=order.request_id is None)
        diary.state("downloading")
        renewals = 0
        while True:
            try:
                return Made(await self._fetch(reply, order, diary), reply.cost, request_id)
            except LinkExpired as answer:
                if renewals == _MOST_RENEWALS:
                    raise _gone(request_id, str(answer)) from None
            await self._timing.sleep(self._limits.retry_first * 2**renewals)
            renewals += 1
            reply = await self._polls.result(request_id, diary, fresh=False)

    async def cancel(self, request_id: str) -> bool | None:
        """Cancel a queued request: True where it is cancelled, False where it runs or is over, None where that is
        not known."""
        return await self._polls.cancel(request_id)

    async def _fetch(self, reply: Reply, order: Order, diary: Diary) -> tuple[MadeFile, ...]:
        return tuple(
            [
                await self._downloads.fetch(address, order.folder, f"output-{position}", diary)
                for position, address in enumerate(reply.urls(), start=1)
            ]
        )


def _gone(request_id: str, answered: str) -> AttachLost:
    return AttachLost(
        problem(
            "result-gone",
            f"request `{request_id}` is completed, but its files can't be fetched any more ({answered})",
            "look for it in your account; nothing more is submitted for it until it is settled",
        )
    )
