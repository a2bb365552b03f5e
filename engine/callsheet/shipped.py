"""Where the data that ships with callsheet lies: `schemas/`, `pipelines/` and `examples/`, in a wheel or in a clone."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """The folder `schemas`, `pipelines` or `examples`: inside an installed wheel, else at the top of the clone."""
    data = _PACKAGE / "_data"
    return (data if data.is_dir() else _PACKAGE.parent.parent) / folder
