"""Results onto this disk: only from hosts that are allowed, without the token, whole, and known by their content."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from callsheet.makers.maker import Diary, MadeFile
from callsheet.makers.outcome import ReadsFailed, ResultRefused, StillRunning, problem
from callsheet.makers.remote.hosts import DownloadHosts
from callsheet.makers.remote.limits import MIB, Limits
from callsheet.makers.remote.partial import Partial, TryAgain
from callsheet.makers.remote.patience import OutOfPatience, Patience, Timing, retry_after
from callsheet.makers.remote.transport import Download, NoAnswer, Transport
from callsheet.media.sniff import EXTENSIONS, sniff

_CHUNK = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT = "the request is kept and nothing is paid twice"


class LinkExpired(Exception):
    """The address no longer gives the result; the text says what it answered. Ask for the result again."""


@dataclass(slots=True)
class Downloads:
    """Fetches results, so many at once."""

    transport: Transport
    hosts: DownloadHosts
    limits: Limits
    timing: Timing
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.limits.downloads)

    async def fetch(self, address: str, folder: Path, stem: str, diary: Diary) -> MadeFile:
        """Fetch one file as `folder/stem.EXT`; nothing else is left there.

        What breaks off is gone on with where it ended, if its host can do that and says that it is still the same.
        Raises LinkExpired, and StillRunning (ResultRefused, ReadsFailed) where the request is kept for later.
        """
        patience = Patience(self.limits, self.timing)
        furthest = 0
        partial = Partial(folder / f"{stem}.part")
        try:
            while True:
                try:
                    async with self._slots:
                        await self._receive(self.hosts.check(address), partial, diary)
                    return _known_by_content(partial, folder, stem)
                except (NoAnswer, TryAgain) as trouble:
                    if partial.size > furthest:
                        furthest = partial.size
                        patience.progress()
                    diary.trouble(f"a result can't be fetched: {trouble}; trying again")
                    await self._pause(patience, trouble)
        except OSError as error:
            raise StillRunning(
                problem("download-unwritable", f"a result can't be written: {error.strerror}", _KEPT)
            ) from error
        finally:
            partial.path.unlink(missing_ok=True)

    async def still_gives(self, address: str, size: int) -> bool:
        """Whether an address gives a file of so many bytes at this moment, without a hop to elsewhere."""
        try:
            async with self.transport.download(self.hosts.check(address), {"range": "bytes=0-0"}) as response:
                if response.status == 206:
                    return response.headers.get("content-range", "").strip() == f"bytes 0-0/{size}"
                return response.status == 200 and response.headers.get("content-length") == str(size)
        except (NoAnswer, ResultRefused):
            return False

    async def _pause(self, patience: Patience, trouble: NoAnswer | TryAgain) -> None:
        try:
            await patience.wait(trouble.retry_after if isinstance(trouble, TryAgain) else None)
        except OutOfPatience:
            raise ReadsFailed(
                problem("download-failed", f"a result can't be fetched: {trouble}", f"{_KEPT}: run again to pick it up")
            ) from None

    async def _receive(self, url: httpx.URL, partial: Partial, diary: Diary) -> None:
        """Follow the hops, each checked, to the file."""
        for _ in range(self.limits.redirects + 1):
            async with self.transport.download(url, partial.conditions()) as response:
                location = response.headers.get("location", "")
                if response.status not in _REDIRECTS or not location:
                    self._judge(response.status, response.headers)
                    await self._write(response, partial, diary)
                    return
                url = self._next(url, location)
        raise ResultRefused(problem("too-many-redirects", "the address of a result leads on and on", _KEPT))

    def _next(self, url: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect leads, checked before it is followed."""
        if "\\" in location:
            return self.hosts.check(location)
        try:
            return self.hosts.check(str(url.join(location)))
        except httpx.InvalidURL:
            return self.hosts.check("")

    def _judge(self, status: int, headers: Mapping[str, str]) -> None:
        """Pass what gives the file; say of anything else whether the same address may still give it."""
        if status in (200, 206, 416):
            return
        if status in (408, 429) or status >= 500 or status < 400:
            raise TryAgain(f"its host answered HTTP {status}", retry_after(headers, self.timing))
        raise LinkExpired(f"HTTP {status}")

    async def _write(self, response: Download, partial: Partial, diary: Diary) -> None:
        partial.begin(response.status, response.headers)
        if partial.expected is not None and partial.expected > self.limits.download_bytes:
            raise self._too_large()
        told = 0.0
        with partial.path.open("r+b" if partial.size else "wb") as file:
            file.seek(partial.size)
            async for chunk in response.content.iter_chunked(_CHUNK):
                if partial.size + len(chunk) > self.limits.download_bytes:
                    raise self._too_large()
                file.write(chunk)
                partial.add(chunk)
                if partial.expected and partial.size / partial.expected >= told + 0.01:
                    told = min(1.0, partial.size / partial.expected)
                    diary.progress(told)
        partial.end()

    def _too_large(self) -> ResultRefused:
        most = self.limits.download_bytes
        return ResultRefused(
            problem(
                "result-too-large",
                f"a result has more than {most // MIB:,} MiB, the most that is fetched",
                f"{_KEPT}; fetch it by hand from your account",
            )
        )


def _known_by_content(partial: Partial, folder: Path, stem: str) -> MadeFile:
    known = sniff(partial.head)
    if known is None:
        raise ResultRefused(
            problem(
                "result-no-media",
                "a result is no image, video or audio that is known here: it begins with"
                f" `{partial.head[:16].hex(' ')}`",
                f"{_KEPT}: run again to fetch it anew",
            )
        )
    kind, media_type = known
    return MadeFile(kind, partial.path.rename(folder / f"{stem}{EXTENSIONS[media_type]}"), media_type)
