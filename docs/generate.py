"""Writes the pages of the reference that callsheet knows best itself. `make docs` runs it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from textwrap import dedent

from callsheet.catalog.load import load_catalog
from callsheet.catalog.route import Field, Step
from callsheet.cli.dispatch import VERBS
from callsheet.cli.main import run
from callsheet.document.model import Document, Param
from callsheet.document.use import read_ready_made, ready_made
from callsheet.shipped import shipped

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


READY_MADE = """\
# Ready-made pipelines

Pipelines that ship with callsheet, to be used by yours: `use: callsheet:NAME`, with values for the params in `with`.
What is under "to take" is taken as `nodes.YOURS.NAME`; your `defaults` (`resolution: 720p`) reach into them. How it
works is in [the language](language.md#pipelines-that-use-pipelines), and [how to build a campaign from
parts](../how-to/build-from-parts.md) builds with them.

This page is made from `pipelines/`; `make docs` writes it.
"""


def pages() -> Mapping[Path, str]:
    """Each page's file and its whole text."""
    commands = [_command("callsheet", []), *(_command(f"callsheet {verb}", [verb]) for verb in VERBS)]
    return {
        REFERENCE / "command-line.md": "\n".join([COMMANDS, *commands]),
        REFERENCE / "steps.md": "\n".join([STEPS, *map(_step, load_catalog().steps())]),
        REFERENCE / "ready-made.md": "\n".join([READY_MADE, *map(_ready_made, ready_made())]),
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


def _ready_made(name: str) -> str:
    """A pipeline's purpose, the use of it that stands in its head, its params, outputs and nodes."""
    document = read_ready_made(name)
    head = (shipped("pipelines") / f"{name}.yaml").read_text(encoding="utf-8").partition("callsheet: 1")[0]
    told = [line.removeprefix("#").removeprefix(" ") for line in head.splitlines()[1:]]
    example = dedent("\n".join(line for line in told if line.startswith("  ")))
    params = [
        f"| `{one.name}` | {_values(one)} | {_param_default(one, document)} | {_sentence(one.description or '')} |"
        for one in document.params.values()
    ]
    outputs = [f"| `{output}` | {_cell_text(str(item.value))} |" for output, item in document.outputs.items()]
    nodes = [
        f"| `{node.name}` | {node.maker} `{node.made_by.value}` | {_sentence(node.description or '')} |"
        for node in document.nodes.values()
    ]
    return "\n".join(
        [
            f"## {name}\n\n{document.description}\n\n```text\n{example}\n```\n",
            "| with | takes | default | |\n|---|---|---|---|",
            *params,
            "\n| to take | what it is |\n|---|---|",
            *outputs,
            "\n| made inside | by | |\n|---|---|---|",
            *nodes,
            "",
        ]
    )


def _values(param: Param) -> str:
    if param.enum:
        return ", ".join(f"`{value}`" for value in param.enum)
    edges = [f"{edge:g}" for edge in (param.minimum, param.maximum) if edge is not None]
    return f"{param.type}, {' to '.join(edges)}" if len(edges) == 2 else param.type


def _param_default(param: Param, document: Document) -> str:
    if param.name in document.unset:
        return "required"
    return "" if param.default in (None, "") else f"`{param.default}`"


def _sentence(text: str) -> str:
    return _cell_text(text if text.endswith(".") or not text else text + ".")


def _cell_text(text: str) -> str:
    return f"`{text}`" if text.startswith("{{") else text.replace("|", "\\|")


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
