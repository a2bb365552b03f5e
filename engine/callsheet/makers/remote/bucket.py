"""Private media in a bucket of one's own: uploaded once, named by their digest, and given out by pre-signed addresses.

The only place that imports obstore; it is imported where `callsheet.toml` names a bucket. An address is a secret: it is
handed to the submit and nowhere else, and no error tells the words of the store, which may quote one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from callsheet.makers.maker import MediaFile
from callsheet.makers.outcome import problem
from callsheet.makers.remote.hosts import is_loopback
from callsheet.makers.remote.limits import MIB
from callsheet.media.sniff import EXTENSIONS
from callsheet.problems import AccessFault, CallsheetError, DataFault, UpstreamFault

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

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
_UPLOADS = 3
_CHUNK = 5 * MIB
_RETRIES = 5
_RETRY_SECONDS = 60
_SPENT = "nothing was submitted and nothing is paid"


class Bucket:
    """A bucket, or a folder in one: `s3://BUCKET/PREFIX`, `gs://…` or `az://…`.

    `endpoint` and `region` are for S3-compatible stores. Credentials come from the environment alone, by the names
    that the store's own tools use. Addresses are good for `expires_hours`.
    """

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str],
        *,
        endpoint: str | None = None,
        region: str | None = None,
        expires_hours: float = 24.0,
    ) -> None:
        self._shown = url
        self._expires = timedelta(hours=expires_hours)
        self._slots = asyncio.Semaphore(_UPLOADS)
        self._there: dict[str, asyncio.Task[None]] = {}
        self._store = _open(url, environment, endpoint, region)

    async def address(self, file: MediaFile) -> str:
        """A pre-signed address of the file, which is uploaded first where it is not there yet.

        Raises AccessFault, UpstreamFault, and DataFault where the file is no longer the one that was planned.
        """
        name = f"{file.info.sha256}{EXTENSIONS.get(file.info.media_type, '')}"
        if name not in self._there or _failed(self._there[name]):
            self._there[name] = asyncio.create_task(self._put(name, file))
        await asyncio.shield(self._there[name])
        try:
            return await obstore.sign_async(self._store, "GET", name, self._expires)
        except (BaseError, OSError) as error:
            raise self._fault(error) from None

    async def _put(self, name: str, file: MediaFile) -> None:
        async with self._slots:
            try:
                if not await self._has(name, file.info.bytes):
                    attributes = {"Content-Type": file.info.media_type}
                    chunks = _checked_chunks(file)
                    await obstore.put_async(self._store, name, chunks, attributes=attributes, chunk_size=_CHUNK)
            except (BaseError, OSError) as error:
                raise self._fault(error) from None

    async def _has(self, name: str, size: int) -> bool:
        """Whether an object with this name is whole; names are digests, and a put is all or nothing."""
        try:
            return (await obstore.head_async(self._store, name))["size"] == size
        except FileNotFoundError:
            return False

    def _fault(self, error: Exception) -> CallsheetError:
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            return AccessFault(
                problem(
                    "assets-refused",
                    f"the asset store `{self._shown}` refuses the credentials in the environment",
                    f"they need to read and write there; {_SPENT}",
                )
            )
        return UpstreamFault(
            problem(
                "assets-unusable",
                f"the asset store `{self._shown}` can't be used: {_reason(error)}",
                f"look at `[assets]` in `callsheet.toml`; {_SPENT}",
            )
        )


def _open(
    url: str, environment: Mapping[str, str], endpoint: str | None, region: str | None
) -> S3Store | GCSStore | AzureStore:
    kind = urlsplit(url).scheme
    names = _KEYS.get(kind)
    if names is None:
        raise _unusable(f"`{url}` is no bucket", "expected `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://…`")
    if not any(environment.get(name) for name in names):
        raise AccessFault(
            problem(
                "no-assets-credentials",
                f"there are no credentials in the environment for the asset store `{url}`",
                "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`" if kind == "s3" else f"set `{names[0]}`",
            )
        )
    server = urlsplit(endpoint or next(filter(None, map(environment.get, _ENDPOINTS)), "") if kind == "s3" else "")
    plain = server.scheme == "http"
    if plain and not is_loopback(server.hostname or ""):
        raise _unusable("the endpoint of the asset store is not https", "addresses would be shown to the network")
    client: ClientConfig = {"allow_http": plain}
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
        raise _unusable(f"the asset store `{url}` can't be opened", "look at `[assets]` in `callsheet.toml`") from error


async def _checked_chunks(file: MediaFile) -> AsyncIterator[bytes]:
    """The file in pieces; where they are not the bytes that were planned, the upload is broken off before its end."""
    if file.path is None:
        raise TypeError("only a local file is uploaded")
    digest = hashlib.sha256()
    try:
        with file.path.open("rb") as content:
            while chunk := await asyncio.to_thread(content.read, _CHUNK):
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


def _reason(error: Exception) -> str:
    """What went wrong, in words of our own: those of the store may quote an address."""
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket"
    return "it can't be reached, or answers with an error"


def _unusable(message: str, hint: str) -> DataFault:
    return DataFault(problem("assets-unusable", message, hint))
