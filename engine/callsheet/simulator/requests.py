"""Submits and what became of them: the part of the API that costs money elsewhere."""

from __future__ import annotations

import asyncio
import json
import math
import re
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from starlette.responses import JSONResponse

from callsheet.simulator.answers import FileAnswer, Refusal
from callsheet.simulator.ask import Ask
from callsheet.simulator.brief import brief, cost
from callsheet.simulator.catalogue import Catalogue, Json, Model
from callsheet.simulator.faults import Effect
from callsheet.simulator.intake import BODY_LIMIT
from callsheet.simulator.ledger import Entry, Ledger
from callsheet.simulator.models import find
from callsheet.simulator.queue import Queue, Request, is_over
from callsheet.simulator.reading import Reading, read
from callsheet.simulator.settings import Settings
from callsheet.simulator.studio import Product, Studio, Work

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_WIRE_LIMIT = BODY_LIMIT * 4 // 3 + 1024 * 1024
_SMALL = 256 * 1024  # bytes of a body that is read on the spot; a larger one is read in a worker


class Struck(Exception):
    """A fault strikes a call; `product` is the file of which half is sent."""

    def __init__(self, effect: Effect, product: Product | None = None) -> None:
        super().__init__(effect.name)
        self.effect = effect
        self.product = product


class Requests:
    """Every request of one provider, with the queue and the studio behind it; `folder` holds media that came and went.

    `stamp` makes a time of the clock into text.
    """

    def __init__(
        self, settings: Settings, catalogue: Catalogue, folder: Path, ledger: Ledger, stamp: Callable[[float], str]
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._folder = folder
        self._ledger = ledger
        self._stamp = stamp
        self._studio = Studio(folder, settings.workers, settings.media, settings.clock)
        self._queue = Queue(settings.slots, settings.clock, self._start)
        self._requests: dict[str, Request] = {}
        self._alike: Counter[str] = Counter()
        self._alarm: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Stop rendering."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._studio.close()

    def balance(self) -> JSONResponse:
        """`GET /prod/v2/balance`."""
        return JSONResponse({"balance_usd": round(self._left, 4), "currency": "USD"})

    async def submit(self, name: str, ask: Ask) -> JSONResponse:
        """`POST /v1/models/{model_id}`: check it, queue it, bill it."""
        entry = self._ledger.open(ask.path, ask.label, self._settings.clock())
        try:
            answer = await self._submit(entry, name, ask)
        except (Refusal, Struck) as error:
            entry.answer = str(error.status) if isinstance(error, Refusal) else error.effect.name
            raise
        entry.answer = "200"
        return answer

    async def _submit(self, entry: Entry, name: str, ask: Ask) -> JSONResponse:
        model = find(self._catalogue, name)
        given = _parsed(await ask.body(_WIRE_LIMIT))
        job = partial(read, model, given, self._folder, ask.host, self._made)
        large = int(ask.headers.get("content-length", _SMALL)) >= _SMALL
        reading = await asyncio.get_running_loop().run_in_executor(None, job) if large else job()
        entry.body = reading.body
        self._alike[reading.identity] += 1
        identity = f"{reading.identity}:{self._alike[reading.identity]}"
        effect = self._strike("submit", identity, entry.number, entry.number)
        if effect is not None and not effect.after:
            raise Struck(effect)
        if reading.faults:
            raise Refusal(422, "the input does not match the schema", reading.faults)
        price = cost(model, given)
        if price > self._left:
            raise Refusal(400, "the balance is exhausted", code=400002)
        request = entry.request = self._accept(model, given, reading, entry, identity, price)
        if effect is not None:
            raise Struck(effect)
        return JSONResponse(
            {"request_id": request.id, **_links(request, ask), "cancel_url": _link(request, ask, "cancel")}
        )

    def look(self, request_id: str, verb: str, ask: Ask) -> JSONResponse:
        """Status, result or cancel of one request."""
        request = self._find(request_id)
        effect = self._struck(verb, request)
        if effect is not None and not effect.after and effect.name not in ("unknown-state", "no-output"):
            raise Struck(effect)
        answer = (
            self._cancelled(request) if verb == "cancel" else self._standing(request, ask, verb == "result", effect)
        )
        if effect is not None and effect.after:
            raise Struck(effect)
        return JSONResponse(answer)

    def file(self, request_id: str, name: str, ask: Ask) -> FileAnswer:
        """`GET /files/{request_id}/{name}`."""
        request = self._find(request_id)
        effect = self._struck("download", request)
        product = self._product(request, name)
        if effect is not None:
            raise Struck(effect, product if effect.name in ("truncate", "stall") else None)
        if product is None:
            raise Refusal(404, "there is no such file")
        return FileAnswer(product, ask.headers)

    def _accept(
        self, model: Model, given: Json, reading: Reading, entry: Entry, identity: str, price: float
    ) -> Request:
        settings = self._settings
        random = Random(f"{settings.seed}|{identity}")
        now = settings.clock()
        effect = self._strike("render", identity, entry.number, 1)
        request = Request(
            id=str(uuid.uuid4()),
            number=entry.number,
            identity=identity,
            brief=brief(model, given, reading.media, entry.label, reading.identity),
            cost=price,
            created=now,
            ready=now + settings.scaled(settings.queue.draw(random)),
            seconds=settings.scaled(settings.render.draw(random)),
            fault=effect.name if effect else None,
        )
        self._requests[request.id] = request
        self._queue.add(request)
        self._wake()
        return request

    def _standing(self, request: Request, ask: Ask, result: bool, effect: Effect | None) -> Json:
        """Where a request stands; with its result where that is asked for and there is one."""
        state = self._queue.state(request)
        shown = "paused" if effect is not None and effect.name == "unknown-state" else state
        answer: Json = {"request_id": request.id, "status": shown, **_links(request, ask)}
        if state == "in_queue":
            answer["queue_position"] = self._queue.position(request)
        elif state == "in_progress":
            answer["instance_id"] = f"simulated-{request.id[:8]}"
        if not result or not is_over(state):
            return answer
        answer = {"request_id": request.id, "status": shown, "created_at": self._stamp(request.created)}
        answer["finished_at"] = self._stamp(request.finished or request.created)
        if state == "completed":
            name = request.work.product.name if request.work and request.work.product else ""
            output = {request.brief.makes: f"{ask.origin}/files/{request.id}/{name}"}
            answer["output"] = {} if effect is not None and effect.name == "no-output" else output
        if state == "failed":
            answer["error"] = request.error
        if ask.query.get("include_cost") == "true":
            answer["cost"] = request.billed
        return answer

    def _cancelled(self, request: Request) -> Json:
        done = self._queue.cancel(request)
        outcome = "cancelled" if done else "not_cancellable"
        return {"request_id": request.id, "status": request.state, "outcome": outcome}

    def _find(self, request_id: str) -> Request:
        if not _UUID.fullmatch(request_id):
            raise Refusal(400, "the request_id is malformed", code=400001)
        request = self._requests.get(request_id)
        if request is None:
            raise Refusal(404, "there is no such request")
        return request

    def _made(self, request_id: str, name: str) -> Path | None:
        """The file behind an address of this server; may be asked in a worker."""
        request = self._requests.get(request_id)
        product = request.work.product if request and request.work and request.state == "completed" else None
        return product.path if product and product.name == name else None

    def _product(self, request: Request, name: str) -> Product | None:
        product = request.work.product if request.work and self._queue.state(request) == "completed" else None
        return product if product and product.name == name else None

    def _start(self, request: Request) -> Work | None:
        return self._studio.begin(request.brief) if request.fault is None else None

    def _struck(self, point: str, request: Request) -> Effect | None:
        request.calls[point] += 1
        return self._strike(point, request.identity, request.number, request.calls[point])

    def _strike(self, point: str, identity: str, request: int, call: int) -> Effect | None:
        return self._settings.faults.strike(self._settings.seed, point, identity, request, call)

    @property
    def _left(self) -> float:
        return self._settings.balance_usd - self._queue.billed

    def _wake(self) -> None:
        """See to it that renders begin when their turn comes, asked for or not."""
        if self._alarm is not None:
            self._alarm.cancel()
        wait = self._queue.next_event() - self._settings.clock()
        if wait != float("inf"):
            self._alarm = asyncio.get_running_loop().call_later(max(wait, 0.001), self._turn)

    def _turn(self) -> None:
        self._queue.advance()
        self._wake()


def _parsed(body: bytes) -> Json:
    try:
        given = json.loads(body, parse_constant=_refuse, parse_float=_finite)
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(given, ensure_ascii=False).encode()  # refuses halves of characters
    except (ValueError, RecursionError):
        raise Refusal(422, "the body is not JSON", []) from None
    if not isinstance(given, dict):
        raise Refusal(422, "the body is not a JSON object", [])
    return given


def _refuse(word: str) -> float:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _link(request: Request, ask: Ask, verb: str) -> str:
    return f"{ask.origin}/v1/requests/{request.id}/{verb}"


def _links(request: Request, ask: Ask) -> Json:
    return {"status_url": _link(request, ask, "status"), "result_url": _link(request, ask, "result")}
