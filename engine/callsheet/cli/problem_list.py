"""Problems as JSON, for editors, CI and agents."""

from __future__ import annotations

from callsheet.problems import Fix, Problem, Span


def problem_record(problem: Problem) -> dict[str, object]:
    """One problem: a stable code, its place (lines and columns from 1, the end exclusive), the fix as an edit, and the
    further places that have to do with it."""
    record: dict[str, object] = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": None,
        "line": None,
        "column": None,
        "end_line": None,
        "end_column": None,
        "instance": problem.instance,
        "hint": problem.hint,
        "fix": _fix(problem.fix),
        "also": [_place(span) for span in problem.also],
    }
    return record | (_place(problem.span) if problem.span else {})


def _place(span: Span) -> dict[str, object]:
    return {
        "file": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _fix(fix: Fix | None) -> dict[str, object] | None:
    return None if fix is None else {**_place(fix.span), "text": fix.text}
