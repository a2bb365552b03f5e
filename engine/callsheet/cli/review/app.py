"""The review server as one ASGI application.

/                                        the page
/_review/enter?token=                    lets a browser in, once
/_review/state, events, openapi.json     how everything stands, and when that changes
/_review/pick, clear, reject, comment    what a person decides (POST)
/<path of an output>                     the campaign's files, with ranges
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import escape
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from callsheet import __version__
from callsheet.cli.review.answers import answer, failure
from callsheet.cli.review.desk import Desk
from callsheet.cli.review.marks import Refused
from callsheet.cli.review.media import OPAQUE
from callsheet.cli.review.openapi import openapi
from callsheet.cli.review.page import page
from callsheet.cli.review.questions import ASKED, asked
from callsheet.cli.review.session import Session
from callsheet.problems import CallsheetError

LOOK_SECONDS = 0.3
ALIVE_SECONDS = 15.0
_MOST_WATCHERS = 64
_READ = ("GET", "HEAD")
_NUMBER = re.compile(r"[0-9]{1,16}")
_FILE_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]


class ReviewApp:
    """Answers for one desk; what the desk does is done in a thread of its own, one thing after the other."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self._desk = desk
        self._session = session
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review")
        self._watchers: set[asyncio.Queue[int]] = set()
        self._handlers: Mapping[str, tuple[tuple[str, ...], Handler]] = {
            "/": (_READ, self._page),
            "/_review/enter": (("GET",), self._enter),
            "/_review/state": (_READ, self._state),
            "/_review/events": (("GET",), self._events),
            "/_review/openapi.json": (_READ, self._openapi),
            **{f"/_review/{what}": (("POST",), partial(self._change, what)) for what in ASKED},
        }

    def close(self) -> None:
        """Begin nothing more; what is being written is finished."""
        self._thread.shutdown(cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        methods, handler = self._handlers.get(scope["path"], (_READ, self._file))
        if request.method not in methods:
            allowed = ", ".join(methods)
            response = failure(405, "unknown-method", f"this place takes {allowed} alone", headers={"Allow": allowed})
        else:
            response = await self._answered(request, handler)
        await response(scope, receive, send)

    async def watch(self) -> None:
        """Look for what has changed, as long as somebody watches, and tell them; of a large campaign less often."""
        told, clock, took = 0, asyncio.get_running_loop().time, 0.0
        while True:
            await asyncio.sleep(max(LOOK_SECONDS, 2 * took))
            if not self._watchers:
                continue
            began = clock()
            version = await self._alone(self._desk.look)
            took = clock() - began
            if version != told:
                told = version
                self._tell(version)

    async def _answered(self, request: Request, handler: Handler) -> Response:
        try:
            return await handler(request)
        except Refused as error:
            return failure(error.status, error.code, error.message, error.more)
        except CallsheetError as error:
            first = error.problems[0]
            return failure(409, first.code, first.message, {"hint": first.hint})

    async def _alone(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _tell(self, version: int) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(version)

    async def _page(self, request: Request) -> Response:
        await self._alone(partial(self._desk.look, again=True))
        html = await self._alone(self._drawn)
        headers = {"Content-Security-Policy": "frame-ancestors 'none'"}
        return Response(html, media_type="text/html", headers=headers)

    def _drawn(self) -> str:
        desk = self._desk
        return page(desk.asked.file, desk.folder, desk.campaign, desk.media.posters)

    async def _enter(self, request: Request) -> Response:
        cookie = self._session.enter(request.query_params.get("token", ""))
        if cookie is None:
            return failure(403, "wrong-token", "this link was used already, or is not the one that was printed")
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>callsheet review</title>'
            f'<meta http-equiv="refresh" content="0;url={escape(self._session.origin)}/">'
            f'<p><a href="{escape(self._session.origin)}/">To the review</a></p></html>'
        )
        headers = {"Set-Cookie": cookie, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        return Response(html, media_type="text/html", headers=headers)

    async def _state(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not _NUMBER.fullmatch(since):
            raise Refused(400, "bad-request", "`since` must be the number of a version", {})

        def looked() -> dict[str, object]:
            self._desk.look()
            return self._desk.state(int(since))

        return answer(await self._alone(looked))

    async def _openapi(self, request: Request) -> Response:
        return answer(openapi(__version__, self._session.cookie))

    async def _change(self, what: str, request: Request) -> Response:
        fields = await asked(request, what)
        done = await self._alone(partial(getattr(self._desk, what), **fields))
        self._tell(self._desk.version)
        return answer(done)

    async def _events(self, request: Request) -> Response:
        if len(self._watchers) >= _MOST_WATCHERS:
            raise Refused(503, "too-many", "too many pages watch this review", {})
        return StreamingResponse(self._news(), media_type="text/event-stream")

    async def _news(self) -> AsyncIterator[str]:
        mine: asyncio.Queue[int] = asyncio.Queue()
        self._watchers.add(mine)
        try:
            yield _event(self._desk.version)
            while True:
                try:
                    version = await asyncio.wait_for(mine.get(), ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                while not mine.empty():
                    version = mine.get_nowait()
                yield _event(version)
        finally:
            self._watchers.discard(mine)

    async def _file(self, request: Request) -> Response:
        address = request.scope["path"].removeprefix("/")
        found = await self._alone(partial(self._desk.media.find, address))
        if found is None:
            return failure(404, "not-there", "the campaign has no such file")
        place, served = found
        tag = f'"{served.tag}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Security-Policy": _FILE_POLICY}
        if served.media_type == OPAQUE:
            headers["Content-Disposition"] = "attachment"
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return FileResponse(place, headers=headers, media_type=served.media_type)


def _event(version: int) -> str:
    return f"event: version\ndata: {version}\n\n"
