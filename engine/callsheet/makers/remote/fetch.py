"""Results onto this disk: only from hosts that are allowed, without the token, whole, and known by their content."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from callsheet.makers.maker import Diary, MadeFile
from callsheet.makers.outcome import ReadsFailed, ResultRefused, StillRunning, problem
from callsheet.makers.remote.hosts import DownloadHosts
from callsheet.makers.remote.limits import MIB, Limits
from callsheet.makers.remote.patience import OutOfPatience, Patience, Timing
from callsheet.makers.remote.transport import NoAnswer, Transport
from callsheet.media.sniff import EXTENSIONS, HEAD_BYTES, sniff

_CHUNK = 1 << 16
_KEPT = "the request is kept and nothing is paid twice"


class LinkExpired(Exception):
    """The address no longer gives the result; the text says what it answered. Ask for the result again."""


class _TryAgain(Exception):
    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


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

        Raises LinkExpired, and StillRunning (ResultRefused, ReadsFailed) where the request is kept for later.
        """
        patience = Patience(self.limits, self.timing)
        partial = folder / f"{stem}.part"
        try:
            while True:
                try:
                    async with self._slots:
                        await self._receive(self.hosts.check(address), partial, diary)
                    return _known_by_content(partial, folder, stem)
                except (NoAnswer, _TryAgain) as trouble:
                    await self._pause(patience, trouble)
        except OSError as error:
            raise StillRunning(
                problem("download-unwritable", f"a result can't be written: {error.strerror}", _KEPT)
            ) from error
        finally:
            partial.unlink(missing_ok=True)

    async def _pause(self, patience: Patience, trouble: NoAnswer | _TryAgain) -> None:
        try:
            await patience.wait(trouble.retry_after if isinstance(trouble, _TryAgain) else None)
        except OutOfPatience:
            raise ReadsFailed(
                problem("download-failed", f"a result can't be fetched: {trouble}", f"{_KEPT}: run again to pick it up")
            ) from None

    async def _receive(self, url: httpx.URL, partial: Path, diary: Diary) -> None:
        """Follow the hops, each checked, to the file."""
        for _ in range(self.limits.redirects + 1):
            async with self.transport.download(url) as response:
                if not response.has_redirect_location:
                    _judge(response)
                    await self._write(response, partial, diary)
                    return
                url = self._next(url, response.headers.get("location", ""))
        raise ResultRefused(problem("too-many-redirects", "the address of a result leads on and on", _KEPT))

    def _next(self, url: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect leads, checked before it is followed."""
        if "\\" in location:
            return self.hosts.check(location)
        try:
            return self.hosts.check(str(url.join(location)))
        except httpx.InvalidURL:
            return self.hosts.check("")

    async def _write(self, response: httpx.Response, partial: Path, diary: Diary) -> None:
        length = response.headers.get("content-length", "")
        expected = int(length) if length.isascii() and length.isdigit() else None
        if expected is not None and expected > self.limits.download_bytes:
            raise self._too_large()
        size, told = 0, 0.0
        with partial.open("wb") as file:
            async for chunk in response.aiter_bytes(_CHUNK):
                size += len(chunk)
                if size > self.limits.download_bytes:
                    raise self._too_large()
                file.write(chunk)
                if expected and size / expected >= told + 0.01:
                    told = min(1.0, size / expected)
                    diary.progress(told)
        if expected is not None and response.num_bytes_downloaded != expected:
            raise _TryAgain(f"{response.num_bytes_downloaded:,} of {expected:,} bytes came")

    def _too_large(self) -> ResultRefused:
        most = self.limits.download_bytes
        return ResultRefused(
            problem(
                "result-too-large",
                f"a result has more than {most // MIB:,} MiB, the most that is fetched",
                f"{_KEPT}; fetch it by hand from your account",
            )
        )


def _judge(response: httpx.Response) -> None:
    """Pass a 200; say of anything else whether the same address may still give the result."""
    status = response.status_code
    if status == 200:
        return
    if status in (408, 429) or status >= 500 or status < 400:
        after = response.headers.get("retry-after", "").strip()
        seconds = float(after) if after.isascii() and after.isdigit() and len(after) < 9 else None
        raise _TryAgain(f"its host answered HTTP {status}", seconds)
    raise LinkExpired(f"HTTP {status}")


def _known_by_content(partial: Path, folder: Path, stem: str) -> MadeFile:
    with partial.open("rb") as file:
        head = file.read(HEAD_BYTES)
    known = sniff(head)
    if known is None:
        raise ResultRefused(
            problem(
                "result-no-media",
                f"a result is no image, video or audio that is known here: it begins with `{head[:16].hex(' ')}`",
                f"{_KEPT}: run again to fetch it anew",
            )
        )
    kind, media_type = known
    return MadeFile(kind, partial.rename(folder / f"{stem}{EXTENSIONS[media_type]}"), media_type)
