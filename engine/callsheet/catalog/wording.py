"""How faults speak of routes, fields, values and sizes: one way for the whole catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from callsheet.catalog.route import Route, Step
from callsheet.media.info import Artifact, LocalFile, Media, MediaKind, RemoteFile

ONE_OF_KIND: dict[MediaKind, str] = {"image": "an image", "video": "a video", "audio": "audio"}
TYPE_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "audio/wav": "WAV",
    "audio/mpeg": "MP3",
}


def shape_name(shape: Route | Step) -> str:
    """The route's id or the step's name, in backticks."""
    return f"`{shape.id}`" if isinstance(shape, Route) else f"the step `{shape.name}`"


def field_label(shape: Route | Step, native: str) -> str:
    """A field as its author may know it: the canonical name first, the native one beside it where it differs."""
    if isinstance(shape, Route):
        plural = shape.fields[native].many if native in shape.fields else False
        names = [name for name, target in shape.canonical.items() if target == native and name.endswith("s") == plural]
        if names and native not in names:
            return f"`{names[0]}` (`{native}`)"
    return f"`{native}`"


def listing(names: Iterable[object], joint: str = "or") -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}" if quoted else "nothing"


def choices(values: tuple[object, ...]) -> str:
    """The allowed values: a run of whole numbers as `from 3 to 15`, anything else one by one."""
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(numbers) == len(values) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"a whole number from {numbers[0]} to {numbers[-1]}"
    return listing(values)


def told(value: object) -> str:
    """A value as a fault shows it: short, and with its type where that is the point."""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, str):
        return f"the text `{value if len(value) <= 60 else value[:59] + '…'}`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, LocalFile | RemoteFile | Artifact):
        return f"the media `{media_name(value)}`"
    return "a list" if isinstance(value, list | tuple) else "a mapping" if isinstance(value, dict) else "that value"


def media_name(media: Media) -> str:
    """The path as written, the instance that makes it, or the URL without its query (which may be a signature)."""
    if isinstance(media, LocalFile):
        return media.shown
    if isinstance(media, Artifact):
        return media.instance
    parts = urlsplit(media.url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def number(value: float, digits: int = 3) -> str:
    """A number without a tail of zeros."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def seconds(value: float) -> str:
    return f"{number(value)} s"


def megabytes(count: float) -> str:
    """Bytes as MB of 10^6 bytes."""
    return f"{number(count / 1_000_000, 6)} MB"
