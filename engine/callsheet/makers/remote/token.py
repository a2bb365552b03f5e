"""The token: where it is found, and a wrapping that never shows it."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from callsheet.makers.outcome import problem
from callsheet.problems import AccessFault

_HIDDEN: Final = "[token]"


class Secret:
    """A text that is shown nowhere: its repr and str hide it, and only `reveal` gives it out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise AccessFault(
                problem("token-unusable", "the token holds characters that no token has", "copy it anew, on one line")
            )
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one header that carries it."""
        return self._text

    def hide_in(self, text: str) -> str:
        """`text` with the secret blotted out wherever it stands."""
        return text.replace(self._text, _HIDDEN)

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


def find_token(environ: Mapping[str, str], home: Path) -> Secret | None:
    """The token in `RUNCOMFY_TOKEN`, else in the official client's file, else None.

    A file that others can read, or that is no such file, is an AccessFault (77).
    """
    given = environ.get("RUNCOMFY_TOKEN", "").strip()
    if given:
        return Secret(given)
    path = token_file(environ, home)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise AccessFault(
                problem("token-file-open", f"`{path}` holds a token and others can read it", f"`chmod 600 {path}`")
            )
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AccessFault(problem("token-file-unreadable", f"`{path}` can't be read: {error.strerror}")) from error


def token_file(environ: Mapping[str, str], home: Path) -> Path:
    """Where the official client keeps its token."""
    own = environ.get("RUNCOMFY_CONFIG_DIR")
    if own:
        return Path(own) / "token.json"
    shared = environ.get("XDG_CONFIG_HOME")
    return (Path(shared) if shared else home / ".config") / "runcomfy" / "token.json"


def _read(path: Path) -> Secret:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None
    token = content.get("access_token") if isinstance(content, dict) else None
    if not isinstance(token, str) or not token.strip():
        raise AccessFault(
            problem(
                "token-file-malformed", f"`{path}` holds no `access_token`", "log in again, or set `RUNCOMFY_TOKEN`"
            )
        )
    return Secret(token.strip())
