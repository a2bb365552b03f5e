"""What a field of a published schema is, where nothing but the schema tells: media, seed, frames, canonical names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeGuard

from callsheet.media.info import MEDIA_KINDS, MediaKind

_WORDS: Mapping[str, MediaKind] = {
    "image": "image", "img": "image", "picture": "image", "photo": "image", "mask": "image",
    "video": "video", "footage": "video", "audio": "audio",
}  # fmt: skip
_WORDS_WITH_ADDRESS: Mapping[str, MediaKind] = {
    "portrait": "image", "frame": "image", "face": "image", "clip": "video", "movie": "video",
    "voice": "audio", "voiceover": "audio", "speech": "audio", "music": "audio", "song": "audio", "sound": "audio",
}  # fmt: skip
_ADDRESS = frozenset({"url", "uri", "link", "file", "path"})
_EDGES = frozenset({"first", "last", "start", "end", "tail"})
_NO_MEDIA = frozenset(
    {
        "prompt", "text", "caption", "description", "size", "format", "ratio", "width", "height", "count", "number",
        "num", "style", "strength", "scale", "quality", "type", "mode", "name", "id", "model", "resolution", "duration",
        "length", "seed", "codec", "language", "webhook", "callback", "lora", "preset", "fps", "rate",
    }
)  # fmt: skip
_EXTENSIONS: Mapping[str, MediaKind] = {
    "png": "image", "jpg": "image", "jpeg": "image", "webp": "image", "gif": "image", "bmp": "image", "tiff": "image",
    "mp4": "video", "mov": "video", "webm": "video", "mkv": "video", "avi": "video", "m4v": "video",
    "wav": "audio", "mp3": "audio", "flac": "audio", "m4a": "audio", "ogg": "audio", "aac": "audio",
}  # fmt: skip
_SAMPLE = re.compile(r"[^\s?#]+\.([A-Za-z0-9]{3,4})(?:[?#]\S*)?")
_POINTS_AT_A_FILE = re.compile(r"\b(?:ur[li]s?|links?|upload\w*|files?)\b", re.IGNORECASE)
_RANDOM = re.compile(r"random", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?![\w.])")
_AS_THEY_ARE: Mapping[str, frozenset[str]] = {
    "prompt": frozenset({"string"}),
    "negative_prompt": frozenset({"string"}),
    "duration": frozenset({"integer", "number", "float"}),
    "resolution": frozenset({"string"}),
    "aspect_ratio": frozenset({"string"}),
}


def recognised_media(name: str, schema: Mapping[str, object]) -> MediaKind | None:
    """The kind of media that a property takes, told by its format, a sample, its name or its description."""
    if "enum" in schema or not _is_text_or_texts(schema):
        return None
    item = schema.get("items")
    stated = [schema, *([item] if isinstance(item, Mapping) else [])]
    for one in stated:
        content = str(one.get("contentMediaType", "")).partition("/")[0]
        if _is_kind(content):
            return content
    words = _words(name)
    if _NO_MEDIA & words:
        return None
    address = bool(_ADDRESS & words) or any(one.get("format") in ("uri", "url", "binary", "data-url") for one in stated)
    return _sampled(schema.get("default")) or _named(words, address) or _described(schema, address)


def canonical_as_it_is(name: str, schema: Mapping[str, object], media: MediaKind | None) -> str | None:
    """The canonical name of a property that bears it already; any other name is for a person to map."""
    if media is not None:
        return name.removesuffix("s") if name.removesuffix("s") == media else None
    return name if schema.get("type") in _AS_THEY_ARE.get(name, ()) else None


def recognised_seed(properties: Mapping[str, object]) -> Mapping[str, object] | None:
    """The `seed` of a route file, from the property that is called so; None where none is."""
    for name, schema in properties.items():
        if isinstance(schema, Mapping) and schema.get("type") == "integer" and "seed" in _words(name):
            least, most = schema.get("minimum"), schema.get("maximum")
            return {
                "field": name,
                "random": _random_values(schema),
                "minimum": max(1, int(least)) if isinstance(least, int | float) else 1,
                "maximum": min(2**31 - 1, int(most)) if isinstance(most, int | float) else 2**31 - 1,
            }
    return None


def recognised_frames(properties: Mapping[str, object]) -> Mapping[str, str] | None:
    """The `frames` of a route file: the properties for the number of frames and their rate; None without both."""
    found: dict[str, str] = {}
    for name, schema in properties.items():
        if isinstance(schema, Mapping) and schema.get("type") in ("integer", "number", "float"):
            words = _words(f"{name} {schema.get('title', '')}")
            if {"num", "frame"} <= words or {"number", "frame"} <= words:
                found.setdefault("count", name)
            elif {"frame", "rate"} <= words or "fp" in words or {"frame", "second"} <= words:
                found.setdefault("rate", name)
    return found if len(found) == 2 else None


def recognised_output(kind: object, categories: list[str], route_id: str, output: object) -> MediaKind | None:
    """What a model makes: as stated, by the end of a category or id (`image-to-video`), or by its output alone."""
    if _is_kind(kind):
        return kind
    for text in (*categories, *reversed(route_id.split("/"))):
        parts = text.casefold().replace("_", "-").rpartition("to-")
        kinds = [kind for word in parts[2].split("-") if (kind := _made(word))]
        if kinds:
            return kinds[0]
    properties = output.get("properties", output) if isinstance(output, Mapping) else None
    if isinstance(properties, Mapping) and isinstance(properties.get("output"), Mapping):
        properties = properties["output"].get("properties")
    made = {kind for name in properties if (kind := _made(str(name)))} if isinstance(properties, Mapping) else set()
    return made.pop() if len(made) == 1 else None


def _is_kind(value: object) -> TypeGuard[MediaKind]:
    return value in MEDIA_KINDS


def _made(word: str) -> MediaKind | None:
    word = word.removesuffix("s")
    return "audio" if word == "tt" else _WORDS.get(word) or _WORDS_WITH_ADDRESS.get(word)


def _is_text_or_texts(schema: Mapping[str, object]) -> bool:
    items = schema.get("items")
    if schema.get("type") == "array":
        return isinstance(items, Mapping) and items.get("type", "string") == "string" and "enum" not in items
    return schema.get("type") == "string"


def _words(name: str) -> frozenset[str]:
    """The words of a name in lower case, without an `s` at their ends (`fps` is `fp` here)."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return frozenset(word.casefold().removesuffix("s") for word in re.split(r"[^A-Za-z]+", spaced) if word)


