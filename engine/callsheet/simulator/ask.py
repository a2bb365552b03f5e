"""One HTTP request as the simulator reads it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from starlette.types import Receive, Scope

from callsheet.simulator.answers import Refusal

LABEL_HEADER = "x-callsheet-label"
_LABEL_LIMIT = 200


class Ask:
    """Method, path, headers (names in lower case) and query of a request; the body is read on demand."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        self.host = self.headers.get("host", "127.0.0.1")
        self.origin = f"{scope['scheme']}://{self.host}"
        self._query: bytes = scope["query_string"]
        self._receive = receive

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self._query.decode("latin-1"), keep_blank_values=True))

    @property
    def label(self) -> str:
        """What the picture is to be labelled with, cut to 200 characters; empty without the header."""
        return unquote(self.headers.get(LABEL_HEADER, ""), errors="replace")[:_LABEL_LIMIT]

    def only(self, *methods: str) -> None:
        """Refuse any other method."""
        if self.method not in methods:
            raise Refusal(405, f"{self.method} is not allowed here", allow=", ".join(methods))

    async def body(self, limit: int) -> bytes:
        """The whole body. Raises Refusal where it is longer than `limit` bytes."""
        content = bytearray()
        more = True
        while more:
            message = await self._receive()
            content += message.get("body", b"")
            more = message.get("more_body", False)
            if len(content) > limit:
                raise Refusal(422, "the input is larger than 64 MiB", [])
        return bytes(content)
