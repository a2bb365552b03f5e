"""Which files a page may ask for: those of the campaign, by the names that the page was told, and nothing else."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from callsheet.media.sniff import EXTENSIONS
from callsheet.report.manifest import Manifest
from callsheet.store.blobs import Blobs

_PLAYED = ("image/", "video/", "audio/")
_DIGEST = re.compile("[0-9a-f]{64}")
_STORE, _POSTERS = "store", "posters"
OPAQUE = "application/octet-stream"
"""The type of what a browser is to keep as a file."""


@dataclass(frozen=True, slots=True)
class Served:
    """A file of the campaign: its digest where it is in the store, its place where it is below the output folder, what
    it is, and a name for its bytes."""

    sha256: str | None
    published: Path | None
    media_type: str
    tag: str


class Media:
    """The files of a campaign by address. An address is looked up whole and never becomes a path, so that no form of
    `..` leads anywhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = Blobs(folder)
        self.posters: Mapping[str, str] = {}
        """Addresses of the posters that `gallery` made, by the digest of what they show."""
        self._served: Mapping[str, Served] = {}

    def served(self, manifest: Manifest) -> Manifest:
        """The manifest as a page is told it: files outside the output folder get an address of their own."""
        served: dict[str, Served] = {}
        instances = []
        for entry in manifest["instances"]:
            outputs = [self._addressed(output, served) for output in entry["outputs"]]
            instances.append({**entry, "outputs": outputs})
        made = {path.name for path in (self.folder / _POSTERS).glob("*.jpg")}
        self.posters = {one: f"{_POSTERS}/{one}.jpg" for one in _digests(instances) if f"{one}.jpg" in made}
        for digest, address in self.posters.items():
            served[address] = Served(None, self.folder / address, "image/jpeg", f"poster-{digest}")
        self._served = served
        return {**manifest, "instances": instances}

    def find(self, address: str) -> tuple[Path, Served] | None:
        """The file at an address and what it is; None where the campaign has no such file. Bytes come from the store,
        else from the published file, if that is a plain one that no link leads out of the output folder."""
        served = self._served.get(address)
        if served is None:
            return None
        if served.sha256 is not None and self.blobs.has(served.sha256):
            return self.blobs.path(served.sha256), served
        if served.published is None:
            return None
        try:
            real = served.published.resolve(strict=True)
            inside = real.is_relative_to(self.folder.resolve(strict=True))
            return (real, served) if inside and stat.S_ISREG(real.stat().st_mode) else None
        except (OSError, RuntimeError, ValueError):
            return None

    def _addressed(self, output: Mapping[str, Any], served: dict[str, Served]) -> dict[str, Any]:
        path, sha256, media_type = str(output["path"]), str(output["sha256"]), str(output["media_type"])
        inside = _stays_inside(PurePosixPath(path).parts)
        address = path if inside else f"{_STORE}/{sha256}{EXTENSIONS.get(media_type, '')}"
        shown = media_type if media_type in EXTENSIONS and media_type.startswith(_PLAYED) else OPAQUE
        if _DIGEST.fullmatch(sha256):
            served[address] = Served(sha256, self.folder / path if inside else None, shown, sha256)
        return {**output, "path": address}


def _digests(instances: Iterable[Mapping[str, Any]]) -> set[str]:
    return {output["sha256"] for entry in instances for output in entry["outputs"]}


def _stays_inside(parts: Iterable[str]) -> bool:
    return all(part not in ("/", "..") for part in parts)
