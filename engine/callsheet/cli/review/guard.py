"""What stands before every answer of the review server: the right host, no foreign page behind the question, and the
session of the one browser that was let in."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet.cli.review.answers import failure
from callsheet.cli.review.session import Session

ENTRANCE = "/_review/enter"
HEADER = "x-callsheet-review"
"""A header that no form and no foreign page can send without asking first; what changes something needs it."""

_ALWAYS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; sandbox",
    b"cache-control": b"no-store",
}
_OUTSIDE = frozenset(("cross-site", "same-site"))


class Guard:
    """Wraps an application: what it refuses never gets there, and every answer has the headers that keep it in."""

    def __init__(self, inside: ASGIApp, session: Session) -> None:
        self._inside = inside
        self._session = session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in _ALWAYS.items() if name not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._inside)(scope, receive, told)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        session = self._session
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if headers.get("host") != [session.authority]:
            return failure(421, "wrong-host", "this server answers to its own address alone")
        entering = scope["path"] == ENTRANCE
        origins = headers.get("origin", [])
        if any(origin != session.origin for origin in origins) or (
            not entering and _OUTSIDE.intersection(headers.get("sec-fetch-site", []))
        ):
            return failure(403, "cross-origin", "another page asked; only this server's own page may")
        if entering:
            return None
        if not any(session.knows(cookies) for cookies in headers.get("cookie", [])):
            return failure(403, "no-session", "open the link that `callsheet review` printed; it works once")
        if scope["method"] == "POST" and (origins != [session.origin] or headers.get(HEADER) != ["1"]):
            return failure(403, "not-from-the-page", "what changes something must come from this server's own page")
        return None
