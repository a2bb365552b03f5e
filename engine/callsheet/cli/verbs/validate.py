"""`callsheet validate`."""

from __future__ import annotations

import json as json_format
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from callsheet.catalog.load import Catalog
from callsheet.cli.catalogue import catalogue_of
from callsheet.cli.options import Json, MaxInstances, Params, ParamsFile, Profile
from callsheet.cli.planning import Asked, make
from callsheet.cli.problem_list import problem_record
from callsheet.cli.project import find_project
from callsheet.problems import CallsheetError, Problem

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="The pipelines.", show_default=False)]


def validate(
    files: Files,
    param: Params = None,
    params_file: ParamsFile = None,
    profile: Profile = None,
    max_instances: MaxInstances = None,
    json: Json = False,
) -> None:
    """Check everything that can be checked without spending; for editors, pre-commit and CI.

    Example: callsheet validate campaigns/*.yaml --json
    """
    problems: list[Problem] = []
    exit_code = 0
    catalogs: dict[Path, Catalog] = {}
    for file in files:
        asked = Asked(file, param or (), params_file, profile, max_instances=max_instances)
        found, code = _problems(asked, catalogs)
        problems += found
        exit_code = max(exit_code, code)
    errors = sum(problem.severity == "error" for problem in problems)
    if json:
        record = {"files": [str(file) for file in files], "problems": [problem_record(one) for one in problems]}
        sys.stdout.write(json_format.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        for problem in problems:
            sys.stderr.write(f"{problem}\n")
        sys.stdout.write(_summary(len(files), errors, len(problems) - errors) + "\n")
    raise typer.Exit(exit_code)


def _problems(asked: Asked, catalogs: dict[Path, Catalog]) -> tuple[list[Problem], int]:
    try:
        project = find_project(asked.file, os.environ)
        plan = make(asked, catalogs.setdefault(project.root, catalogue_of(project))).plan
    except CallsheetError as error:
        return list(error.problems), error.exit_code
    found = list(plan.warnings)
    for job in plan.jobs:
        found += [Problem("advice", text, job.span, severity="warning", instance=job.id) for text in job.warnings]
    return found, 0


def _summary(files: int, errors: int, warnings: int) -> str:
    checked = f"{files} file{'s' if files != 1 else ''} checked"
    said = [
        f"{count} {what}{'s' if count != 1 else ''}"
        for count, what in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return f"{checked}: {', '.join(said) or 'no problems'}"
