"""Picks: which take was chosen of each instance, one line each in a file that git can merge by union."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.document.kept_file import alone_in, replace_file
from callsheet.document.names import is_id
from callsheet.document.source import read_source
from callsheet.problems import DataFault, Problem, SourceText, Span

HEADER = "# Which takes were chosen. `callsheet pick` writes one line an instance, so that git can merge by union."
VERSION = "callsheet-picks: 1"
_ENTRY = re.compile(r"(?P<of>[a-z][a-z0-9_.]*(\[[^\s\[\]]+\])?): (?P<record>\{.*\})")
_MERGE_MARKS = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_FIELDS = ("take", "key", "sha256", "note", "rejected")
_FORM = "a line is an instance and its pick, as `callsheet pick` writes them"


@dataclass(frozen=True, slots=True)
class Pick:
    """What a person said of one instance's takes. `take` is the chosen one, None where there are only marks; `key` and
    `sha256` are what it was made from and the digests of its files when it was chosen. `rejected`: take -> why."""

    take: str | None = None
    key: str | None = None
    sha256: tuple[str, ...] = ()
    note: str | None = None
    rejected: Mapping[str, str] = field(default_factory=dict)


def picks_path(pipeline: Path, *, simulated: bool) -> Path:
    """The picks file of a pipeline; what is picked among previews is kept apart."""
    return pipeline.with_name(f"{pipeline.stem}{'.preview' if simulated else ''}.picks.yaml")


def read_picks(path: Path, shown: str) -> Mapping[str, Pick]:
    """The picks by instance id without its take, sorted; none where there is no file. Raises a DataFault with every
    line that is none, and with every instance for which two lines say different things."""
    return _read(read_source(path, shown)) if path.exists() else {}


def change_picks(
    path: Path, change: Callable[[Mapping[str, Pick]], Mapping[str, Pick]], shown: str | None = None
) -> Mapping[str, Pick]:
    """Read the picks, change them and write them, so that of two people at once neither loses anything.

    The file is replaced as a whole, and removed where nothing is left to say. Gives back what it now says.
    """
    place, name = path.resolve(), shown or str(path)
    try:
        with alone_in(place.parent):
            before = read_picks(place, name)
            after = _sorted(change(before))
            if after != before:
                if after:
                    replace_file(place, picks_text(after).encode())
                else:
                    place.unlink(missing_ok=True)
    except OSError as error:
        raise DataFault(Problem("picks-unwritable", f"`{name}` can't be written: {error.strerror}")) from None
    return after


def picks_text(picks: Mapping[str, Pick]) -> str:
    """The file's text: a line an instance, sorted; the same picks give the same bytes."""
    lines = [f"{of}: {_record(pick)}" for of, pick in _sorted(picks).items()]
    return "\n".join([HEADER, VERSION, *lines]) + "\n"


def _sorted(picks: Mapping[str, Pick]) -> dict[str, Pick]:
    return {of: pick for of, pick in sorted(picks.items()) if pick.take is not None or pick.note or pick.rejected}


def _record(pick: Pick) -> str:
    """JSON that is YAML too: what YAML does not let stand in a quoted text is written as its number."""
    fields: dict[str, object] = {}
    if pick.take is not None:
        fields = {"take": pick.take, "key": pick.key, "sha256": list(pick.sha256)}
    if pick.note:
        fields["note"] = pick.note
    if pick.rejected:
        fields["rejected"] = dict(sorted(pick.rejected.items()))
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(fields, ensure_ascii=False))


def _read(source: SourceText) -> Mapping[str, Pick]:
    problems: list[Problem] = []
    found: dict[str, tuple[Pick, Span]] = {}
    versions = 0
    for number, line in enumerate(source.lines, 1):
        text = line.rstrip()
        if not text or text.startswith("#"):
            continue
        span = Span(source, number, 1, number, len(text) + 1)
        if _MERGE_MARKS.match(text):
            raise DataFault(_unmerged(source, span))
        if text == VERSION:
            versions += 1
            continue
        if text.startswith("callsheet-picks:"):
            hint = f"this version reads `{VERSION}`"
            raise DataFault(Problem("picks-version", "these picks were written by another version", span, hint=hint))
        entry = _ENTRY.fullmatch(text)
        pick = _pick(entry["record"]) if entry is not None else "this is no pick"
        if entry is None or isinstance(pick, str):
            problems.append(Problem("bad-pick", str(pick), span, hint=_FORM))
        elif entry["of"] in found and found[entry["of"]][0] != pick:
            problems.append(_twice(entry["of"], found[entry["of"]][1], span))
        else:
            found.setdefault(entry["of"], (pick, span))
    if not versions and not problems:
        start = Span(source, 1, 1, 1, 2)
        problems.append(Problem("picks-version", f"the line `{VERSION}` is missing", start, hint="put it at the top"))
    if problems:
        raise DataFault(problems)
    return dict(sorted((of, pick) for of, (pick, _) in found.items()))


def _unmerged(source: SourceText, span: Span) -> Problem:
    message = f"`{source.path}` holds the marks of a merge that nobody has settled"
    hint = "keep the lines of both sides, one an instance, and delete the marks; `*.picks.yaml merge=union` in"
    return Problem("unmerged-picks", message, span, hint=f"{hint} `.gitattributes` merges them by itself")


def _twice(of: str, first: Span, second: Span) -> Problem:
    message = f"`{of}` is picked twice, and differently: here and in line {first.line}"
    return Problem("picked-twice", message, second, hint="keep the line that you want, delete the other", also=(first,))


def _pick(record: str) -> Pick | str:
    """The pick that a line's record is, or what is wrong with it."""
    try:
        fields = json.loads(record, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return "the pick is no JSON mapping whose every name stands once"
    unknown = next((name for name in fields if name not in _FIELDS), None)
    if unknown is not None:
        return f"a pick has no field `{unknown[:40]}`"
    take, key, digests = fields.get("take"), fields.get("key"), fields.get("sha256", [])
    note, rejected = fields.get("note"), fields.get("rejected", {})
    if take is not None and not _is_take(take):
        return "`take` must be the id of a take, as text"
    if not (isinstance(digests, list) and all(map(_is_digest, digests)) and (key is None or _is_digest(key))):
        return "`key` and the texts in `sha256` must be 64 hexadecimal digits"
    if (take is None) != (key is None) or (take is None) != (not digests):
        return "`take`, `key` and `sha256` go together: a pick is of certain footage"
    if note is not None and not isinstance(note, str):
        return "`note` must be text"
    if not isinstance(rejected, dict) or not all(_is_take(one) and isinstance(rejected[one], str) for one in rejected):
        return "`rejected` must be a mapping from takes to texts"
    return Pick(take, key, tuple(digests), note, rejected)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _is_take(value: object) -> bool:
    return isinstance(value, str) and is_id(value)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
