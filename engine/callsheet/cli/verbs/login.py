"""`callsheet login`."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from callsheet.makers.remote.login import store_token
from callsheet.makers.remote.token import Secret
from callsheet.problems import Problem, UsageFault


def login() -> None:
    """Store the token for the Model API, read from standard input.

    It is kept where the official client keeps it, readable by you alone. `RUNCOMFY_TOKEN` comes before it.

    Example: callsheet login < token.txt
    """
    text = getpass.getpass("token: ") if sys.stdin.isatty() else sys.stdin.read()
    if not text.strip():
        raise UsageFault(Problem("no-token", "there is no token on standard input", hint="callsheet login < token.txt"))
    path = store_token(Secret(text.strip()), os.environ, Path.home())
    sys.stdout.write(f"the token is stored in {path}\n")
    if os.environ.get("RUNCOMFY_TOKEN", "").strip():
        sys.stderr.write("callsheet: `RUNCOMFY_TOKEN` is set, and is used before it\n")
