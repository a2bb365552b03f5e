"""Media values as they are written become media with facts: paths are read, addresses looked up, artifacts kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from callsheet.catalog.route import Field
from callsheet.document.item import Item
from callsheet.media.info import Artifact, LocalFile, MediaInfo, RemoteFile
from callsheet.problems import DataFault, Problem, Span

MediaReader = Callable[[Path], MediaInfo]
"""Reads the facts of a media file; a DataFault without a span where it can't."""

RemoteReader = Callable[[str], MediaInfo | None]
"""The facts that are pinned of an `https://` address; None where none are yet. Asks no network."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_LONGEST_NAME = 255
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(slots=True)
class MediaSource:
    """Opens what a pipeline in `folder` names; a path or address is looked up once."""

    folder: Path
    read_media: MediaReader
    read_remote: RemoteReader
    _local: dict[str, LocalFile] = field(default_factory=dict)
    _remote: dict[str, RemoteFile] = field(default_factory=dict)

    def open(self, value: object, shaped: Field, item: Item, *, local_only: bool = False) -> object:
        """The value with its paths and addresses opened for a field that takes media; lists are gone through, and lists
        in lists are spliced. Raises a DataFault. With `local_only` (a step's input) an address is refused."""
        if isinstance(value, list | tuple):
            places = item.sequence if item.is_sequence and len(item.sequence) == len(value) else [item] * len(value)
            opened: list[object] = []
            for one, place in zip(value, places, strict=True):
                got = self.open(one, shaped, place, local_only=local_only)
                if isinstance(got, list):
                    opened += got
                elif got is not None:
                    opened.append(got)
            return opened
        if isinstance(value, Artifact):
            if value.kind != shaped.media:
                message = f"`{shaped.name}` takes {shaped.media}, and `{value.instance}` gives {value.kind}"
                raise _fault("wrong-media", message, item.span)
            return value
        if isinstance(value, LocalFile | RemoteFile):
            return _opened(value, shaped, item.span, local_only=local_only)
        if value is None:
            return value
        if not isinstance(value, str):
            raise _fault("not-a-path", f"`{shaped.name}` takes a path, and {value!r} is none", item.span)
        if _SCHEME.match(value):
            return self._address(value, shaped, item.span, local_only=local_only)
        return self.local(value, item.span, shaped)

    def local(self, shown: str, span: Span, shaped: Field | None = None) -> LocalFile:
        """The local file that the pipeline calls `shown`, with its facts."""
        file = self._local.get(shown)
        if file is None:
            file = self._local[shown] = self._read(shown, span)
        _expect(shaped, shown, file.info, span)
        return file

    def _read(self, shown: str, span: Span) -> LocalFile:
        if not shown or "\0" in shown or max(len(part.encode()) for part in shown.split("/")) > _LONGEST_NAME:
            raise _fault("no-such-file", f"the file `{shown}` does not exist", span, _beside(self.folder / "x"))
        path = self.folder / shown
        try:
            return LocalFile(path, shown, self.read_media(path))
        except DataFault as error:
            first = error.problems[0]
            if not path.is_file() and first.code.startswith("media-"):
                what = "is a folder" if path.is_dir() else "does not exist"
                raise _fault("no-such-file", f"the file `{shown}` {what}", span, _beside(path)) from None
            raise DataFault(Problem(first.code, f"`{shown}`: {first.message}", span, hint=first.hint)) from None

    def _address(self, url: str, shaped: Field, span: Span, *, local_only: bool) -> RemoteFile:
        scheme = url.partition(":")[0].casefold()
        if scheme != "https":
            message = f"`{shaped.name}` takes a path or an `https://` address, and this one begins with `{scheme}:`"
            raise _fault("bad-address", message, span, "download the file, keep it beside the pipeline, write its path")
        if local_only:
            raise _not_local(shaped, span)
        file = self._remote.get(url)
        if file is None:
            fault = _address_fault(url)
            if fault is not None:
                raise _fault("bad-address", fault, span)
            file = self._remote[url] = RemoteFile(url, self.read_remote(url))
        if file.info is not None:
            _expect(shaped, shown_address(url), file.info, span)
        return file


def _opened(file: LocalFile | RemoteFile, shaped: Field, span: Span, *, local_only: bool) -> LocalFile | RemoteFile:
    """Media that the user of a pipeline handed in, if this field takes them."""
    if isinstance(file, RemoteFile) and local_only:
        raise _not_local(shaped, span)
    if file.info is not None:
        _expect(shaped, file.shown if isinstance(file, LocalFile) else shown_address(file.url), file.info, span)
    return file


def _not_local(shaped: Field, span: Span) -> DataFault:
    message = f"`{shaped.name}` takes a file of this machine: steps work here, and fetch nothing"
    return _fault("address-in-step", message, span, "download the file and write its path")


def shown_address(url: str) -> str:
    """An address without its query and fragment, which may hold a signature."""
    return url.partition("?")[0].partition("#")[0]


def media_facts(file: LocalFile) -> Mapping[str, object]:
    """What `media(PATH)` shows of a file."""
    info = file.info
    return {"seconds": info.seconds, "width": info.width, "height": info.height, "kind": info.kind}


def _address_fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or _UNSAFE.search(url):
        return "this is no address that media can be fetched from"
    if parts.username is not None or parts.password is not None:
        return "an address with a user name or password in it can't be used: the provider must fetch it without login"
    return None


def _expect(shaped: Field | None, shown: str, info: MediaInfo, span: Span) -> None:
    if shaped is not None and info.kind != shaped.media:
        message = f"`{shaped.name}` takes {shaped.media}, and `{shown}` is {info.kind} ({info.media_type})"
        raise _fault("wrong-media", message, span)


def _beside(path: Path) -> str | None:
    """The hint for a missing file: names in the same folder that come near."""
    if not path.parent.is_dir():
        return f"there is no folder `{path.parent.name}`"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    same = [name for name in names if name.casefold() == path.name.casefold() or name.startswith(path.stem + ".")]
    listed = same or [name for name in names if not name.startswith(".")][:5]
    return "the folder has " + ", ".join(f"`{name}`" for name in listed) if listed else None


def _fault(code: str, message: str, span: Span, hint: str | None = None) -> DataFault:
    return DataFault(Problem(code, message, span, hint=hint))
