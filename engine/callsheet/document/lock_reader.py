"""Reads lock files: fast where all is well, line by line where something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_args

from callsheet.document.lock import Lock, LockedAsset, LockedInstance, LockedRoute, Origin
from callsheet.document.lock_file import ASSET, FACTS, INTENT, ROUTE, VERSION
from callsheet.media.info import MEDIA_KINDS, MediaInfo, Output, OutputKind
from callsheet.problems import DataFault, Problem, SourceText, Span, did_you_mean

_Value = TypeVar("_Value")
MOST_TOLD = 20
_DIGEST = re.compile("[0-9a-f]{64}")
_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})( |$)|={7}$")
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*"): ')
_INSTANCE = frozenset(("route", "step", "intent", "seed", "from", "salt", "key", "outputs"))
_DERIVED = frozenset(("root", "name", "take", "vary", "draw"))
_OUTPUT = ("name", "kind", "sha256", "bytes", "media_type")
_OUTPUT_KEYS = frozenset(_OUTPUT)
_KINDS = frozenset(get_args(OutputKind))


class _Wrong(ValueError):
    """What is wrong with a record."""


def read_lock(path: Path, shown: str) -> Lock | None:
    """The lock in a file, shown in messages as `shown`; None where there is no such file.

    Raises a DataFault with each line that is wrong.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise DataFault(Problem("lock-unreadable", f"the lock `{shown}` is no UTF-8 text")) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataFault(Problem("lock-unreadable", f"the lock `{shown}` can't be read: {reason}")) from None
    return _Reading(SourceText(shown, text)).lock()


class _Reading:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}
        self.provider: str | None = None
        self.version = False
        self.assets: dict[str, LockedAsset] = {}
        self.intents: dict[str, str] = {}
        self.routes: dict[str, LockedRoute] = {}
        self.instances: dict[str, LockedInstance] = {}
        self._origins: dict[tuple[object, ...], Origin] = {}

    def lock(self) -> Lock:
        numbers, names, values = self._lines()
        for number, name, record in zip(numbers, names, self._records(numbers, values), strict=True):
            if record is not None:
                self._take(number, name, record)
        if not self.version and not self.problems:
            self._add(1, "lock-malformed", f"this is no lock: it must begin with `callsheet-lock: {VERSION}`")
        if self.provider is None and not self.problems:
            self._add(1, "lock-malformed", "this lock says nothing of its `provider`")
        if self.problems:
            raise DataFault(self._told())
        return Lock(self.provider or "", self.assets, self.intents, self.routes, self.instances)

    def _lines(self) -> tuple[list[int], list[str], list[str]]:
        """The lines that hold records, each name with its value; blank lines and comments are passed over."""
        numbers, names, values = [], [], []
        for number, line in enumerate(self.source.text.split("\n"), 1):
            if not line or line[0] == "#" or line == "\r":
                continue
            quoted = _QUOTED.match(line) if line[0] == '"' else None
            name, colon, value = line.partition(": ") if quoted is None else (quoted[1], ": ", line[quoted.end() :])
            if colon:
                numbers.append(number)
                names.append(name)
                values.append(value)
            elif _CONFLICT.match(line.rstrip("\r")):
                hint = (
                    "keep the lines of both sides and remove git's own, then run `callsheet lock`; with"
                    " `*.lock.yaml merge=union` in `.gitattributes` git does so itself"
                )
                raise DataFault(Problem("lock-conflict", "git left a conflict here", self._span(number), hint=hint))
            else:
                self._add(number, "lock-malformed", "this line is no record: a name, `: `, and a record in braces")
        return numbers, names, values

    def _records(self, numbers: list[int], values: list[str]) -> Iterable[Any]:
        """The values of all lines, read in one go; one by one where that fails. None stands for one that is wrong."""
        try:
            records = json.loads("[" + ",\n".join(values) + "]", parse_constant=_refuse)
        except (ValueError, RecursionError):
            records = []
        return (
            records
            if len(records) == len(values)
            else [self._record(*one) for one in zip(numbers, values, strict=True)]
        )

    def _record(self, number: int, value: str) -> Any:
        try:
            return json.loads(value, parse_constant=_refuse)
        except (ValueError, RecursionError):
            self._add(number, "lock-malformed", "what stands after the name is not in the form of JSON")
            return None

    def _take(self, number: int, name: str, record: Any) -> None:
        if name in self.seen:
            self._twice(number, name)
            return
        self.seen[name] = number
        try:
            if name[0] != '"':
                self._plain(name, record)
            else:
                self._quoted(json.loads(name), record)
        except _Wrong as wrong:
            self._add(number, "lock-malformed", str(wrong))
        except ValueError:
            self._add(number, "lock-malformed", "the name is not in the form of JSON")

    def _plain(self, name: str, record: Any) -> None:
        if name == "callsheet-lock":
            if record != VERSION or isinstance(record, bool):
                raise _Wrong(f"this lock is of version {record}, and this callsheet reads version {VERSION}")
            self.version = True
        elif name == "provider":
            self.provider = _text(record, "provider")
        else:
            self.instances[name] = self._instance(_mapping(record, "a record"))

    def _quoted(self, name: str, record: Any) -> None:
        kind, _, about = name.partition(":")
        given = _mapping(record, "a record")
        if kind + ":" == ASSET:
            self.assets[about] = _asset(given)
        elif kind + ":" == INTENT:
            _only(given, ("route",))
            self.intents[about] = _text(given.get("route"), "route")
        elif kind + ":" == ROUTE:
            _only(given, ("schema", "defaults"))
            self.routes[about] = LockedRoute(
                _digest(given.get("schema"), "schema"), _mapping(given.get("defaults"), "`defaults`")
            )
        else:
            raise _Wrong(f"there are no records of `{name}`: they begin with `{ASSET}`, `{INTENT}` or `{ROUTE}`")

    def _instance(self, given: Mapping[str, Any]) -> LockedInstance:
        if not given.keys() <= _INSTANCE:
            _only(given, sorted(_INSTANCE))
        kind = "route" if "route" in given else "step"
        made_by, intent, seed, salt, key = map(given.get, (kind, "intent", "seed", "salt", "key"))
        if "route" in given and "step" in given:
            raise _Wrong("an instance is made by a `route` or by a `step`, and not by both")
        if seed is not None and (type(seed) is not int or seed < 1):
            raise _Wrong("`seed` must be a whole number from 1")
        return LockedInstance(
            "route" if kind == "route" else "step",
            _text(made_by, kind),
            None if intent is None else _text(intent, "intent"),
            seed,
            self._origin(given["from"]) if "from" in given else None,
            None if salt is None else _text(salt, "salt"),
            None if key is None else _digest(key, "key"),
            tuple(_output(one) for one in _list(given["outputs"], "outputs")) if "outputs" in given else (),
        )

    def _origin(self, given: Any) -> Origin:
        """An origin; most are the same as that of an instance before."""
        if given.__class__ is not dict:
            raise _Wrong("`from` must be in braces")
        if "pin" in given:
            _only(given, ("pin",))
            return Origin(pin=_whole(given["pin"], "pin"))
        if not given.keys() <= _DERIVED:
            _only(given, ("pin", *sorted(_DERIVED)))
        vary = given.get("vary")
        about = (given.get("root"), given.get("name"), given.get("take"), given.get("draw"))
        if vary is None and about in self._origins:
            return self._origins[about]
        pairs = (
            () if vary is None else tuple((axis, _text(one, "vary")) for axis, one in _mapping(vary, "`vary`").items())
        )
        origin = Origin(
            None,
            _whole(about[0], "root"),
            _text(about[1], "name"),
            _text(about[2], "take"),
            pairs,
            0 if about[3] is None else _whole(about[3], "draw"),
        )
        if vary is None:
            self._origins[about] = origin
        return origin

    def _twice(self, number: int, name: str) -> None:
        """The same record twice is what a merge leaves; two different ones are for a person to choose from."""
        first = self.source.line(self.seen[name])
        if first == self.source.line(number):
            return
        shown = json.loads(name) if name[0] == '"' else name
        self._add(
            number,
            "lock-duplicate",
            f"`{shown}` stands here a second time, and differently: two branches changed it, each in its own way",
            "keep the line that is right and remove the other, or remove both and run `callsheet lock`",
            also=(self._span(self.seen[name]),),
        )

    def _add(self, number: int, code: str, message: str, hint: str | None = None, also: tuple[Span, ...] = ()) -> None:
        self.problems.append(Problem(code, message, self._span(number), hint=hint, also=also))

    def _span(self, number: int) -> Span:
        return Span(self.source, number, 1, number, len(self.source.line(number)) + 1)

    def _told(self) -> Iterator[Problem]:
        found = sorted(self.problems, key=lambda one: one.span.line if one.span else 0)
        yield from found[:MOST_TOLD]
        if len(found) > MOST_TOLD:
            yield Problem("lock-malformed", f"and {len(found) - MOST_TOLD:,} more lines of this lock are wrong")


