"""Labels that nobody wrote: what is shown is called by its axes."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.catalog.route import Route, Step
from callsheet.media.info import Artifact


def labelled(shape: Route | Step, values: dict[str, object]) -> dict[str, object]:
    """The input with a text for each medium of the fields that a `labels_of` names, where the author gave none.

    An artifact is called by its axes (`look=dawn, take=1`), or by its node where it has none; a file of the project
    has no name in a key, and no label.
    """
    if isinstance(shape, Route):
        return values
    for native, field in shape.fields.items():
        sources = field.limits.get("labels_of")
        if isinstance(sources, list) and native not in values:
            labels = [_label(one) for source in sources for one in _media(values.get(str(source)))]
            if any(labels):
                values[native] = labels
    return values


def _media(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _label(one: object) -> str:
    if not isinstance(one, Artifact):
        return ""
    axes: Mapping[str, str] = one.axes or {}
    return ", ".join(f"{axis}={value}" for axis, value in axes.items()) or one.instance
