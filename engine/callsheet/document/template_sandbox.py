"""Jinja2 with everything taken away that isn't data: a template becomes a function of its scope.

Every operation in a compiled template (a name looked up, an operator, a filter, a loop's list, a printed value) is one
of ours, so that no attribute of a Python object can be reached and nothing does unbounded work.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from callsheet.document.record import NOTHING, Absent, Lookup, Misuse, Record, TemplateFunction, printed, sort_of
from callsheet.document.template_functions import FILTERS, TESTS, TEXT_METHODS, Function, invoked
from callsheet.document.template_work import Work, add, arithmetic, compare, concat, cut, each, negative, positive
from callsheet.media.info import Artifact, LocalFile, MediaInfo, RemoteFile
from callsheet.problems import did_you_mean

_LOOP_FIELDS = ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth")
_MEDIA_FIELDS = ("kind", "width", "height", "seconds")


class Missing(StrictUndefined):
    """What has no value; any use of it but by `default` and `is defined` raises its fault."""

    __slots__ = ("fault",)

    def __init__(self, hint: str | None = None, name: str | None = None, fault: Misuse | None = None) -> None:
        super().__init__(hint, name=name)
        self.fault = fault or Misuse("unknown-name", f"`{name}` is not known here", needle=name)

    def _refuse(self, *_: object) -> Any:
        raise self.fault

    __bool__ = __str__ = __len__ = __iter__ = __hash__ = __eq__ = __ne__ = __contains__ = _refuse


class Scope(Context):
    """The names of one rendering, what it has done, and the value that a whole-value template made."""

    work: Work
    value: object = None

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        return _missing(found, key) if found.__class__ is Absent else found


def render(template: Callable[[Context], Any], names: Mapping[str, object]) -> tuple[str, object]:
    """Run a compiled template: the text it printed, and the value of a whole-value template. Raises Misuse."""
    scope = Scope(SANDBOX, cast(dict[str, Any], names), None, {})
    scope.work = Work()
    try:
        text = "".join(template(scope))
        scope.work.text(len(text))
        return text, scope.value
    except RecursionError:
        raise Misuse("template-bounds", "the template is nested too deeply") from None
    except Misuse as fault:
        if fault.code == "unknown-name" and fault.needle and not fault.hint:
            fault.hint = did_you_mean(fault.needle, names)
        raise


def compiled(tree: nodes.Template) -> Callable[[Context], Any]:
    """The function of a rewritten tree. Raises Misuse where it is nested more deeply than can be compiled."""
    try:
        return SANDBOX.from_string(tree).root_render_func
    except (RecursionError, MemoryError, SyntaxError):
        raise Misuse("template-bounds", "the template is nested too deeply") from None


def _missing(absent: Any, path: str | None) -> Missing:
    return Missing(name=path, fault=Misuse(absent.code, absent.message, absent.hint, path))


def _operation(function: Function, *, tolerant: bool = False) -> Callable[..., object]:
    """A function of ours as Jinja calls it. Missing values stop before it, unless it is tolerant of them."""

    @functools.wraps(function)
    def operate(scope: Scope, /, *args: Any, **kwargs: Any) -> object:
        if not tolerant:
            for arg in (*args, *kwargs.values()):
                if arg.__class__ is Missing:
                    raise arg.fault
        result = function(scope.work, *args, **kwargs)
        return _missing(result, None) if result.__class__ is Absent else result

    return pass_context(operate)


@pass_context
def _get(scope: Scope, value: Any, key: str, owner: str | None) -> object:
    """`value.key`: a record's own key, what a look-up answers, an entry of a mapping, a method of a text."""
    if value.__class__ is str:
        if key in TEXT_METHODS:
            return TemplateFunction(key, functools.partial(TEXT_METHODS[key], scope.work, value))
        path = f"{owner}.{key}" if owner else key
        return _missing(Absent(f"text has no `{key}`", None, "unknown-field"), path)
    return _entry(value, key, owner)


