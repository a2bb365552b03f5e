"""What a page may ask the review server to do, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from callsheet.cli.review.marks import Refused

MOST_BYTES = 65_536
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A field that is text: its bounds in characters, its form, and whether null may stand for it."""

    most: int
    least: int = 0
    form: str | None = None
    nullable: bool = False

    def schema(self) -> dict[str, Any]:
        """The field as JSON Schema."""
        schema: dict[str, Any] = {"type": ["string", "null"] if self.nullable else "string", "maxLength": self.most}
        if self.least:
            schema["minLength"] = self.least
        return schema | ({"pattern": f"^{self.form}$"} if self.form else {})

    def takes(self, value: object) -> bool:
        """Whether a value is one of these."""
        if value is None:
            return self.nullable
        if not isinstance(value, str) or not self.least <= len(value) <= self.most or _SURROGATE.search(value):
            return False
        return self.form is None or re.fullmatch(self.form, value) is not None


INSTANCE = Text(1_000, least=1)
SEEN = Text(16, form="[0-9a-f]{16}")
ASKED: Mapping[str, Mapping[str, Text]] = {
    "pick": {"instance": INSTANCE, "key": Text(64, form="[0-9a-f]{64}"), "seen": SEEN},
    "clear": {"instance": INSTANCE, "seen": SEEN},
    "reject": {"instance": INSTANCE, "why": Text(2_000, nullable=True), "seen": SEEN},
    "comment": {"instance": INSTANCE, "note": Text(4_000), "seen": SEEN},
}
"""What each change takes; every field is needed, and there are no others."""


async def asked(request: Request, what: str) -> dict[str, Any]:
    """The fields of a change. Raises Refused for a body that is too long, no JSON, or of another form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "not-json", "the body must be `application/json`", {})
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, "too-long", f"the body must have at most {MOST_BYTES} bytes", {})
    try:
        fields = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(400, "bad-request", "the body is no JSON", {}) from None
    form = ASKED[what]
    if not isinstance(fields, dict) or fields.keys() != form.keys():
        names = ", ".join(f"`{name}`" for name in form)
        raise Refused(400, "bad-request", f"the body must be an object with {names} and nothing else", {})
    for name, text in form.items():
        if not text.takes(fields[name]):
            raise Refused(400, "bad-request", f"`{name}` is not of the form that is asked for", {})
    return fields
