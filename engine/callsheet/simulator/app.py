"""The simulated Model API as one ASGI application.

/v1/models[/categories|/{model_id}]      catalogue; POST to a model submits
/v1/requests/{request_id}/status|result|cancel
/prod/v2/balance
/files/{request_id}/{name}               what was rendered; no token needed
/_simulator/ledger, /_simulator/calls    what was received; not part of the API
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from callsheet.simulator.answers import FileAnswer, Page, Refusal
from callsheet.simulator.ask import Ask
from callsheet.simulator.catalogue import Catalogue
from callsheet.simulator.faults import Effect
from callsheet.simulator.invented import invented
from callsheet.simulator.ledger import Ledger
from callsheet.simulator.models import Models
from callsheet.simulator.requests import Requests, Struck
from callsheet.simulator.settings import Settings

ELSEWHERE = "https://elsewhere.invalid/"


class Simulator:
    """One provider with its requests and files; `folder` is its own to fill.

    `drop` ends the connection of an ASGI scope: at once with a reset, or after what was sent (`gently`).
    """

    def __init__(self, settings: Settings, folder: Path, drop: Callable[[Scope, bool], None]) -> None:
        self.settings = settings
        offset = time.time() - settings.clock()
        self.ledger = Ledger(lambda at: _stamp(at + offset))
        more = [*invented(settings.extra_models), *(dict(one) for one in settings.more_routes)]
        catalogue = Catalogue(settings.route_folder, more)
        self._requests = Requests(settings, catalogue, folder, self.ledger, lambda at: _stamp(at + offset))
        self._models = Models(catalogue)
        self._drop = drop
        self._asked = {"models": 0, "balance": 0}

    def close(self) -> None:
        """Stop rendering."""
        self._requests.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = Ask(scope, receive)
        if self.settings.faults.latency:
            await asyncio.sleep(self.settings.faults.latency)
        try:
            answer = await self._dispatch(ask)
            status = str(getattr(answer, "status_code", None) or getattr(answer, "status", ""))
        except Refusal as refusal:
            answer, status = refusal.answer(), str(refusal.status)
        except Struck as struck:
            self.ledger.call(ask.method, ask.path, struck.effect.name)
            await self._befall(struck, scope, receive, send)
            return
        self.ledger.call(ask.method, ask.path, status)
        await answer(scope, receive, send)

    async def _dispatch(self, ask: Ask) -> ASGIApp:
        parts = ask.path.split("/")[1:]
        match parts:
            case ["files", request_id, name]:
                ask.only("GET", "HEAD")
                return self._requests.file(request_id, name, ask)
            case ["_simulator", "ledger"]:
                ask.only("GET")
                return JSONResponse(self.ledger.submits)
            case ["_simulator", "calls"]:
                ask.only("GET")
                return JSONResponse(self.ledger.calls)
        self._authorise(ask)
        match parts:
            case ["v1", "requests", request_id, "status" | "result" | "cancel" as verb]:
                ask.only("POST" if verb == "cancel" else "GET")
                return self._requests.look(request_id, verb, ask)
            case ["v1", "models", *rest] if ask.method == "POST":
                return await self._requests.submit("/".join(rest), ask)
            case ["v1", "models"]:
                return self._guarded("models", ask, self._models.listed)
            case ["v1", "models", "categories"]:
                return self._guarded("models", ask, self._models.categories)
            case ["v1", "models", *rest]:
                return self._guarded("models", ask, lambda _: self._models.one("/".join(rest)))
            case ["prod", "v2", "balance"]:
                return self._guarded("balance", ask, lambda _: self._requests.balance())
        raise Refusal(404, f"there is nothing at {ask.path}")

    def _authorise(self, ask: Ask) -> None:
        scheme, _, token = ask.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token.strip() or self.settings.token not in (None, token.strip()):
            raise Refusal(401, "the token is missing or rejected")

    def _guarded(self, point: str, ask: Ask, answer: Callable[[Ask], JSONResponse]) -> JSONResponse:
        ask.only("GET")
        self._asked[point] += 1
        effect = self.settings.faults.strike(self.settings.seed, point, ask.path, 0, self._asked[point])
        if effect is not None:
            raise Struck(effect)
        return answer(ask)

    async def _befall(self, struck: Struck, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a fault happen to a call."""
        effect, product = struck.effect, struck.product
        if effect.status is not None:
            await self._refused(effect).answer()(scope, receive, send)
        elif effect.name == "html" or effect.name == "redirect":
            moved = JSONResponse({"message": "moved"}, 307, {"location": ELSEWHERE})
            await (Page() if effect.name == "html" else moved)(scope, receive, send)
        elif effect.name == "garbage":
            await Response('{"request_id": "ab', media_type="application/json")(scope, receive, send)
        elif effect.name == "error-200":
            body = {"error_code": 500001, "error_message": "simulated fault"}
            await JSONResponse(body)(scope, receive, send)
        else:
            if product is not None:
                await FileAnswer(product, {}, half=True)(scope, receive, send)
            if effect.name in ("reset", "truncate"):
                self._drop(scope, effect.name == "truncate")
            await _gone(receive)

    def _refused(self, effect: Effect) -> Refusal:
        status = effect.status or 500
        if status == 429:
            return Refusal(429, "simulated fault", retry_after=f"{self.settings.faults.retry_after:g}")
        return Refusal(status, "simulated fault")


async def _gone(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
