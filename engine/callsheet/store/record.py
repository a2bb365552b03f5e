"""What a shared store says of a key: who made it, and which bytes it has. A JSON file that anybody may write."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import Any, get_args

from callsheet.media.info import Output, OutputKind
from callsheet.problems import DataFault, Problem
from callsheet.store.entry import Entry, Work

FORMAT = "callsheet-key/1"
LONGEST = 1 << 20
"""Bytes: a record that is longer is none of ours."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OUTPUT = re.compile(r"(image|video|audio|data)(-[1-9][0-9]{0,5})?")
_MEDIA_TYPE = re.compile(r"[a-z]{1,40}/[A-Za-z0-9.+-]{1,80}")
_LARGEST = 1 << 50
_TEXTS = ("provider", "made_by", "instance")
_FIELDS = frozenset(("format", "key", *_TEXTS, "outputs", "request_id", "cost_usd"))


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key that is done: what made it, its outputs, and, where a provider was paid for it, its request and price."""

    key: str
    work: Work
    outputs: tuple[Output, ...]
    request_id: str | None = None
    cost_usd: float | None = None

    @classmethod
    def of(cls, entry: Entry) -> KeyRecord:
        """The record of an entry of the journal."""
        work = Work(entry.provider, entry.made_by, entry.instance)
        return cls(entry.key, work, entry.outputs, entry.request_id, entry.cost_usd)

    def text(self) -> bytes:
        """The record as JSON: the same bytes for the same record."""
        document = {
            "format": FORMAT,
            "key": self.key,
            **asdict(self.work),
            "outputs": [asdict(output) for output in self.outputs],
            "request_id": self.request_id,
            "cost_usd": self.cost_usd,
        }
        return json.dumps(document, ensure_ascii=True, indent=1, sort_keys=True).encode() + b"\n"


def blob_name(sha256: str) -> str:
    """What the object of a digest is called in a shared store."""
    return f"blobs/{sha256[:2]}/{sha256}"


def record_name(key: str) -> str:
    """What the record of a key is called in a shared store."""
    return f"keys/{key[:2]}/{key}.json"


def key_of_name(name: str) -> str | None:
    """The key that an object of a shared store is the record of, or None where it is none."""
    key = name.rpartition("/")[2].removesuffix(".json")
    return key if _DIGEST.fullmatch(key) and record_name(key) == name else None


def read_record(key: str, text: bytes) -> KeyRecord:
    """The record of `key` out of its file, every value checked; a DataFault where it is not one of ours."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not _is_record(found, key):
        raise DataFault(Problem("record-damaged", f"the shared store's record of `{key}` is damaged"))
    outputs = tuple(
        Output(one["name"], one["kind"], one["sha256"], one["bytes"], one["media_type"]) for one in found["outputs"]
    )
    work = Work(found["provider"], found["made_by"], found["instance"])
    return KeyRecord(key, work, outputs, found["request_id"], found["cost_usd"])


def _is_record(found: dict[str, Any], key: str) -> bool:
    if found.keys() != _FIELDS or found["format"] != FORMAT or found["key"] != key:
        return False
    outputs, cost, request = found["outputs"], found["cost_usd"], found["request_id"]
    return (
        all(_is_line(found[name]) for name in _TEXTS)
        and (request is None or _is_line(request))
        and (cost is None or (type(cost) in (int, float) and 0 <= cost < math.inf))
        and isinstance(outputs, list)
        and 0 < len(outputs) <= 1000
        and all(_is_output(one) for one in outputs)
    )


def _is_output(one: object) -> bool:
    if not isinstance(one, dict) or one.keys() != {"name", "kind", "sha256", "bytes", "media_type"}:
        return False
    name, kind, sha256, size, media_type = (one[field] for field in ("name", "kind", "sha256", "bytes", "media_type"))
    return (
        kind in get_args(OutputKind)
        and isinstance(name, str)
        and _OUTPUT.fullmatch(name) is not None
        and name.partition("-")[0] == kind
        and isinstance(sha256, str)
        and _DIGEST.fullmatch(sha256) is not None
        and type(size) is int
        and 0 <= size <= _LARGEST
        and isinstance(media_type, str)
        and _MEDIA_TYPE.fullmatch(media_type) is not None
    )


def _is_line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000 and value.isprintable()
