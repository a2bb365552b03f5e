"""The page of a manifest with its posters, beside its files or with them in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.cli.posters import addresses, file_of, posters
from callsheet.problems import DataFault, Problem
from callsheet.report.gallery import gallery_html, write_gallery, write_page

SINGLE_FILE = "gallery.html"
MOST_EMBEDDED = 100_000_000
"""Bytes of media that one file may hold: more than this no mail takes and no phone opens."""


def make_gallery(folder: Path, manifest: Mapping[str, Any], pictures: Mapping[str, str] | None = None) -> Path:
    """Write `index.html` into the output folder, its posters beside it; gives back where it is."""
    return write_gallery(folder, manifest, addresses(posters(folder, manifest)), pictures=pictures)


def make_single_file(folder: Path, manifest: Mapping[str, Any], pictures: Mapping[str, str] | None = None) -> Path:
    """Write `gallery.html`, which holds all that it shows; gives back where it is. Raises DataFault where that would be
    more than `MOST_EMBEDDED` bytes."""
    outputs = [output for entry in manifest["instances"] for output in entry["outputs"]]
    files = {output["sha256"]: place for output in outputs if (place := file_of(folder, output)) is not None}
    size = sum(place.stat().st_size for place in files.values())
    if size > MOST_EMBEDDED:
        raise DataFault(
            Problem(
                "gallery-too-large",
                f"the files of `{manifest['pipeline']}` are {size:,} bytes; one page holds at most {MOST_EMBEDDED:,}",
                hint="leave `--single-file` away: the page beside its files has no limit",
            )
        )
    made = posters(folder, manifest)
    content = {digest: place.read_bytes() for digest, place in files.items()}
    content |= {f"poster-{digest}": place.read_bytes() for digest, place in made.items()}
    html = gallery_html(manifest, dict.fromkeys(made, "#"), embedded=content, pictures=pictures)
    return write_page(folder, html, SINGLE_FILE)
