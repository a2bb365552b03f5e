"""The forms of answer that the review server gives."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response


def answer(data: Mapping[str, object], status: int = 200) -> Response:
    """Data as JSON; ASCII alone, so that any text can be told."""
    return Response(json.dumps(data), status, media_type="application/json")


def failure(
    status: int,
    code: str,
    message: str,
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What went wrong, as JSON: a stable code, one sentence, and what else is known."""
    error = {"code": code, "message": message, **(more or {})}
    return Response(json.dumps({"error": error}), status, media_type="application/json", headers=headers)
