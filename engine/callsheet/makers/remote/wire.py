"""What the API says, read leniently, and what it means: states, outputs, costs, and errors in all their shapes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from callsheet.makers.remote.token import Secret

RequestState: TypeAlias = Literal["queued", "running", "completed", "failed", "cancelled"]

_STATES: Mapping[str, RequestState] = {
    "in_queue": "queued", "pending": "queued", "waiting": "queued",
    "in_progress": "running", "starting": "running", "processing": "running",
    "completed": "completed", "succeeded": "completed",
    "failed": "failed", "cancelled": "cancelled", "canceled": "cancelled",
}  # fmt: skip
_OUTPUT_FIELDS = ("image", "images", "video", "videos", "audio", "audios")
_QUERY = re.compile(r"(\w+://[^\s?#\"'<>]*)[?#][^\s\"'<>]*")
_DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[\w+/=]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_LONGEST_TEXT = 300
_LONGEST_ID = 256


class Reply(BaseModel):
    """A JSON object of the API. Every field may be missing, and one that can't be read counts as missing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    request_id: str | None = None
    status: str | None = None
    outcome: str | None = None
    queue_position: int | None = None
    output: dict[str, object] | None = None
    cost: float | None = None
    error_code: int | None = None
    error_message: object = None
    message: object = None
    error: object = None
    detail: object = None

    @field_validator("request_id", mode="before")
    @classmethod
    def _id(cls, value: object) -> object:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        usable = isinstance(text, str) and 0 < len(text) <= _LONGEST_ID and text.isprintable() and text.strip(". ")
        return text if usable else None

    @field_validator("status", "outcome", mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else None

    @field_validator("queue_position", "error_code", mode="before")
    @classmethod
    def _integer(cls, value: object) -> object:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None

    @field_validator("output", mode="before")
    @classmethod
    def _mapping(cls, value: object) -> object:
        return value if isinstance(value, dict) else None

    @field_validator("cost", mode="before")
    @classmethod
    def _money(cls, value: object) -> object:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if number and 0 <= float(str(value)) < math.inf else None

    @property
    def state(self) -> RequestState | None:
        """The state of the request; None where there is none or it is not known here."""
        return _STATES.get(self.status) if self.status else None

    def urls(self) -> list[str]:
        """The addresses of the output, in output order, each once."""
        found: list[str] = []
        for name in _OUTPUT_FIELDS:
            value = (self.output or {}).get(name)
            found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]
        return list(dict.fromkeys(found))


def read_reply(body: bytes) -> Reply | None:
    """The JSON object in `body`, or None where there is none."""
    try:
        return Reply.model_validate_json(body)
    except ValidationError:
        return None


class Meaning(Enum):
    """What an answer says about the call, whatever its shape."""

    GOOD = "good"
    ACCESS = "the token is rejected"
    BALANCE = "the balance is exhausted"
    GONE = "no such model or request"
    INPUT = "the input does not match"
    REJECTED = "refused for another reason"
    LIMITED = "asked too often"
    TIMEOUT = "timed out on the server's side"
    SERVER = "the server's fault"
    STRANGE = "nothing that this API says"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer understood. `text` is one safe line: the HTTP status, the error code and the provider's words."""

    meaning: Meaning
    reply: Reply | None
    text: str


def judge(status: int, body: bytes, token: Secret) -> Verdict:
    """Say what an answer means. A 200 with a top-level `error_code` is an error."""
    reply = read_reply(body)
    code = reply.error_code if reply else None
    meaning = _meaning(status, reply, code)
    number = f"HTTP {status}" + (f", error {code}" if code else "")
    words = _words(reply) if reply else _page(body)
    return Verdict(meaning, reply, number + (f": {safe(words, token)}" if words else ""))


def _meaning(status: int, reply: Reply | None, code: int | None) -> Meaning:
    if 200 <= status < 300:
        if reply is None:
            return Meaning.STRANGE
        if not code:
            return Meaning.GOOD
        status = code // 1000
    if status >= 500:
        return Meaning.SERVER
    named = {402: Meaning.BALANCE, 401: Meaning.ACCESS, 403: Meaning.ACCESS, 404: Meaning.GONE, 408: Meaning.TIMEOUT,
             422: Meaning.INPUT, 429: Meaning.LIMITED}  # fmt: skip
    coded = {400001: Meaning.GONE, 400002: Meaning.BALANCE, 400004: Meaning.ACCESS}
    if code in coded:
        return coded[code]
    return named.get(status, Meaning.REJECTED if 400 <= status < 500 else Meaning.STRANGE)


def _words(reply: Reply) -> str:
    said = [_said(value) for value in (reply.error_message, reply.message, reply.error)]
    words = next((one for one in said if one), "")
    detail = _said(reply.detail)
    return f"{words} ({detail})" if words and detail else words or detail


def _said(value: object) -> str:
    """A message in any of its shapes: text, an object with a message, or a list of validation errors."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        message = next((value[key] for key in ("msg", "message", "error_message", "type") if value.get(key)), "")
        where = value.get("loc")
        place = ".".join(str(part) for part in where if part != "body") if isinstance(where, list) else ""
        return f"{place}: {message}" if place else str(message)
    if isinstance(value, list):
        return "; ".join(filter(None, map(_said, value)))
    return ""


def _page(body: bytes) -> str:
    text = _TAG.sub(" ", body[:4096].decode("utf-8", "replace"))
    return f"not JSON but `{' '.join(text.split())[:80]}`" if text.strip() else "no content"


def error_text(reply: Reply, token: Secret) -> str:
    """Why a request failed, in the provider's words made safe; empty where it gives none."""
    return safe(_words(reply), token)


def safe(text: str, token: Secret) -> str:
    """Foreign words as one short line: without the token, queries of URLs, data: URIs and control characters."""
    line = " ".join(_CONTROL.sub(" ", token.hide_in(text)).split())
    line = _DATA_URI.sub("data:…", _QUERY.sub(r"\1?…", line))
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}…"
