"""The maker of route jobs: submit, wait, fetch, against any Model API base."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import AttachLost, problem
from callsheet.makers.remote.assets import Assets
from callsheet.makers.remote.circuit import Circuit
from callsheet.makers.remote.fetch import Downloads, LinkExpired
from callsheet.makers.remote.hosts import DownloadHosts, api_base
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.live import LiveResults
from callsheet.makers.remote.pace import History, Paces
from callsheet.makers.remote.patience import Timing
from callsheet.makers.remote.poll import Polls
from callsheet.makers.remote.rate import Rate
from callsheet.makers.remote.submit import Submits
from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.transport import Transport
from callsheet.makers.remote.wire import Reply


class RemoteMaker:
    """Makes orders at a Model API; used as an async context manager within one event loop.

    `base` is like `https://model-api.runcomfy.net/v1`. `label` sends the instance's id along, for the embedded
    simulator alone. `history` tells how long finished renders of a route took, so that polls come when they are worth
    it; `assets` hosts local media that are too large for a request; `reads_per_second` bounds how often the API is
    asked about requests, in all.

    Of what `make` raises, only RenderFailed, RenderCancelled and a DataFault at the submit end a job; after
    StillRunning (and its kinds) and StopSubmitting a request that the diary knows goes on and is to be attached to;
    SubmitUnknown and AttachLost are for a person.
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
        history: History = lambda route: (),
        assets: Assets | None = None,
        reads_per_second: float | None = None,
    ) -> None:
        address = api_base(base)
        bounds, time = limits or Limits(), timing or Timing()
        if reads_per_second is not None:
            bounds = replace(bounds, reads_per_second=reads_per_second, reads_in_a_burst=max(1, int(reads_per_second)))
        circuit = Circuit(bounds)
        self._limits = bounds
        self._timing = time
        self._transport = Transport(address, token, bounds)
        self._downloads = Downloads(self._transport, DownloadHosts(address, download_hosts), bounds, time)
        self._live = LiveResults(bounds, time, self._downloads.still_gives)
        self._submits = Submits(self._transport, token, bounds, time, circuit, self._live, assets, label)
        self._polls = Polls(
            self._transport, token, bounds, time, circuit, Rate(bounds, time), Paces(bounds, time, history)
        )

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    async def make(self, order: Order, diary: Diary) -> Made:
        """Submit the order, or attach to its request, wait for it, and fetch its files into the order's folder."""
        request_id = order.request_id or await self._submits.submit(order, diary)
        reply = await self._polls.result(request_id, order.made_by, diary, fresh=order.request_id is None)
        diary.state("downloading")
        files: list[MadeFile] = []
        renewals, dead_since = 0, None
        while True:
            try:
                await self._fetch(reply, order, diary, files)
                return Made(tuple(files), reply.cost, request_id)
            except LinkExpired as answer:
                now = self._timing.clock()
                dead_since = now if dead_since is None else dead_since
                if now - dead_since >= self._limits.settle:
                    raise _gone(request_id, str(answer)) from None
            await self._timing.sleep(self._limits.retry_first * 2.0 ** min(renewals, 5))
            renewals += 1
            reply = await self._polls.result(request_id, order.made_by, diary, fresh=False)

    async def cancel(self, request_id: str) -> bool | None:
        """Cancel a queued request: True where it is cancelled, False where it runs or is over, None where that is
        not known."""
        return await self._polls.cancel(request_id)

    async def _fetch(self, reply: Reply, order: Order, diary: Diary, files: list[MadeFile]) -> None:
        """Add to `files` those that are not among them yet."""
        for position, address in enumerate(reply.urls(), start=1):
            if position > len(files):
                file = await self._downloads.fetch(address, order.folder, f"output-{position}", diary)
                await self._live.learn(file, address)
                files.append(file)


def _gone(request_id: str, answered: str) -> AttachLost:
    return AttachLost(
        problem(
            "result-gone",
            f"request `{request_id}` is completed, but its files can't be fetched any more ({answered})",
            "look for it in your account; nothing more is submitted for it until it is settled",
        )
    )
