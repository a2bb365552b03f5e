"""How soon a page of 5,000 clips is there and how smoothly it scrolls, in a Chromium without a window.

make bench-gallery          # needs what `make test-browser` installs
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from callsheet.report.gallery import write_gallery

LOOKS = ("dawn", "studio", "night", "noon", "rain")
LANGUAGES = ("en", "de", "ja", "ar")
POSTER = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202020202030202020303030304060404040404080606050609080a0a09"
    "0809090a0c0f0c0a0b0e0b09090d110d0e0f101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda"
    "0008010100003f00d2cf20ffd9"
)
WATCH = """
window.tasks = [];
const seen = (list) => list.getEntries().forEach((task) => tasks.push(task.duration));
new PerformanceObserver(seen).observe({ type: "longtask", buffered: true });
"""


def instances(number: int) -> Iterator[dict[str, Any]]:
    """As many renders of a catalogue: products by looks by languages, one in fifty failed."""
    combinations = itertools.product(range(number), LOOKS, LANGUAGES)
    for place, (sku, look, language) in zip(range(number), combinations, strict=False):
        axes = {"sku": f"s{sku:04}", "look": look, "language": language}
        inside = ",".join(f"{axis}={one}" for axis, one in axes.items())
        failed = place % 50 == 7
        digest = hashlib.sha256(inside.encode()).hexdigest()
        output = {
            "name": "video", "path": f"spot/{inside}.mp4", "sha256": digest, "bytes": 900_000,
            "media_type": "video/mp4", "width": 1280, "height": 720, "seconds": 5.0,
        }  # fmt: skip
        prompt = f"Slow dolly in on product {sku} on a stone ledge above the sea, {look} light; packaging unchanged."
        yield {
            "id": f"spot[{inside}]", "node": "spot", "axes": axes, "run": "run-1",
            "state": "failed" if failed else "succeeded", "kind": "route",
            "route": "happyhorse/happyhorse-1.0/image-to-video", "intent": "product-reveal",
            "intent_why": "keeps the geometry of an object under smooth camera moves", "seed": 1883133288,
            "key": digest, "request_id": digest[:32], "shared_with": None,
            "input": {"prompt": prompt, "resolution": "1080P", "duration": 5, "watermark": False, "seed": 1883133288},
            "defaults": ["watermark"], "needs": [], "cost_usd": None if failed else 0.5, "seconds": 31.5,
            "outputs": [] if failed else [output],
            "error": {"code": "x", "message": "the provider refused it", "hint": None} if failed else None,
            "warnings": [],
        }  # fmt: skip


def campaign(number: int) -> dict[str, Any]:
    node = {"name": "spot", "description": None, "axes": ["sku", "look", "language"], "takes": None}
    return {
        "manifest_version": 1, "callsheet": "0", "pipeline": "catalogue", "description": None, "provider": "runcomfy",
        "run": "run-1", "status": "failed", "nodes": [{**node, "needs": [], "deliverable": True}],
        "instances": list(instances(number)), "earlier": [],
    }  # fmt: skip


def look(page: Any, address: str) -> tuple[float, float, float]:
    """Milliseconds to the first paint, of the longest task while loading, and of the longest while scrolling."""
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_timeout(1500)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    loading = page.evaluate("Math.max(0, ...tasks.splice(0))")
    page.mouse.move(640, 450)
    for _ in range(150):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(16)
    for part in range(20):
        top = f"document.documentElement.scrollHeight * {part * 7 % 20 / 20}"
        page.evaluate(f"scrollTo({{ top: {top}, behavior: 'instant' }})")
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    return paint, loading, page.evaluate("Math.max(0, ...tasks)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        manifest = campaign(asked.cells)
        posters = {file["sha256"]: "poster.jpg" for entry in manifest["instances"] for file in entry["outputs"]}
        Path(folder, "poster.jpg").write_bytes(POSTER)
        page = write_gallery(Path(folder), manifest, posters)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seen = [
            look(browser.new_page(viewport={"width": 1280, "height": 900}), page.as_uri()) for _ in range(asked.rounds)
        ]
        browser.close()
        print(f"{asked.cells:,} cells, a page of {page.stat().st_size / 1e6:.1f} MB, medians of {asked.rounds} rounds")
    names = ("first paint", "longest task, loading", "longest task, scrolling")
    for name, times in zip(names, zip(*seen, strict=True), strict=True):
        print(f"{name:<24} {median(times):6.0f} ms   (worst {max(times):.0f} ms)")


if __name__ == "__main__":
    main()