def _asset(given: Mapping[str, Any]) -> LockedAsset:
    _only(given, ("sha256", *FACTS))
    sha256 = _digest(given.get("sha256"), "sha256")
    if len(given) == 1:
        return LockedAsset(sha256)
    kind = given.get("kind")
    if kind not in MEDIA_KINDS:
        raise _Wrong("`kind` must be `image`, `video` or `audio`")
    return LockedAsset(
        sha256,
        MediaInfo(
            kind,
            _text(given.get("media_type"), "media_type"),
            _whole(given.get("bytes"), "bytes"),
            sha256,
            _maybe(_whole, given, "width"),
            _maybe(_whole, given, "height"),
            _maybe(_number, given, "seconds"),
            _maybe(_text, given, "codec"),
            given.get("has_audio") is True,
        ),
    )


def _output(given: Any) -> Output:
    record = _mapping(given, "an output")
    if record.keys() != _OUTPUT_KEYS:
        _only(record, _OUTPUT)
        missing = next(name for name in _OUTPUT if name not in record)
        raise _Wrong(f"an output lacks `{missing}`")
    if record["kind"] not in _KINDS:
        raise _Wrong("`kind` must be `image`, `video`, `audio` or `data`")
    return Output(
        _text(record["name"], "name"),
        record["kind"],
        _digest(record["sha256"], "sha256"),
        _whole(record["bytes"], "bytes"),
        _text(record["media_type"], "media_type"),
    )


def _only(given: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise _Wrong(f"there is no `{name}` here; {did_you_mean(name, known)}")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if value.__class__ is not dict:
        raise _Wrong(f"{what} must be in braces")
    found: dict[str, Any] = value
    return found


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(f"`{name}` must be a list")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise _Wrong(f"`{name}` must be a text")
    return value


def _whole(value: Any, name: str) -> int:
    if type(value) is not int or value < 0:
        raise _Wrong(f"`{name}` must be a whole number")
    return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong(f"`{name}` must be a number")
    return value


def _maybe(reader: Callable[[Any, str], _Value], given: Mapping[str, Any], name: str) -> _Value | None:
    return None if given.get(name) is None else reader(given[name], name)


def _digest(value: Any, name: str) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _Wrong(f"`{name}` must be 64 hexadecimal digits")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
