"""The gallery's page with what a reviewer needs besides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from callsheet.cli.pictures import campaign_pictures
from callsheet.report.gallery import gallery_html
from callsheet.report.manifest import Manifest

_HERE = Path(__file__).parent


def page(file: Path, folder: Path, campaign: Manifest, posters: Mapping[str, str]) -> str:
    """The page of a campaign as it stands, with the buttons and panels of the review."""
    style, script = ((_HERE / name).read_text("utf-8") for name in ("review.css", "review.js"))
    pictures = campaign_pictures(file, folder, campaign)
    return gallery_html(campaign, posters, pictures=pictures, extra_style=style, extra_script=script, served=True)