def _sampled(default: object) -> MediaKind | None:
    if isinstance(default, list) and default:
        default = default[0]
    found = _SAMPLE.fullmatch(default) if isinstance(default, str) else None
    return _EXTENSIONS.get(found[1].casefold()) if found else None


def _named(words: frozenset[str], address: bool) -> MediaKind | None:
    if "frame" in words and (address or _EDGES & words):
        return "image"
    kinds = {kind for word, kind in _WORDS.items() if word in words}
    if not kinds and address:
        kinds = {kind for word, kind in _WORDS_WITH_ADDRESS.items() if word in words}
    return kinds.pop() if len(kinds) == 1 else None


def _described(schema: Mapping[str, object], address: bool) -> MediaKind | None:
    text = f"{schema.get('title', '')} {schema.get('description', '')}"
    if not address and not _POINTS_AT_A_FILE.search(text):
        return None
    kinds = [
        _WORDS[word] for word in re.findall(r"[a-z]+", text.casefold().replace("images", "image")) if word in _WORDS
    ]
    return kinds[0] if kinds else None


def _random_values(schema: Mapping[str, object]) -> list[int]:
    """Values of a seed that its description, or a negative default, says are drawn by the provider."""
    text = str(schema.get("description", ""))
    said = [int(number) for number in _NUMBER.findall(text)] if _RANDOM.search(text) else []
    default = schema.get("default")
    if isinstance(default, int) and (default < 0 or (_RANDOM.search(text) and default == 0)):
        said.append(default)
    return sorted({value for value in said if value <= 0})
