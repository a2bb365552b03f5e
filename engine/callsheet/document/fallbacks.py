"""The routes that a node may fall back to, as a file writes them."""

from __future__ import annotations

from callsheet.document.item import Item
from callsheet.document.keys import FALLBACK
from callsheet.document.model import Fallback, Maker
from callsheet.document.names import cut
from callsheet.document.reader import Reader
from callsheet.document.shape import is_text


def read_fallbacks(reader: Reader, node: str, maker: Maker, item: Item | None) -> tuple[Fallback, ...]:
    """The entries of `fallback`; only a node that a hosted model makes has any. `node` is in words."""
    if item is None:
        return ()
    if maker == "step":
        message = f"{node} is made by a step, on this machine, so there is no route to fall back from"
        reader.error("fallback-of-step", message, item.span, "take `fallback` away")
        return ()
    return tuple(entry for one in item.sequence if (entry := _entry(reader, one)) is not None)


def refuse_seed(reader: Reader, item: Item | None) -> None:
    """A seed is no input, neither of a node nor of a fallback."""
    if item is not None and item.is_mapping and "seed" in item.mapping:
        seed = item.mapping["seed"]
        hint = "write `seed:` on the node, beside `input`"
        if not seed.is_mapping and not seed.is_sequence and seed.value is not None:
            hint = f"write `seed: {cut(seed.written)}` on the node, beside `input`"
        reader.error("seed-in-input", "`seed` can't be set in `input`", item.key_spans["seed"], hint)


def _entry(reader: Reader, item: Item) -> Fallback | None:
    if is_text(item):
        hint = f"write `{{route: {cut(item.written)}}}`"
        reader.error("wrong-type", "a fallback must be a mapping, not text", item.span, hint)
        return None
    if item.is_mapping and "intent" in item.mapping:
        hint = "name the route: `callsheet intents` lists that of each intent"
        reader.error("unknown-key", "`intent` is not a key of a fallback", item.key_spans["intent"], hint)
        return None
    entries = reader.table(item, FALLBACK, "a fallback")
    given = entries.get("input")
    refuse_seed(reader, given)
    return Fallback(entries["route"], given, item.span) if "route" in entries else None
