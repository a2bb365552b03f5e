"""The options that several verbs share, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="FILE", help="The pipeline.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout and nothing else there.")]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="K=V", help="Set a parameter; may be repeated.", show_default=False),
]
ParamsFile = Annotated[
    Path | None,
    typer.Option("--params-file", metavar="F", help="Take parameters from a YAML file.", show_default=False),
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="Lay a profile of the file over it.", show_default=False),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="AXIS=ID[,ID]", help="Keep these ids of an axis alone; may be repeated.", show_default=False
    ),
]
Select = Annotated[
    str | None,
    typer.Option(
        "--select",
        metavar="EXPR",
        help="Do only this: `hero`, `hero[look=dawn]`, `+spot`, `tag:social`, `state:failed`.",
        show_default=False,
    ),
]
Exclude = Annotated[
    str | None,
    typer.Option("--exclude", metavar="EXPR", help="Take this away from the selection.", show_default=False),
]
Simulate = Annotated[bool, typer.Option("--simulate", help="Use the embedded simulator instead of the API: free.")]
Locked = Annotated[
    bool | None,
    typer.Option(
        "--locked/--no-locked",
        help="Fail where this would differ from the lock, and write none (with `CI` set, a paid run does).",
        show_default=False,
    ),
]
LockOption = Annotated[
    Path | None,
    typer.Option("--lock", metavar="FILE", help="Use this lock and no other.", show_default=False),
]
MaxInstances = Annotated[
    int | None,
    typer.Option("--max-instances", metavar="N", min=1, help="Allow this many instances.", show_default=False),
]
OutputDir = Annotated[
    Path | None,
    typer.Option(
        "--output-dir",
        metavar="DIR",
        help="Where outputs go (default: `renders/` beside the pipeline, `previews/` with --simulate).",
        show_default=False,
    ),
]
