"""The token for the Model API, or a fault that says how to come by one."""

from __future__ import annotations

import os
from pathlib import Path

from callsheet.makers.remote.token import Secret, find_token
from callsheet.problems import AccessFault, Problem


def the_token(otherwise: str = "try it free with `--simulate`") -> Secret:
    """The token; an AccessFault (77) where there is none, which offers `otherwise`."""
    token = find_token(os.environ, Path.home())
    if token is None:
        hint = f"set `RUNCOMFY_TOKEN`, use `callsheet login`, or {otherwise}"
        raise AccessFault(Problem("no-token", "there is no token for the Model API", hint=hint))
    return token
