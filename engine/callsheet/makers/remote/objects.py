"""Objects by name in a bucket or a folder. The only place that imports obstore.

No error tells the words of a store: they may quote an address with a signature, and an address with one is a secret.
The library's plain calls are made in threads: after its asynchronous ones a process may abort while it ends, since the
library's own threads still hold values of Python then.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from callsheet.makers.outcome import problem
from callsheet.makers.remote.hosts import is_loopback
from callsheet.makers.remote.limits import MIB
from callsheet.problems import AccessFault, CallsheetError, DataFault, UpstreamFault

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, RetryConfig, S3Config

_Store: TypeAlias = S3Store | GCSStore | AzureStore | LocalStore
_KEYS: Mapping[str, tuple[str, ...]] = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ),
    "gs": ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_CLIENT_SECRET"),
}
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_REFUSED = re.compile(r"status code: 40[13]\b")
"""A listing that is refused has no kind of its own."""
PIECE = 5 * MIB
"""Bytes that are sent or read at once."""
_PIECES_UNDER_WAY = 3
_RETRIES = 5
_RETRY_SECONDS = 60
_ANSWER_SECONDS = 900
_LISTED = 32
"""From so many names on, a folder is listed instead of asking for each."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a store is for, as its faults tell it: what it is called, how their codes begin, where it is set, what
    plain http would show to the network, and what to know of the work that is broken off."""

    noun: str
    code: str
    table: str
    shown: str
    reassurance: str
    forms: str = "`s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://…`"


class Objects:
    """The objects below one address: `s3://BUCKET/PREFIX`, `gs://…`, `az://…`, or the absolute path of a folder.

    `endpoint` and `region` are for S3-compatible stores. Credentials come from the environment alone, by the names
    that the store's own tools use. With `create` a folder that is not there is made. An object is there whole or not
    at all. Every method raises AccessFault (77) where the store refuses, UpstreamFault (69) where it can't be used.
    """

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str],
        purpose: Purpose,
        *,
        endpoint: str | None = None,
        region: str | None = None,
        create: bool = False,
    ) -> None:
        self.url = url
        self._purpose = purpose
        if url.startswith("/"):
            self._store: _Store = self._folder(Path(url), create)
        else:
            self._store = self._bucket(url, environment, endpoint, region)

    async def size(self, name: str) -> int | None:
        """How many bytes an object has; None where it is not there."""
        try:
            return (await asyncio.to_thread(obstore.head, self._store, name))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    async def sizes(self, folder: str, names: Collection[str]) -> dict[str, int]:
        """The sizes of those objects of a folder that are there."""
        if len(names) < _LISTED:
            found = {name: await self.size(name) for name in names}
            return {name: size for name, size in found.items() if size is not None}
        wanted = frozenset(names)
        return {name: size async for name, size in self.listed(folder) if name in wanted}

    async def listed(self, folder: str) -> AsyncIterator[tuple[str, int]]:
        """The name and the size of each object of a folder, in no order."""
        try:
            pages = await asyncio.to_thread(lambda: iter(obstore.list(self._store, f"{folder}/")))
            while page := await asyncio.to_thread(next, pages, None):
                for found in page:
                    yield found["path"], found["size"]
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    async def put(self, name: str, content: bytes | Iterator[bytes], media_type: str) -> None:
        """Put an object, in place of one that is there. What `content` raises breaks it off: nothing is put then. It
        is asked for its pieces in another thread."""
        stop = threading.Event()
        pieces = content if isinstance(content, bytes) else _until(stop, content)
        try:
            await asyncio.to_thread(self._put, name, pieces, media_type)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None
        finally:
            stop.set()

    async def get(self, name: str) -> AsyncIterator[bytes] | None:
        """The bytes of an object in pieces; None where it is not there."""
        try:
            found = await asyncio.to_thread(obstore.get, self._store, name)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._fault(error) from None
        return self._pieces(found)

    async def address(self, name: str, expires: timedelta) -> str:
        """A pre-signed address that gives an object to whoever has it: a secret."""
        store = self._store
        if isinstance(store, LocalStore):
            raise TypeError("a folder has no addresses")
        try:
            return await asyncio.to_thread(obstore.sign, store, "GET", name, expires)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _put(self, name: str, content: bytes | Iterator[bytes], media_type: str) -> None:
        attributes: Attributes | None = None if isinstance(self._store, LocalStore) else {"Content-Type": media_type}
        obstore.put(
            self._store, name, content, attributes=attributes, chunk_size=PIECE, max_concurrency=_PIECES_UNDER_WAY
        )

    async def _pieces(self, found: obstore.GetResult) -> AsyncIterator[bytes]:
        try:
            stream = iter(found.stream(min_chunk_size=1 * MIB))
            while piece := await asyncio.to_thread(next, stream, None):
                yield bytes(piece)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _folder(self, path: Path, create: bool) -> LocalStore:
        if not create and not path.is_dir():
            raise self._unusable(f"there is no folder `{path}`", f"look at `{self._purpose.table}` in `callsheet.toml`")
        try:
            return LocalStore(path, mkdir=create)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    def _bucket(
        self, url: str, environment: Mapping[str, str], endpoint: str | None, region: str | None
    ) -> S3Store | GCSStore | AzureStore:
        kind = urlsplit(url).scheme
        names = _KEYS.get(kind)
        if names is None:
            raise self._unusable(f"`{url}` is no bucket", f"expected {self._purpose.forms}")
        if not any(environment.get(name) for name in names):
            message = f"there are no credentials in the environment for the {self._purpose.noun} `{url}`"
            hint = "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`" if kind == "s3" else f"set `{names[0]}`"
            raise AccessFault(problem(f"no-{self._purpose.code}-credentials", message, hint))
        server = urlsplit(endpoint or next(filter(None, map(environment.get, _ENDPOINTS)), "") if kind == "s3" else "")
        plain = server.scheme == "http"
        if plain and not is_loopback(server.hostname or ""):
            message = f"the endpoint of the {self._purpose.noun} is not https"
            raise self._unusable(message, f"{self._purpose.shown} would be shown to the network")
        client: ClientConfig = {"allow_http": plain, "timeout": timedelta(seconds=_ANSWER_SECONDS)}
        retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_RETRY_SECONDS)}
        try:
            if kind == "gs":
                return GCSStore.from_url(url, client_options=client, retry_config=retry)
            if kind == "az":
                return AzureStore.from_url(url, client_options=client, retry_config=retry)
            config: S3Config = {}
            if endpoint:
                config["endpoint"] = endpoint
            if region:
                config["region"] = region
            return S3Store.from_url(url, config=config, client_options=client, retry_config=retry)
        except (BaseError, ValueError) as error:
            message = f"the {self._purpose.noun} `{url}` can't be opened"
            raise self._unusable(message, f"look at `{self._purpose.table}` in `callsheet.toml`") from error

    def _unusable(self, message: str, hint: str) -> DataFault:
        return DataFault(problem(f"{self._purpose.code}-unusable", message, hint))

    def _fault(self, error: Exception) -> CallsheetError:
        noun, tail = self._purpose.noun, self._purpose.reassurance
        if isinstance(error, PermissionDeniedError | UnauthenticatedError) or _REFUSED.search(str(error)):
            return AccessFault(
                problem(
                    f"{self._purpose.code}-refused",
                    f"the {noun} `{self.url}` refuses the credentials in the environment",
                    f"they need to read and write there; {tail}",
                )
            )
        return UpstreamFault(
            problem(
                f"{self._purpose.code}-unusable",
                f"the {noun} `{self.url}` can't be used: {self._reason(error)}",
                f"look at `{self._purpose.table}` in `callsheet.toml`; {tail}",
            )
        )

    def _reason(self, error: Exception) -> str:
        """What went wrong, in words of our own: those of the store may quote an address."""
        if isinstance(self._store, LocalStore):
            return "the folder can't be read or written"
        if isinstance(error, FileNotFoundError):
            return "there is no such bucket"
        return "it can't be reached, or answers with an error"


class _Stopped(Exception):
    """Nobody waits for this upload any more."""


def _until(stop: threading.Event, content: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, as long as somebody waits for them to be sent: a thread can't be cancelled."""
    for piece in content:
        if stop.is_set():
            raise _Stopped
        yield piece
