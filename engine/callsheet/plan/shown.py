"""An instance's input as data that may be shown: media by name and digest, never by bytes, query string or password."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from callsheet.media.info import Artifact, LocalFile, RemoteFile
from callsheet.plan.job import MatchAudio

DigestsOf = Callable[[Artifact], Sequence[str]]
"""An artifact -> the digests of the files it stands for; empty where they are not known."""


def shown_input(values: Mapping[str, object], digests_of: DigestsOf | None = None) -> dict[str, object]:
    """The effective input as plain JSON values, in its own order. With `digests_of`, artifacts tell their bytes."""
    return {name: value if _is_plain(value) else _shown(value, digests_of) for name, value in values.items()}


_PLAIN = frozenset((int, float, bool, type(None)))
_ADDRESSES = ("data:", "https://", "http://")


def _is_plain(value: object) -> bool:
    return type(value) in _PLAIN or (isinstance(value, str) and not value.startswith(_ADDRESSES))


def _shown(value: object, digests_of: DigestsOf | None) -> object:
    match value:
        case str():
            return _text(value)
        case LocalFile():
            return {"asset": value.shown, "sha256": value.info.sha256}
        case RemoteFile():
            return {"url": bare_url(value.url), "sha256": value.info.sha256 if value.info else None}
        case Artifact():
            return _artifact(value, digests_of)
        case MatchAudio():
            return {"match_audio": value.field}
        case Mapping():
            return {str(name): _shown(item, digests_of) for name, item in value.items()}
        case list() | tuple():
            return [_shown(item, digests_of) for item in value]
        case _:
            return value


def bare_url(url: str) -> str:
    """The address without user, password, query and fragment: what is left can be shown to anyone."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.split("?", 1)[0].split("#", 1)[0].rsplit("@", 1)[-1]
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _text(text: str) -> object:
    if text.startswith("data:"):
        return {"asset": "data:", "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()}
    if text.startswith(("https://", "http://")) and " " not in text:
        return bare_url(text)
    return text


def _artifact(artifact: Artifact, digests_of: DigestsOf | None) -> dict[str, object]:
    shown: dict[str, object] = {"from": artifact.instance, "output": artifact.kind, "many": artifact.many}
    if digests_of is not None:
        digests = list(digests_of(artifact))
        shown["sha256"] = digests if artifact.many else (digests[0] if digests else None)
    return shown
