"""`index.html` beside the outputs: one page to look at a campaign, which asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callsheet.problems import DataFault, Problem
from callsheet.report.gallery_view import Page, page_of
from callsheet.report.manifest import write_atomically

NAME = "index.html"
_MARK = '<meta name="generator" content="callsheet'
_TEMPLATES = Path(__file__).parent / "templates"


def write_gallery(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write the page of a manifest (see report/manifest) into its folder, and give back where it is.

    Raises DataFault where an `index.html` that callsheet did not write stands in the place.
    """
    place = folder / NAME
    if place.exists() and _MARK not in place.read_text("utf-8", errors="replace")[:4_000]:
        raise DataFault(
            Problem(
                "gallery-in-the-way",
                f"`{NAME}` in the output folder was not written by callsheet and is left as it is",
                hint="move it away, or choose another folder with --output-dir",
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(place, gallery_html(manifest))
    return place


def gallery_html(manifest: Mapping[str, Any]) -> str:
    """The page as text. Media are relative links; style, script and data are in the page itself."""
    page = page_of(manifest)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_TEMPLATES / "gallery.css").read_text("utf-8") + _layout(page)
    script = (_TEMPLATES / "gallery.js").read_text("utf-8")
    policy = "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' file: data:",
            "media-src 'self' file:",
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment.get_template("gallery.html.j2").render(
        page=page, style=style, script=script, policy=policy, data=_embedded(page.data)
    )


def _layout(page: Page) -> str:
    """The rules that depend on the campaign; the page's policy forbids style attributes."""
    ratios = [f".{name} {{ aspect-ratio: {width} / {height}; }}" for name, width, height in page.ratios]
    columns = [f".columns-{count} {{ --columns: {count}; }}" for count in page.widest]
    return "\n".join([*ratios, *columns]) + "\n"


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(data: Mapping[str, object]) -> str:
    """JSON that can stand in a script element: it holds no character with which anything could end or begin there."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
