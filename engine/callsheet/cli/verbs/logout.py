"""`callsheet logout`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from callsheet.makers.remote.login import remove_token


def logout() -> None:
    """Remove the stored token.

    Example: callsheet logout
    """
    path = remove_token(os.environ, Path.home())
    sys.stdout.write("there was no stored token\n" if path is None else f"the token in {path} is removed\n")
    if os.environ.get("RUNCOMFY_TOKEN", "").strip():
        sys.stderr.write("callsheet: `RUNCOMFY_TOKEN` is still set\n")
