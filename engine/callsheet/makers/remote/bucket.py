"""Private media in a bucket of one's own: uploaded once, named by their digest, and given out by pre-signed addresses.

An address is a secret: it is handed to the submit and nowhere else.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta

from callsheet.makers.maker import MediaFile
from callsheet.makers.outcome import problem
from callsheet.makers.remote.objects import PIECE, Objects, Purpose
from callsheet.media.sniff import EXTENSIONS
from callsheet.problems import DataFault

_UPLOADS = 3
_PURPOSE = Purpose("asset store", "assets", "[assets]", "addresses", "nothing was submitted and nothing is paid")


class Bucket:
    """A bucket, or a folder in one, as Objects takes it. Addresses are good for `expires_hours`."""

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str],
        *,
        endpoint: str | None = None,
        region: str | None = None,
        expires_hours: float = 24.0,
    ) -> None:
        self._expires = timedelta(hours=expires_hours)
        self._slots = asyncio.Semaphore(_UPLOADS)
        self._there: dict[str, asyncio.Task[None]] = {}
        self._objects = Objects(url, environment, _PURPOSE, endpoint=endpoint, region=region)

    async def address(self, file: MediaFile) -> str:
        """A pre-signed address of the file, which is uploaded first where it is not there yet.

        Raises AccessFault, UpstreamFault, and DataFault where the file is no longer the one that was planned.
        """
        name = f"{file.info.sha256}{EXTENSIONS.get(file.info.media_type, '')}"
        if name not in self._there or _failed(self._there[name]):
            self._there[name] = asyncio.create_task(self._put(name, file))
        await asyncio.shield(self._there[name])
        return await self._objects.address(name, self._expires)

    async def _put(self, name: str, file: MediaFile) -> None:
        """Names are digests, and an object is there whole or not at all: one with the right size is the file."""
        async with self._slots:
            if await self._objects.size(name) != file.info.bytes:
                await self._objects.put(name, _checked_chunks(file), file.info.media_type)


def _checked_chunks(file: MediaFile) -> Iterator[bytes]:
    """The file in pieces; where they are not the bytes that were planned, the upload is broken off before its end."""
    if file.path is None:
        raise TypeError("only a local file is uploaded")
    digest = hashlib.sha256()
    try:
        with file.path.open("rb") as content:
            while chunk := content.read(PIECE):
                digest.update(chunk)
                yield chunk
    except OSError as error:
        raise DataFault(problem("media-unreadable", f"`{file.path.name}` can't be read: {error.strerror}")) from error
    if digest.hexdigest() != file.info.sha256:
        raise DataFault(
            problem(
                "media-changed",
                f"`{file.path.name}` has changed since it was planned",
                "run again to plan with the file as it is now",
            )
        )


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
