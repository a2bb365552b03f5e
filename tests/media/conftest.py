"""Real media files, made by ffmpeg and Pillow."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

Ffmpeg = Callable[..., Path]


@pytest.fixture
def ffmpeg(tmp_path: Path) -> Ffmpeg:
    """Runs ffmpeg with these arguments and gives the file it made, which is named first."""

    def run(name: str, *arguments: str) -> Path:
        made = tmp_path / name
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments, str(made)]
        subprocess.run(command, check=True, timeout=60)
        return made

    return run
