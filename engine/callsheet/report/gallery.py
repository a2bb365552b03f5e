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
from callsheet.report.gallery_view import page_data
from callsheet.report.manifest import write_atomically

NAME = "index.html"
_MARK = '<meta name="generator" content="callsheet'
_TEMPLATES = Path(__file__).parent / "templates"
_STYLES = ("page", "grid", "viewer", "compare", "adapt")
_SCRIPTS = (
    "elements",
    "campaign",
    "difference",
    "media",
    "cell",
    "arrangement",
    "controls",
    "grid",
    "filter",
    "summary",
    "subgraph",
    "details",
    "lightbox",
    "clock",
    "compare",
    "keyboard",
    "theme",
    "start",
)


def write_gallery(
    folder: Path,
    manifest: Mapping[str, Any],
    posters: Mapping[str, str] | None = None,
    name: str = NAME,
    pictures: Mapping[str, str] | None = None,
) -> Path:
    """Write the page of a manifest (see report/manifest) into its folder, and give back where it is.

    `posters` are addresses, relative to the folder, of small pictures by the digest of what they show. Raises DataFault
    where a file of this name that callsheet did not write stands in the place.
    """
    return write_page(folder, gallery_html(manifest, posters, pictures=pictures), name)


def write_page(folder: Path, html: str, name: str) -> Path:
    """Put a page into a folder, over an older one of ours alone; gives back where it is."""
    place = folder / name
    if place.exists() and _MARK not in place.read_text("utf-8", errors="replace")[:4_000]:
        raise DataFault(
            Problem(
                "gallery-in-the-way",
                f"`{name}` in the output folder was not written by callsheet and is left as it is",
                hint="move it away, or choose another folder with --output-dir",
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(place, html)
    return place


def gallery_html(
    manifest: Mapping[str, Any],
    posters: Mapping[str, str] | None = None,
    *,
    embedded: Mapping[str, bytes] | None = None,
    pictures: Mapping[str, str] | None = None,
    extra_style: str = "",
    extra_script: str = "",
    served: bool = False,
) -> str:
    """The page as text. Media are relative links, or `embedded` by digest; style, script and data are in the page.

    `pictures` are SVG by their captions. `extra_style` and `extra_script` follow the page's own and use
    `window.callsheetGallery`; a page that is `served` may ask its own origin for more, every other page may ask nobody
    for anything.
    """
    data = page_data(manifest, posters)
    style = "\n".join(_part(f"{name}.css") for name in _STYLES) + extra_style
    script = "\n".join(_part(f"{name}.js") for name in _SCRIPTS)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("gallery.html.j2").render(
        page=data,
        style=style,
        script=script,
        extra_script=extra_script,
        policy=_policy(style, [script, extra_script], served=served, embeds=embedded is not None),
        data=_embedded(data),
        pictures={caption: _data_address(svg) for caption, svg in (pictures or {}).items()},
        files={digest: base64.b64encode(content).decode() for digest, content in (embedded or {}).items()},
    )


def _data_address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _policy(style: str, scripts: list[str], *, served: bool, embeds: bool) -> str:
    """What the page may do: its own style and scripts, named by their digests, and media of its own place alone."""
    media = "blob:" if embeds else "'self'" if served else "'self' file:"
    return "; ".join(
        (
            "default-src 'none'",
            f"img-src {media} data:",
            f"media-src {media}",
            f"style-src {_source(style)}",
            f"script-src {' '.join(_source(script) for script in scripts if script)}",
            *(("connect-src 'self'",) if served else ()),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(data: Mapping[str, object]) -> str:
    """JSON that can stand in a script element: it holds no character with which anything could end or begin there."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
