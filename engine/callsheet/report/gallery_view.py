"""A manifest as the data of a page: its nodes, deliverables first, and its cells with addresses instead of paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from callsheet.report.gallery_totals import cost_of, facts, totals
from callsheet.report.screen import counted, usd

Kind: TypeAlias = Literal["video", "image", "audio", "none"]
Entry: TypeAlias = Mapping[str, Any]

_NOUNS: Mapping[Kind, str] = {"video": "clip", "image": "picture", "audio": "recording"}


def page_data(manifest: Mapping[str, Any], posters: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the page's script draws from. `posters` are addresses of small pictures by the digest of what they show.

    Cells stand by node, deliverables first; `facts` are (label, value, small print), `totals` are tables of what the
    renders cost by route, by node and by each axis.
    """
    nodes = sorted(manifest["nodes"], key=lambda node: not node["deliverable"])
    by_node: dict[str, list[Entry]] = {node["name"]: [] for node in nodes}
    for entry in manifest["instances"]:
        by_node.setdefault(entry["node"], []).append(entry)
    shown = [node for node in nodes if by_node[node["name"]]]
    return {
        "title": manifest["pipeline"],
        "description": manifest.get("description") or "",
        "simulated": manifest["provider"] == "simulator",
        "status": manifest["status"],
        "run": manifest["run"],
        "callsheet": manifest["callsheet"],
        "facts": facts(manifest, [node["name"] for node in shown if node["deliverable"]]),
        "totals": totals(manifest),
        "nodes": [_node(node, by_node[node["name"]]) for node in shown],
        "cells": [_cell(entry, posters or {}) for node in shown for entry in by_node[node["name"]]],
    }


def link(path: str) -> str:
    """A path below or beside the page as a relative address that no browser reads as anything else."""
    return quote(path, safe="/=,+-._~@()!")


def kind_of(media_type: str) -> Kind:
    """How a browser shows a file of this type; `none` where it is only linked to."""
    family = media_type.partition("/")[0]
    return "video" if family == "video" else "image" if family == "image" else "audio" if family == "audio" else "none"


def _node(node: Mapping[str, Any], entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "name": node["name"],
        "description": node.get("description") or "",
        "axes": node["axes"],
        "takes": node.get("takes"),
        "deliverable": node["deliverable"],
        "made_by": list(dict.fromkeys(_made_by(entry) for entry in entries)),
        "intents": list(dict.fromkeys(entry["intent"] for entry in entries if entry["intent"])),
        "summary": _summary(entries),
        "ratio": _usual_ratio(entries),
    }


def _cell(entry: Entry, posters: Mapping[str, str]) -> dict[str, Any]:
    outputs = [
        {
            **output,
            "href": link(output["path"]),
            "kind": kind_of(output["media_type"]),
            "poster": posters.get(output["sha256"]),
        }
        for output in entry["outputs"]
    ]
    return {**entry, "outputs": outputs, "prompt": _prompt(entry["input"])}


def _usual_ratio(entries: Sequence[Entry]) -> float:
    """The commonest width over height of a node's files, which its cells without one have too."""
    sizes: Counter[tuple[int, int]] = Counter()
    for entry in entries:
        for output in entry["outputs"][:1]:
            if output.get("width") and output.get("height"):
                sizes[output["width"], output["height"]] += 1
    width, height = sizes.most_common(1)[0][0] if sizes else (16, 9)
    return round(width / height, 4)


def _made_by(entry: Entry) -> str:
    return str(entry["route"]) if entry["kind"] == "route" else f"{entry['step']}, a local step"


def _summary(entries: Sequence[Entry]) -> str:
    kinds = {kind_of(entry["outputs"][0]["media_type"]) for entry in entries if entry["outputs"]}
    noun = _NOUNS.get(kinds.pop(), "file") if len(kinds) == 1 else "instance"
    done = sum(bool(entry["outputs"]) for entry in entries)
    parts = [f"{done:,} of {counted(len(entries), noun)}" if done < len(entries) else counted(done, noun)]
    cost = cost_of(entries)
    return " · ".join([*parts, f"{usd(cost)} USD"] if cost else parts)


def _prompt(values: Mapping[str, object]) -> str:
    """The text that a person would call the prompt (however the route spells the field), or a step's own `text`."""
    named = [value for name, value in values.items() if "prompt" in name and "negative" not in name]
    texts = [value for value in (*named, values.get("text")) if isinstance(value, str)]
    return texts[0] if texts else ""
