"""The lock file: one line a record, sorted, so that git can merge two of them line by line."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from callsheet.document.kept_file import replace_file
from callsheet.document.lock import Lock, LockedAsset, LockedInstance, LockedRoute, Origin
from callsheet.media.info import MediaInfo, Output
from callsheet.problems import DataFault, Problem

VERSION = 1
HEAD = (
    "# What this campaign is made of, one line a record. `callsheet lock` and `callsheet run` keep it; commit it.\n"
    f"callsheet-lock: {VERSION}\n"
)
ASSET, INTENT, ROUTE = "asset:", "intent:", "route:"
FACTS = ("kind", "media_type", "bytes", "width", "height", "seconds", "codec", "has_audio")
"""What is written of a file that an address gave, beside its digest."""
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False).encode
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that JSON may write as they are and YAML may not."""


def lock_path(pipeline: Path, profile: str | None = None) -> Path:
    """Where the lock of a pipeline lies: beside it, each profile with one of its own."""
    return pipeline.with_name(f"{pipeline.stem}{'' if profile is None else f'.{profile}'}.lock.yaml")


def asset_name(written: str) -> str:
    """What a lock calls a path or address: as it is written, but an address without its query, which may hold a
    signature; 8 hex digits of the whole tell two such apart."""
    bare = written.partition("?")[0].partition("#")[0]
    if not written.startswith("https:") or bare == written:
        return written
    return f"{bare} {hashlib.sha256(written.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def lock_text(lock: Lock) -> str:
    """The file's whole text: the same lock gives the same bytes."""
    lines = [f"provider: {_json(lock.provider)}\n"]
    lines += [_line(ASSET + name, _asset(one)) for name, one in sorted(lock.assets.items())]
    lines += [_line(INTENT + name, {"route": route}) for name, route in sorted(lock.intents.items())]
    lines += [_line(ROUTE + name, _route(one)) for name, one in sorted(lock.routes.items())]
    lines += [f"{name}: {_json(_instance(one))}\n" for name, one in sorted(lock.instances.items())]
    return HEAD + "".join(lines)


def write_lock(path: Path, lock: Lock) -> bool:
    """Write the file whole or not at all, on disk when this returns; False where it says the same already."""
    text = lock_text(lock).encode()
    with suppress(OSError):
        if path.read_bytes() == text:
            return False
    try:
        replace_file(path, text)
    except OSError as error:
        message = f"the lock `{os.path.relpath(path)}` can't be written: {error.strerror or error}"
        raise DataFault(Problem("lock-unwritable", message)) from None
    return True


def _line(name: str, record: Mapping[str, object]) -> str:
    return f"{_json(name)}: {_json(record)}\n"


def _json(value: object) -> str:
    text = _encode(value)
    return text if text.isascii() and "\x7f" not in text else _NOT_YAML.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _asset(asset: LockedAsset) -> dict[str, object]:
    return {"sha256": asset.sha256, **({} if asset.info is None else _facts(asset.info))}


def _facts(info: MediaInfo) -> dict[str, object]:
    return {name: value for name in FACTS if (value := getattr(info, name)) not in (None, False)}


def _route(route: LockedRoute) -> dict[str, object]:
    return {"schema": route.schema, "defaults": dict(sorted(route.defaults.items()))}


def _instance(one: LockedInstance) -> dict[str, object]:
    record: dict[str, object] = {one.kind: one.made_by}
    if one.intent is not None:
        record["intent"] = one.intent
    if one.seed is not None:
        record["seed"] = one.seed
    if one.origin is not None:
        record["from"] = _origin(one.origin)
    if one.salt is not None:
        record["salt"] = one.salt
    if one.key is not None:
        record["key"] = one.key
        if one.outputs:
            record["outputs"] = [_output(output) for output in one.outputs]
    return record


def _origin(origin: Origin) -> dict[str, object]:
    if origin.pin is not None:
        return {"pin": origin.pin}
    record: dict[str, object] = {"root": origin.root, "name": origin.name, "take": origin.take}
    if origin.vary:
        record["vary"] = dict(origin.vary)
    if origin.draw:
        record["draw"] = origin.draw
    return record


def _output(output: Output) -> dict[str, object]:
    return {
        "name": output.name,
        "kind": output.kind,
        "sha256": output.sha256,
        "bytes": output.bytes,
        "media_type": output.media_type,
    }
