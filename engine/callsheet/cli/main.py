"""The `callsheet` command. Answers `--version` before anything is imported; else hands over to the dispatcher."""

from __future__ import annotations

import sys

from callsheet import __version__


def main() -> None:
    """Entry point: runs the command line's words and ends with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command; returns the exit code."""
    if words == ["--version"]:
        sys.stdout.write(f"callsheet {__version__}\n")
        return 0
    from callsheet.cli.dispatch import dispatch

    return dispatch(words)


if __name__ == "__main__":
    main()
