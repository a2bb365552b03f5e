"""What the stream that is written to can show."""

from __future__ import annotations

import os
from typing import TextIO


def has_color(stream: TextIO) -> bool:
    """Colour only on a terminal, and not where `NO_COLOR` is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
