"""The token's file: written whole, for its owner alone, and removed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from callsheet.makers.outcome import problem
from callsheet.makers.remote.token import Secret, token_file
from callsheet.problems import AccessFault


def store_token(token: Secret, environ: Mapping[str, str], home: Path) -> Path:
    """Write the token (mode 0600) where the official client keeps its own, and return the path.

    The old file stands until the new one is whole. An AccessFault (77) where it can't be written.
    """
    path = token_file(environ, home)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump({"access_token": token.reveal()}, file)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def remove_token(environ: Mapping[str, str], home: Path) -> Path | None:
    """Remove the stored token and return where it was; None where there was none. Raises an AccessFault (77)."""
    path = token_file(environ, home)
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> AccessFault:
    return AccessFault(
        problem("token-file-unwritable", f"`{path}` can't be written: {error.strerror}", "set `RUNCOMFY_TOKEN` instead")
    )
