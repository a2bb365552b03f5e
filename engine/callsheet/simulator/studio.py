"""Where renders are made: in worker threads, each distinct one once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from callsheet.simulator.brief import Brief
from callsheet.simulator.pictures import render
from callsheet.simulator.sound import SoundError
from callsheet.simulator.stage import PictureError
from callsheet.simulator.tiny import tiny

FORMATS = {"video": ("mp4", "video/mp4"), "image": ("png", "image/png"), "audio": ("wav", "audio/wav")}


@dataclass(frozen=True, slots=True)
class Product:
    """A finished file: at `path`, or in memory as `content`."""

    name: str
    media_type: str
    size: int
    sha256: str
    path: Path | None = None
    content: bytes = b""

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        if self.path is None:
            return self.content[start:end]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)


class Work:
    """A render under way or done: `done_at` is None until then, and `error` says why there is no product."""

    def __init__(self) -> None:
        self.done_at: float | None = None
        self.product: Product | None = None
        self.error: str | None = None


class Studio:
    """Makes files into `folder`; with `media` off it makes tiny ones at once. `clock` tells when something was done."""

    def __init__(self, folder: Path, workers: int, media: bool, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._media = media
        self._clock = clock
        self._works: dict[str, Work] = {}
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="simulated-render")

    def begin(self, brief: Brief) -> Work:
        """Start on a brief, or give the work that an equal one started."""
        work = self._works.get(brief.key)
        if work is None:
            work = self._works[brief.key] = Work()
            if self._media:
                making = self._pool.submit(self._make, brief)
                making.add_done_callback(partial(self._made, work))
            else:
                content = tiny(brief.makes, brief.key)
                work.product = _product(brief, content, None)
                work.done_at = self._clock()
        return work

    def close(self) -> None:
        """Stop what is being made and wait for the workers to leave."""
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, brief: Brief) -> Product:
        path = self._folder / f"{brief.key}.{FORMATS[brief.makes][0]}"
        render(brief, path, self._stopped.is_set)
        return _product(brief, path.read_bytes(), path)

    def _made(self, work: Work, making: Future[Product]) -> None:
        if self._stopped.is_set():
            return
        error = making.exception()
        if error is None:
            work.product = making.result()
        else:
            known = isinstance(error, PictureError | SoundError)
            work.error = str(error) if known else f"the render broke: {type(error).__name__}"
        work.done_at = self._clock()


def _product(brief: Brief, content: bytes, path: Path | None) -> Product:
    ending, media_type = FORMATS[brief.makes]
    digest = hashlib.sha256(content).hexdigest()
    kept = content if path is None else b""
    return Product(f"{brief.makes}.{ending}", media_type, len(content), digest, path, kept)
