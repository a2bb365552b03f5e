"""Writes the pages of the reference that callsheet knows best itself: commands and steps. `make docs` runs it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path

from callsheet.catalog.load import load_catalog
from callsheet.catalog.route import Field, Step
from callsheet.cli.dispatch import VERBS
from callsheet.cli.main import run

REFERENCE = Path(__file__).parent / "reference"
COMMANDS = """\
# The command line

`callsheet COMMAND FILE [options]`. Results go to stdout, everything else to stderr. With `--json` one JSON document
goes to stdout, and nothing else. What a command ends with is in [exit codes](exit-codes.md).

This page is what `--help` prints; `make docs` writes it.
"""
STEPS = """\
# Steps

Work done on this machine, free of charge. A step is a node like any other: `step: NAME`, with these fields in `input`.
Media are paths or artifacts of other nodes. A step's version is part of its key, so that a step that learns something
new renders nothing again unless its results change.

`callsheet steps NAME` shows the same. This page is made from `schemas/steps/`; `make docs` writes it.
"""


def pages() -> Mapping[Path, str]:
    """Each page's file and its whole text."""
    commands = [_command("callsheet", []), *(_command(f"callsheet {verb}", [verb]) for verb in VERBS)]
    return {
        REFERENCE / "command-line.md": "\n".join([COMMANDS, *commands]),
        REFERENCE / "steps.md": "\n".join([STEPS, *map(_step, load_catalog().steps())]),
    }


def _command(title: str, words: list[str]) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        run([*words, "--help"])
    lines = [line.rstrip() for line in printed.getvalue().strip().splitlines()]
    return f"## {title}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def _step(step: Step) -> str:
    rows = [
        f"| `{name}` | {_takes(field)} | {_default(field)} | {_cell(field)} |" for name, field in step.fields.items()
    ]
    head = f"## {step.name}\n\n{step.title}. Makes {step.makes}; version {step.version}.\n\n{step.description}\n"
    return "\n".join([head, "| field | takes | default | |", "|---|---|---|---|", *rows, ""])


def _takes(field: Field) -> str:
    if field.media is not None:
        return f"{field.media}s" if field.many and field.media != "audio" else field.media
    if field.enum:
        return ", ".join(f"`{value}`" for value in field.enum)
    edges = [f"{edge:g}" for edge in (field.minimum, field.maximum) if edge is not None]
    return f"{field.type}, {' to '.join(edges)}" if len(edges) == 2 else field.type


def _default(field: Field) -> str:
    if field.required:
        return "required"
    return f"`{json.dumps(field.default, ensure_ascii=False)}`" if field.has_default else ""


def _cell(field: Field) -> str:
    text = (field.description or field.title).replace("|", "\\|").replace("\n", " ")
    return text if text.endswith(".") else text + "."


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