@pass_context
def _item(scope: Scope, value: Any, key: Any, owner: str | None) -> object:
    """`value[key]`: an element of a list or a text by number, or what `value.key` is but for methods."""
    if key.__class__ is Missing:
        raise key.fault
    if isinstance(key, Record):
        key = printed(key)
    if isinstance(key, str):
        return _entry(value, key, owner)
    if value.__class__ is Missing:
        raise value.fault
    if not isinstance(key, int) or isinstance(key, bool) or not isinstance(value, list | tuple | str):
        raise Misuse("template-type", f"{_called(owner, value)} can't be asked for {sort_of(key)}", None, owner)
    if -len(value) <= key < len(value):
        return value[key]
    return _missing(
        Absent(f"{_called(owner, value)} has {len(value)} items, so none at {key}", None, "undefined"), owner
    )


def _entry(value: Any, key: str, owner: str | None) -> object:
    if value.__class__ is Missing:
        raise value.fault
    path = f"{owner}.{key}" if owner else key
    if value.__class__ is Record:
        found = value.look_up(key)
        if value.id is None and found.__class__ is Absent:
            found = _own(value.fields, key, owner, value)
    elif isinstance(value, Mapping):
        found = _own(value, key, owner, value)
    elif isinstance(value, Lookup):
        found = _located(value.look_up, path, key)
    else:
        found = _own(_facts(value), key, owner, value)
    return _missing(found, path) if found.__class__ is Absent else found


def _located(function: Callable[..., object], path: str | None, *args: object, **kwargs: object) -> object:
    """What the function gives; a refusal that doesn't say where in the template it stands points at `path`."""
    try:
        return function(*args, **kwargs)
    except Misuse as fault:
        fault.needle = fault.needle or path
        raise


def _own(fields: Mapping[str, object], key: str, owner: str | None, value: object) -> object:
    if key in fields:
        return fields[key]
    hint = did_you_mean(key, fields) if fields else None
    return Absent(f"{_called(owner, value)} has no field `{key}`", hint, "unknown-field")


def _facts(value: object) -> Mapping[str, object]:
    """What can be asked of the few objects that aren't data: a loop, media's facts, a gathered item's axes."""
    if isinstance(value, LoopContext):
        return {name: getattr(value, name) for name in _LOOP_FIELDS}
    if isinstance(value, MediaInfo):
        return {name: getattr(value, name) for name in _MEDIA_FIELDS}
    if isinstance(value, Artifact):
        return {"axes": dict(value.axes or {})}
    return {}


def _called(path: str | None, value: object) -> str:
    return f"`{path}`" if path else sort_of(value)


@pass_context
def _call(scope: Scope, target: Any, path: str | None, /, *args: Any, **kwargs: Any) -> object:
    for value in (target, *args, *kwargs.values()):
        if value.__class__ is Missing:
            raise value.fault
    scope.work.charge(1)
    if target is NOTHING:
        return target
    if not isinstance(target, TemplateFunction):
        raise Misuse("template-type", f"{_called(path, target)} is not a function", None, path)
    found = _located(invoked, path, target.call, target.name, *args, **kwargs)
    return _missing(found, path) if isinstance(found, Absent) else found


@pass_context
def _some(scope: Scope, value: Any) -> object:
    if value.__class__ is Missing:
        raise value.fault
    return value


def _print(work: Work, value: object, path: str | None) -> str:
    text = printed(value, path)
    work.text(len(text))
    return text


@pass_context
def _whole(scope: Scope, value: object, path: str | None) -> str:
    scope.value = _plain(scope.work, value, path)
    return ""


def _plain(work: Work, value: Any, path: str | None) -> object:
    """A value as the engine takes it: scalars, media, lists and dicts; a record becomes its value, else its id."""
    work.charge(1)
    if value is None or isinstance(value, str | int | float | Artifact | LocalFile | RemoteFile):
        return value
    if value is NOTHING:
        return None
    if value.__class__ is Missing:
        raise value.fault
    if isinstance(value, Record) and value.id is not None:
        return value.id if value.value is None else value.value
    if isinstance(value, Record | Mapping):
        fields = value.fields if isinstance(value, Record) else value
        return {key: _plain(work, part, path) for key, part in fields.items()}
    if isinstance(value, list | tuple):
        return [_plain(work, part, path) for part in value]
    name = f"`{path}`" if path else "this"
    raise Misuse("template-type", f"{name} is {sort_of(value)}, not a value", "name what you want of it", path)


