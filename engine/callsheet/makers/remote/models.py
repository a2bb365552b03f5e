"""The API's catalogue: what models there are, and what each takes. Reads alone; nothing here costs money."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Self
from urllib.parse import quote, urlencode

from callsheet.makers.outcome import problem
from callsheet.makers.remote.hosts import api_base
from callsheet.makers.remote.limits import Limits
from callsheet.makers.remote.patience import OutOfPatience, Patience, Timing
from callsheet.makers.remote.submit import token_rejected
from callsheet.makers.remote.token import Secret
from callsheet.makers.remote.transport import Answer, NoAnswer, Transport
from callsheet.makers.remote.wire import Meaning, judge
from callsheet.problems import CallsheetError, DataFault, UpstreamFault

PATIENCE = 30.0
"""Seconds for which a person who waits at the terminal lets reads be tried again."""
_PAGE = 100
_MOST_PAGES = 1_000


class RemoteModels:
    """Reads the models of a Model API; used as an async context manager within one event loop.

    `base` is like `https://model-api.runcomfy.net/v1`.
    """

    def __init__(self, base: str, token: Secret, *, limits: Limits | None = None, timing: Timing | None = None) -> None:
        self._limits = limits or Limits(patience=PATIENCE)
        self._timing = timing or Timing()
        self._token = token
        self._transport = Transport(api_base(base), token, self._limits)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    async def get(self, model_id: str) -> Mapping[str, object]:
        """One model with its schemas, as the API describes it. Raises a CallsheetError; a DataFault if it has none."""
        return await self._read(f"/models/{quote(model_id, safe='/')}", model_id)

    async def listed(self, search: str = "") -> AsyncIterator[Mapping[str, object]]:
        """Every model whose id or name has `search` in it, with its schemas."""
        offset = 0
        for _ in range(_MOST_PAGES):
            query = {"include_schema": "true", "limit": _PAGE, "offset": offset} | (
                {"search": search} if search else {}
            )
            page = await self._read(f"/models?{urlencode(query)}", None)
            models, total = page.get("models"), page.get("total")
            found = [one for one in models if isinstance(one, Mapping)] if isinstance(models, list) else []
            for one in found:
                yield one
            offset += len(found)
            if not found or (isinstance(total, int) and offset >= total):
                return

    async def _read(self, path: str, model_id: str | None) -> Mapping[str, object]:
        patience = Patience(self._limits, self._timing)
        while True:
            retry_after = None
            try:
                answer = await self._transport.call("GET", path)
                verdict = judge(answer.status, answer.body, self._token)
                if answer.whole and verdict.meaning is Meaning.GOOD:
                    return _object(answer.body)
                trouble, retry_after = verdict.text, _asked_wait(answer)
                if answer.whole and verdict.meaning not in (
                    Meaning.LIMITED, Meaning.TIMEOUT, Meaning.SERVER, Meaning.STRANGE
                ):  # fmt: skip
                    if verdict.meaning in (Meaning.ACCESS, Meaning.BALANCE):
                        raise token_rejected(verdict)
                    raise _refused(model_id, trouble)
            except NoAnswer as reason:
                trouble = str(reason)
            try:
                await patience.wait(retry_after)
            except OutOfPatience:
                raise UpstreamFault(problem("api-unreadable", f"the API's models can't be read: {trouble}")) from None


def _object(body: bytes) -> Mapping[str, object]:
    """The JSON object of an answer that was judged to hold one."""
    data = json.loads(body)
    return data if isinstance(data, dict) else {}


def _asked_wait(answer: Answer) -> float | None:
    """Seconds that the server asks to wait, where it says so as a number."""
    text = answer.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _refused(model_id: str | None, trouble: str) -> CallsheetError:
    if model_id is None:
        return DataFault(problem("models-refused", f"the API does not list its models ({trouble})"))
    return DataFault(
        problem(
            "no-such-model",
            f"the API has no model `{model_id}` ({trouble})",
            "`callsheet routes sync --search TEXT` fetches all whose id or name has a text in it",
        )
    )
