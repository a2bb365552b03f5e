"""Models that are nobody's: as many as asked for, of every kind, to try a client's reading of a large catalogue."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.simulator.catalogue import Json

_NAMES = ("amber", "basalt", "cobalt", "dune", "ember", "fern", "gale", "harbor", "iris", "juniper", "kelp", "lumen")
_OUTPUT: Json = {"output": {"type": "object", "properties": {"images": {"type": "array"}, "videos": {"type": "array"}}}}
_PROMPT: Json = {"title": "Prompt", "description": "What is to be made.", "type": "string"}
_SEED: Json = {
    "title": "Seed",
    "description": "-1 draws a random one.",
    "type": "integer",
    "default": -1,
    "minimum": -1,
}
_RATIO: Json = {"title": "Aspect ratio", "type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"}


def invented(count: int) -> list[Json]:
    """`count` descriptions as in route files; the same count gives the same ones, and more of them begin alike."""
    return [_MAKERS[number % len(_MAKERS)](number) for number in range(count)]


def _text_to_image(number: int) -> Json:
    properties = {
        "prompt": _PROMPT,
        "negative_prompt": {"title": "Negative prompt", "type": "string"},
        "image_size": {"title": "Size", "type": "string", "enum": ["1024x1024", "1280x720"], "default": "1024x1024"},
        "num_images": {"title": "Images", "type": "integer", "minimum": 1, "maximum": 1 + number % 4, "default": 1},
        "seed": _SEED,
    }
    return _model(number, "text-to-image", "image", properties, ["prompt"], {}, "output")


def _image_edit(number: int) -> Json:
    properties = {
        "prompt": _PROMPT,
        "image_url": {"title": "Picture", "description": "URL of the picture.", "type": "string", "format": "uri"},
        "mask": {"title": "Mask", "description": "URL of a mask image.", "type": "string"},
        "strength": {"title": "Strength", "type": "float", "minimum": 0, "maximum": 1, "default": 0.8},
        "seed": _SEED,
    }
    media = {"image_url": "image", "mask": "image"}
    return _model(number, "image-to-image", "image", properties, ["prompt", "image_url"], media, "output")


def _text_to_video(number: int) -> Json:
    properties = {
        "prompt": _PROMPT,
        "duration": {"title": "Duration", "type": "integer", "enum": [5, 8, 10 + number % 5], "default": 5},
        "aspect_ratio": _RATIO,
        "seed": _SEED,
    }
    return _model(number, "text-to-video", "video", properties, ["prompt"], {}, "second")


def _image_to_video(number: int) -> Json:
    rule = {"validation_rule": "width_pixels>", "validation_value": 200 + number, "validation_error": "Too small."}
    properties = {
        "prompt": _PROMPT,
        "first_frame_image_url": {"title": "First frame", "type": "string", "validations": [rule]},
        "last_frame_image_url": {"title": "Last frame", "type": "string"},
        "duration": {"title": "Duration", "type": "integer", "minimum": 2, "maximum": 10, "default": 4},
    }
    media = {"first_frame_image_url": "image", "last_frame_image_url": "image"}
    return _model(number, "image-to-video", "video", properties, ["first_frame_image_url"], media, "second")


def _video_to_video(number: int) -> Json:
    node = 100 + number
    properties = {
        f"{node}_video": {"title": "Video", "type": "string", "default": f"sample_{node}.mp4"},
        f"{node}_positive_prompt": {"title": "Prompt", "type": "string", "default": "a walk"},
        f"{node}_num_frames": {"title": "Number of frames", "type": "integer", "enum": [81, 141], "default": 81},
        f"{node}_frame_rate": {"title": "Frames per second", "type": "integer", "default": 16},
        f"{node}_seed": {"title": "Seed", "type": "integer", "default": 7},
    }
    needed = [f"{node}_video", f"{node}_positive_prompt"]
    return _model(number, "video-to-video", "video", properties, needed, {f"{node}_video": "video"}, "output")


def _text_to_audio(number: int) -> Json:
    properties = {
        "text": {"title": "Text", "description": "What is spoken.", "type": "string", "maxLength": 2000},
        "voice": {"title": "Voice", "description": "Name of the speaker.", "type": "string", "default": "Nora"},
        "speed": {"title": "Speed", "type": "number", "minimum": 0.5, "maximum": 2, "default": 1},
    }
    return _model(number, "text-to-audio", "audio", properties, ["text"], {}, "output")


def _model(
    number: int, category: str, makes: str, properties: Json, required: list[str], media: dict[str, str], unit: str
) -> Json:
    name = _NAMES[number % len(_NAMES)]
    fields: Json = {
        field: {"canonical": field} for field in ("prompt", "duration", "aspect_ratio") if field in properties
    }
    fields |= {field: {"media": kind} for field, kind in media.items()}
    return {
        "id": f"invented/{name}-{number}/{category}",
        "title": f"{name.capitalize()} {number}",
        "category": category,
        "makes": makes,
        "input_schema": {"type": "object", "title": "Input", "required": required, "properties": properties},
        "output_schema": _OUTPUT,
        "fields": fields,
        "simulated_price": {"base_usd": round(0.01 + number % 7 / 100, 2), "unit": unit},
    }


_MAKERS: tuple[Callable[[int], Json], ...] = (
    _text_to_image, _image_edit, _text_to_video, _image_to_video, _video_to_video, _text_to_audio,
)  # fmt: skip
