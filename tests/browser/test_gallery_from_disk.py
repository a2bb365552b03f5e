"""The gallery of a campaign, opened from disk in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOSTILE = """\
callsheet: 1
name: "</script><script>window.owned = 1</script>"
description: '"><img src=x onerror="window.owned = 1">'
seed: 7
axes:
  look: [dawn, "شفق"]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    description: "<style>* { display: none }</style>"
    input: {duration: 2, resolution: 720p, prompt: "<script>window.owned = 1</script> \\u202Egnp.exe ' \\" </bdi> {{ look }}"}
    publish: "it's \\"{{ look }}\\" <b>&amp; #1?.mp4"
"""


def test_no_request_leaves_the_folder(aurora: Path, aurora_page: Any) -> None:
    aurora_page.page.wait_for_load_state("networkidle")

    top = aurora.as_uri()
    assert [url for url in aurora_page.requests if not url.startswith((f"{top}/previews/", "data:", "blob:"))] == []
    assert aurora_page.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_page(aurora: Path, window: Callable[..., Any], width: int, dark: bool) -> None:
    looked = window(width=width, dark=dark, reduced_motion="reduce")
    looked.page.goto((aurora / "previews" / "index.html").as_uri())

    assert looked.violations() == []


def test_the_browser_plays_what_the_simulator_renders(aurora: Path, watched: Any) -> None:
    clip = next((aurora / "previews").rglob("*.mp4"))
    watched.page.goto((aurora / "previews" / "index.html").as_uri())

    seconds = watched.page.evaluate(
        """async (address) => {
            const video = document.createElement("video");
            video.muted = true;
            video.src = address;
            await video.play();
            await new Promise((done) => video.addEventListener("timeupdate", () => video.currentTime > 0.2 && done()));
            return video.duration;
        }""",
        clip.as_uri(),
    )

    assert seconds > 1
    assert watched.complaints == []


def test_hostile_words_and_file_names_are_inert(tmp_path: Path, callsheet: Callable[..., str], watched: Any) -> None:
    (tmp_path / "pipeline.yaml").write_text(HOSTILE, encoding="utf-8")
    callsheet("run", "pipeline.yaml", "--simulate", folder=tmp_path)
    callsheet("gallery", "pipeline.yaml", "--simulate", folder=tmp_path)

    watched.page.goto((tmp_path / "previews" / "index.html").as_uri())
    watched.page.wait_for_load_state("networkidle")

    assert watched.page.evaluate("window.owned") is None
    assert watched.page.get_by_role("heading", level=1).inner_text() == "</script><script>window.owned = 1</script>"
    assert watched.page.get_by_text("<style>* { display: none }</style>").is_visible()
    watched.page.get_by_role("button", name="dawn").first.click()
    assert watched.plays("dialog video") > 1
    assert watched.complaints == []