def _default(work: Work, value: object, default: object = "", boolean: object = False) -> object:
    return default if value.__class__ is Missing or (boolean and not value) else value


def _map(work: Work, values: object, name: object = None, *args: object, attribute: object = None) -> list[object]:
    """`map('upper')` applies a filter to each element, `map(attribute='light')` takes a field of each."""
    entries = each(work, values, 4)
    if attribute is not None:
        return [_field(entry, attribute) for entry in entries]
    if not isinstance(name, str) or name not in FILTERS:
        raise Misuse("template-type", "`map` takes the name of a filter, or `attribute='…'`")
    return [_present(invoked(FILTERS[name], name, work, entry, *args)) for entry in entries]


def _present(value: object) -> object:
    if isinstance(value, Absent):
        raise Misuse(value.code, value.message, value.hint)
    return value


def _selection(by_field: bool, keep: bool) -> Function:
    """`select`, `reject`, `selectattr` or `rejectattr`: the elements that pass a test, or are true, or are not."""

    def passes(work: Work, value: object, test: object, args: tuple[object, ...]) -> bool:
        if test is None:
            return bool(value)
        if not isinstance(test, str) or test not in TESTS:
            raise Misuse("template-type", "there is no such test", did_you_mean(str(test)[:40], TESTS))
        return bool(invoked(TESTS[test], test, work, value, *args))

    def select(work: Work, values: object, test: object = None, *args: object) -> list[object]:
        entries = each(work, values, 4)
        return [entry for entry in entries if passes(work, entry, test, args) is keep]

    def select_by(work: Work, values: object, field: object, test: object = None, *args: object) -> list[object]:
        entries = each(work, values, 4)
        return [entry for entry in entries if passes(work, _field(entry, field), test, args) is keep]

    return select_by if by_field else select


def _field(entry: object, path: object) -> object:
    for key in printed(path).split("."):
        entry = _entry(entry, key, None)
    if isinstance(entry, Missing):
        raise entry.fault
    return entry


class _Sandbox(ImmutableSandboxedEnvironment):
    """Knows our operations only; Jinja's own ways to an attribute or a call stay shut should any code use them."""

    context_class = Scope

    def __init__(self) -> None:
        super().__init__(undefined=Missing, optimized=False, keep_trailing_newline=True, cache_size=0)
        self.globals.clear()
        self.filters = {name: _operation(function) for name, function in _FILTERS.items()}
        self.tests = {name: _operation(function) for name, function in TESTS.items()}
        self.filters |= {name: _operation(function) for name, function in _OPERATORS.items()}
        self.filters |= {"default": _operation(_default, tolerant=True), "d": _operation(_default, tolerant=True)}
        looking: dict[str, Callable[..., object]] = {
            ".get": _get,
            ".item": _item,
            ".call": _call,
            ".whole": _whole,
            ".some": _some,
        }
        self.filters |= looking
        self.tests["defined"] = _operation(lambda work, value: value.__class__ is not Missing, tolerant=True)
        self.tests["undefined"] = _operation(lambda work, value: value.__class__ is Missing, tolerant=True)

    def getattr(self, obj: Any, attribute: str) -> Any:
        raise Misuse("template-type", "attributes can't be reached from a template")

    def getitem(self, obj: Any, argument: Any) -> Any:
        raise Misuse("template-type", "attributes can't be reached from a template")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        raise Misuse("template-type", "functions can't be reached from a template")


_FILTERS: Mapping[str, Function] = {
    **FILTERS,
    "map": _map,
    "reject": _selection(by_field=False, keep=False),
    "rejectattr": _selection(by_field=True, keep=False),
    "select": _selection(by_field=False, keep=True),
    "selectattr": _selection(by_field=True, keep=True),
}
_OPERATORS: Mapping[str, Function] = {
    ".print": _print,
    ".~": concat,
    ".+": add,
    ".neg": negative,
    ".pos": positive,
    ".compare": compare,
    ".cut": cut,
    ".each": each,
    **{f".{symbol}": arithmetic(symbol) for symbol in ("-", "*", "/", "//", "%", "**")},
}
SANDBOX = _Sandbox()
