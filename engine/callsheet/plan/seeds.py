"""Seeds: derived from the root seed, the node's name and its take, and from nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence

TAG = "callsheet-seed/1"
LARGEST = 2**31 - 1
FIRST_TAKE = "1"


def derive_seed(root: int, name: str, take: str = FIRST_TAKE, varied: Sequence[tuple[str, str]] = ()) -> int:
    """A seed in 1…2³¹−1. `varied` are (axis, id) pairs that may draw seeds of their own; their order is immaterial."""
    material = json.dumps([TAG, str(root), name, take, *sorted(list(pair) for pair in varied)], ensure_ascii=False)
    digest = hashlib.sha256(material.encode()).digest()
    return int.from_bytes(digest, "big") % LARGEST + 1


def fold_seed(seed: int, minimum: int | None, maximum: int | None, random: Collection[int]) -> int:
    """The seed brought into a route's range, never on a value that the route reads as "draw one yourself"."""
    low = max(1, minimum or 1)
    high = min(LARGEST, LARGEST if maximum is None else maximum)
    if low <= seed <= high and seed not in random:
        return seed
    allowed = high - low + 1
    folded = low + seed % allowed
    while folded in random:
        folded = low + (folded - low + 1) % allowed
    return folded
