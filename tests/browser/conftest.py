"""A real browser, the gallery of a campaign that the real command line rendered, and a record of what a page did.

Commands run in processes of their own here: the browser's driver has an event loop in this one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
STRICT = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PATIENCE = 15_000
"""Milliseconds that a page gets for anything it is waited for."""
expect.set_options(timeout=PATIENCE)
TAKES = """\
callsheet: 1
name: lamp
description: Two looks of a lamp, two takes of each.
seed: 7
axes:
  look: [dawn, studio]
  take: {takes: 2}
nodes:
  hero:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A brass lamp on a table, {{ look }} light; packaging unchanged.", duration: 2, resolution: 720p}
  end:
    step: last_frame
    over: [look]
    input: {video: "{{ nodes.hero.video }}"}
"""


@dataclass(slots=True)
class Watched:
    """A page in a window of its own, every address that it asked for, and everything that it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def plays(self, selector: str) -> float:
        """Waits until the clip at `selector` moves, and gives its length in seconds. (The page's own policy forbids
        Playwright's waiting for a function.)"""
        clip = self.page.locator(selector)
        clip.wait_for()
        seconds: float = clip.evaluate(
            """async (clip) => {
                while (!(clip.currentTime > 0.1)) await new Promise((done) => setTimeout(done, 50));
                return clip.duration;
            }"""
        )
        return seconds

    def violations(self) -> list[str]:
        """What axe-core finds wrong for people who use assistive technology: rule and place, one line each."""
        found = Axe().run(self.page, options=STRICT).response["violations"]
        return [f"{one['id']}: {', '.join(map(str, node['target']))}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window: the one that `CHROMIUM` names, else the first that is installed."""
    found = [place for name in NAMES if (place := shutil.which(name))]
    place = os.environ.get("CHROMIUM") or (found[0] if found else None)
    assert place, "there is no Chromium: `make test-browser` installs one"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=place, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens windows: `window(width=390, dark=True)`; further words go to Playwright's `new_context`."""
    opened = []

    def open_window(*, width: int = 1280, height: int = 800, dark: bool = False, **more: Any) -> Watched:
        scheme: Any = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        watched = Watched(context.new_page())

        def told(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                watched.complaints.append(f"{message.type}: {message.text}")

        context.on("request", lambda request: watched.requests.append(request.url))
        watched.page.on("console", told)
        watched.page.on("pageerror", lambda error: watched.complaints.append(f"exception: {error}"))
        return watched

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def watched(window: Callable[..., Watched]) -> Watched:
    """One window of 1280 × 800."""
    return window()


@pytest.fixture(scope="session")
def callsheet() -> Callable[..., str]:
    """Runs a command in a folder and gives what it printed to stdout; it has to succeed."""

    def run(*words: str | Path, folder: Path) -> str:
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("RUNCOMFY_", "CALLSHEET_"))}
        environ = {**environ, "HOME": str(folder), "CI": ""}
        done = subprocess.run(
            [sys.executable, "-m", "callsheet", *map(str, words)],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`once(name, make)`: a folder that `make` fills, a single time for all processes of this session of tests."""
    beside = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent if beside else tmp_path_factory.getbasetemp()

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def aurora(once: Callable[..., Path], callsheet: Callable[..., str]) -> Path:
    """The folder of the demo campaign, rendered once and with its gallery at `previews/index.html`. Read only."""
    return once("aurora", lambda folder: callsheet("demo", "demo", folder=folder)) / "demo"


@pytest.fixture(scope="session")
def rendered_takes(once: Callable[..., Path], callsheet: Callable[..., str]) -> Path:
    """A small campaign to choose from, two takes of each of two looks, rendered once. Read only."""

    def make(folder: Path) -> None:
        (folder / "pipeline.yaml").write_text(TAKES, encoding="utf-8")
        callsheet("run", "pipeline.yaml", "--simulate", folder=folder)

    return once("takes", make)


@pytest.fixture
def table(rendered_takes: Path, tmp_path: Path) -> Path:
    """A copy of the small campaign, to choose from."""
    shutil.copytree(rendered_takes, tmp_path / "takes", symlinks=True)
    return tmp_path / "takes"


@pytest.fixture
def aurora_page(aurora: Path, watched: Watched) -> Watched:
    """Aurora's gallery, opened from disk."""
    watched.page.goto((aurora / "previews" / "index.html").as_uri())
    return watched


@pytest.fixture(scope="session")
def until() -> Callable[[Page, str], None]:
    """Waits until an expression is true in a page. Playwright's own wait needs `eval`, which our pages forbid."""

    def wait(page: Page, expression: str) -> None:
        wanted = f"""async () => {{
            const last = performance.now() + {PATIENCE};
            while (!({expression})) {{
                if (performance.now() > last) return false;
                await new Promise((next) => setTimeout(next, 20));
            }}
            return true;
        }}"""
        assert page.evaluate(wanted), f"never came true: {expression}"

    return wait
