"""An order's input as the JSON body of a submit: local media become `data:` URIs within the API's limits."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.outcome import problem
from callsheet.makers.remote.limits import MIB
from callsheet.media.info import MediaKind
from callsheet.problems import DataFault, Problem

MOST_IN_ALL = 64 * MIB
MOST_OF_ONE: Mapping[MediaKind, int] = {"image": 6 * MIB, "video": 32 * MIB, "audio": 16 * MIB}
_HINT = (
    "make the file smaller, give an https:// address that the API can fetch, or name a bucket of yours under"
    " `[assets]` in `callsheet.toml`"
)


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a body and their SHA-256."""

    body: bytes
    sha256: str


def embedded_bytes(order: Order) -> int:
    """How many bytes of local media the body will hold; a DataFault where that is more than the API takes."""
    total = 0
    for field, value in order.input.items():
        for file in _local_files(value):
            most = MOST_OF_ONE[file.info.kind]
            if file.info.bytes > most:
                raise DataFault(_too_large(field, file, most))
            total += _embedded(file)
    if total > MOST_IN_ALL:
        raise DataFault(
            problem(
                "media-too-large",
                f"the local media of `{order.instance}` take {total:,} bytes as `data:` URIs, and a request takes at"
                f" most 64 MiB ({MOST_IN_ALL:,} bytes) of them in all",
                _HINT,
            )
        )
    return total


def too_large(order: Order) -> list[MediaFile]:
    """The local media that must be sent in another way: those above the limit of their kind, and then the largest ones
    until the others fit together."""
    files = [file for value in order.input.values() for file in _local_files(value)]
    out = [file for file in files if file.info.bytes > MOST_OF_ONE[file.info.kind]]
    fitting = sorted((file for file in files if file not in out), key=lambda file: file.info.bytes)
    while sum(map(_embedded, fitting)) > MOST_IN_ALL:
        out.append(fitting.pop())
    return list(dict.fromkeys(out))


async def build_payload(order: Order) -> Payload:
    """The body for an order that `embedded_bytes` has let pass; files are read beside the event loop."""
    if any(True for value in order.input.values() for _ in _local_files(value)):
        return await asyncio.to_thread(_build, order)
    return _build(order)


def _build(order: Order) -> Payload:
    native = {field: _native(field, value) for field, value in order.input.items()}
    body = json.dumps(native, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Payload(body, hashlib.sha256(body).hexdigest())


def _native(field: str, value: object) -> object:
    match value:
        case MediaFile(url=str(url)):
            return url
        case MediaFile():
            return _prefix(value) + base64.b64encode(_read(field, value)).decode("ascii")
        case Mapping():
            return {key: _native(field, one) for key, one in value.items()}
        case list() | tuple():
            return [_native(field, one) for one in value]
        case _:
            return value


def _local_files(value: object) -> Sequence[MediaFile]:
    match value:
        case MediaFile(url=None):
            return [value]
        case Mapping():
            return [file for one in value.values() for file in _local_files(one)]
        case list() | tuple():
            return [file for one in value for file in _local_files(one)]
        case _:
            return []


def _read(field: str, file: MediaFile) -> bytes:
    """The bytes that the key stands for: a file that is no longer the one the plan saw is not paid for."""
    if file.path is None:
        raise TypeError(f"`{field}` has neither a path nor an address")
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise DataFault(
            problem("media-unreadable", f"`{field}`: `{file.path.name}` can't be read: {error.strerror}")
        ) from error
    if hashlib.sha256(content).hexdigest() != file.info.sha256:
        raise DataFault(
            problem(
                "media-changed",
                f"`{field}`: `{file.path.name}` has changed since it was planned",
                "run again to plan with the file as it is now",
            )
        )
    return content


def _embedded(file: MediaFile) -> int:
    """How long the file is as a `data:` URI."""
    return len(_prefix(file)) + (file.info.bytes + 2) // 3 * 4


def _prefix(file: MediaFile) -> str:
    return f"data:{file.info.media_type};base64,"


def _too_large(field: str, file: MediaFile, most: int) -> Problem:
    name = file.path.name if file.path else "the file"
    return problem(
        "media-too-large",
        f"`{field}`: `{name}` has {file.info.bytes:,} bytes, and a request takes at most {most // MIB} MiB"
        f" ({most:,} bytes) of one {file.info.kind}",
        _HINT,
    )
