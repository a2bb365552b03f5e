"""Finds the verb, imports it alone, and turns what comes of it into output and an exit code."""

from __future__ import annotations

import errno
import gc
import json
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.exceptions import TyperException

from callsheet.cli.problem_list import problem_record
from callsheet.problems import CallsheetError

VERBS: Mapping[str, str] = {
    "demo": "Write the example campaign and render it on the embedded simulator: no account, no network.",
    "init": "Start a new project: a small pipeline, `.gitignore`, `callsheet.toml`.",
    "validate": "Check everything that can be checked without spending.",
    "plan": "Show what a run would do to each instance and why, with cost; submit nothing.",
    "run": "Do what the plan says.",
    "explain": "Show why one instance would run, what changed, and the exact request.",
    "lock": "Write the lock: what the campaign is made of, for another machine and another year.",
    "reseed": "Draw new seeds on purpose.",
    "pick": "Record which take was chosen.",
    "status": "List the requests in flight.",
    "cancel": "Cancel what is queued.",
    "resolve": "Settle a submit of which it is not known whether it was taken.",
    "verify": "Hold lock, journal, store, outputs and assets against each other.",
    "graph": "Draw the pipeline's graph.",
    "timeline": "Draw who waited for what in the last run.",
    "gallery": "Write a page of what was made.",
    "review": "Serve that page on this machine, to choose takes and to watch a run.",
    "routes": "List the routes, show one in full, or fetch models of the API.",
    "intents": "List the intents, or rank routes for a sentence.",
    "steps": "List the local steps, or show one in full.",
    "cache": "Look at the artifact store, verify it, clear it up, and share it.",
    "simulate": "Serve the simulated Model API.",
    "login": "Store the token, read from standard input.",
    "logout": "Remove the stored token.",
    "schema": "Print the JSON Schema of the pipeline language, for editors.",
}
INTRODUCTION = (
    "Campaigns for hosted generative models as a YAML file in git: planned, rendered once, never paid for twice."
)
USAGE, UNUSABLE, BUG, FULL, INTERRUPTED = 64, 65, 70, 75, 130


def dispatch(words: Sequence[str]) -> int:
    """Run the command that `words` name; returns its exit code."""
    gc.disable()  # until a run begins: reading and planning make many objects and few cycles
    verb = words[0] if words and words[0] in VERBS else None
    try:
        result = _application(verb)(args=list(words) or ["--help"], prog_name="callsheet", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except TyperException as error:
        sys.stderr.write(f"callsheet: {_usage_text(error)}\n")
        sys.stderr.write(f"try `callsheet {verb + ' ' if verb else ''}--help`\n")
        return USAGE
    except CallsheetError as error:
        _tell(error, as_json="--json" in words)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("callsheet: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        place = f"`{error.filename}`: " if error.filename else ""
        sys.stderr.write(f"callsheet: {place}{error.strerror or error}\n")
        return FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else UNUSABLE
    except Exception:
        traceback.print_exc()
        sys.stderr.write(
            "callsheet: this is a bug of ours; nothing more is submitted. Please report it with the lines above\n"
        )
        return BUG


def _application(verb: str | None) -> typer.Typer:
    """An application with the one verb that is asked for, or with all of them by name and summary alone."""
    application = typer.Typer(
        name="callsheet", help=INTRODUCTION, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    application.callback()(_version)
    if verb is not None:
        command: Callable[..., Any] = getattr(import_module(f"callsheet.cli.verbs.{verb}"), verb)
        application.command(verb, help=_help(verb, command))(command)
        return application
    for name, summary in VERBS.items():
        application.command(name, help=summary)(_listed)
    return application


def _help(verb: str, command: Callable[..., Any]) -> str:
    return command.__doc__ or VERBS[verb]


def _version(
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    """What the application itself takes."""


def _listed() -> None:
    """Stands for a verb in the list of all."""


def _usage_text(error: TyperException) -> str:
    text = getattr(error, "format_message", lambda: str(error))()
    return text[:1].lower() + text[1:].rstrip(".")


def _tell(error: CallsheetError, *, as_json: bool) -> None:
    for problem in error.problems:
        sys.stderr.write(f"{problem}\n")
    errors = sum(problem.severity == "error" for problem in error.problems)
    if errors > 1:
        sys.stderr.write(f"{errors} errors\n")
    if as_json:
        record = {"problems": [problem_record(problem) for problem in error.problems], "exit_code": error.exit_code}
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
