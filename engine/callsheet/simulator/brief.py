"""What a render is to show: an input boiled down to what the painter needs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.simulator.catalogue import Json, Model, size_of
from callsheet.simulator.intake import Medium

_FPS = 24
_SECONDS = 5.0
_MOST_FPS = 60
_MOST_SECONDS = 120  # of a preview; longer ones are cut
_QUIET = ("prompt", "negative_prompt", "seed", "frames", "fps", "duration", "camera_fixed", "generate_audio")


@dataclass(frozen=True, slots=True)
class Brief:
    """One render. `key` is the SHA-256 of everything it is made from; `aspect` is None where the picture decides;
    `settings` are the values that differ from the schema's defaults, as text; `still` is a camera that stays put."""

    key: str
    model: str
    title: str
    makes: str
    prompt: str
    label: str
    seed: int | None
    settings: tuple[str, ...]
    frames: int
    fps: int
    aspect: tuple[int, int] | None
    still: bool
    sound: bool
    images: tuple[Medium, ...]
    videos: tuple[Medium, ...]
    audios: tuple[Medium, ...]

    @property
    def seconds(self) -> float:
        return self.frames / self.fps


def told(given: Json, media: Mapping[tuple[str, int | None], Medium]) -> Json:
    """The input with every media value whose content is known told by its digest, for ledger and keys."""
    body = dict(given)
    for (name, index), medium in media.items():
        if medium.path is None:
            continue
        if index is None:
            body[name] = medium.told
        else:
            body[name] = [*body[name][:index], medium.told, *body[name][index + 1 :]]
    return body


def identity(model: Model, body: Json) -> str:
    """The SHA-256 of model and input: equal input, equal render."""
    text = json.dumps([model.id, model.effective(body)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def brief(model: Model, given: Json, media: Mapping[tuple[str, int | None], Medium], label: str, key: str) -> Brief:
    """Boil a checked input down; `key` is its identity."""
    values = model.effective(given)
    fps = _fps(model, values)
    seed = _of(model, values, "seed", None)
    return Brief(
        key=hashlib.sha256(f"{key}\n{label}".encode()).hexdigest() if label else key,
        model=model.id,
        title=model.title,
        makes=model.makes,
        prompt=_cut(str(_of(model, values, "prompt", "")), model.limits.get(model.roles.get("prompt", ""), {})),
        label=label,
        seed=int(seed) if isinstance(seed, int | float) else None,
        settings=_settings(model, given),
        frames=max(1, min(round(_seconds(model, values) * fps), _MOST_SECONDS * fps)),
        fps=fps,
        aspect=_aspect(model, values),
        still=_of(model, values, "camera_fixed", False) is True,
        sound=_of(model, values, "generate_audio", True) is not False,
        images=tuple(medium for medium in media.values() if medium.kind == "image"),
        videos=tuple(medium for medium in media.values() if medium.kind == "video"),
        audios=tuple(medium for medium in media.values() if medium.kind == "audio"),
    )


def cost(model: Model, given: Json) -> float:
    """What the request would cost in simulated USD: the price per second of output, or per output."""
    if model.price_unit != "second":
        return round(model.price_usd, 4)
    return round(model.price_usd * _seconds(model, model.effective(given)), 4)


def _seconds(model: Model, values: Json) -> float:
    """How long the output is: by its frames where the model counts those."""
    if "frames" in model.roles:
        return _number(_of(model, values, "frames", None), _SECONDS * _FPS) / _fps(model, values)
    return _number(_of(model, values, "duration", None), _SECONDS)


def _fps(model: Model, values: Json) -> int:
    return max(1, min(_MOST_FPS, round(_number(_of(model, values, "fps", None), _FPS))))


def _number(value: object, otherwise: float) -> float:
    """A number, also where a model spells it as text such as `5s`."""
    match = re.match(r"\d+(?:\.\d+)?", str(value))
    return float(match[0]) if match else otherwise


def _of(model: Model, values: Json, role: str, otherwise: Any) -> Any:
    """The value of the field that plays a role."""
    return values.get(model.roles.get(role, ""), otherwise)


def _aspect(model: Model, values: Json) -> tuple[int, int] | None:
    ratio = re.fullmatch(r"(\d+):(\d+)", str(_of(model, values, "aspect_ratio", "")))
    if ratio and int(ratio[1]) and int(ratio[2]):
        return int(ratio[1]), int(ratio[2])
    return size_of(str(_of(model, values, "size", "")) or str(_of(model, values, "resolution", "")))


def _settings(model: Model, given: Json) -> tuple[str, ...]:
    quiet = {model.roles.get(role) for role in _QUIET}
    shown = []
    for name, value in given.items():
        schema = model.properties[name]
        if name in model.media or name in quiet or isinstance(value, list | dict) or value == schema.get("default"):
            continue
        shown.append(f"{schema.get('title', name)} {value}" if not isinstance(value, str) else value)
    return tuple(shown)


def _cut(prompt: str, limits: Json) -> str:
    """The prompt as far as the model reads it, where it cuts what is longer."""
    if "max_length_cjk" not in limits:
        return prompt
    left, cjk = limits["max_length_cjk"]["limit"], limits["max_length_cjk"]["cjk_counts"]
    for index, character in enumerate(prompt):
        left -= cjk if "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ufaff" else 1
        if left < 0:
            return prompt[:index]
    return prompt
