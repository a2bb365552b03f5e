"""The page of canonical names: which field of which route each stands for. Markdown, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from callsheet.catalog.fields import CANONICAL_NAMES
from callsheet.catalog.route import Field, Route
from callsheet.catalog.wording import number
from callsheet.cli.catalog_text import canonical_names, price_text
from callsheet.cli.limits_text import limits_text

_INTRODUCTION = """\
# Canonical fields

A canonical name works on every route that has such a field, so that another `route:` or `intent:` needs no other
inputs. The native names work too. This page is made from the catalogue by `callsheet routes --markdown`.
"""
_ROWS = tuple(name for name in CANONICAL_NAMES if not name.endswith("s"))


def fields_page(routes: Iterable[Route]) -> str:
    """The table of canonical names by route, then each route's fields with their limits."""
    shown = list(routes)
    parts = [_INTRODUCTION, *_table(shown), *(line for route in shown for line in _route(route))]
    return "\n".join(parts) + "\n"


def _table(routes: Sequence[Route]) -> Iterator[str]:
    yield _row("route", *_ROWS, "seed")
    yield _row(*["---"] * (len(_ROWS) + 2))
    for route in routes:
        seed = f"`{route.seed_field}`" if route.seed_field else "–"
        yield _row(f"[{route.title}](#{_anchor(route)})", *(_cell(route, name) for name in _ROWS), seed)
    yield ""
    yield "`image`, `video` and `audio` may be written in the plural; where one file is taken, the list has one."


def _cell(route: Route, name: str) -> str:
    if name in route.canonical:
        field = route.fields[route.canonical[name]]
        many = " (a list)" if field.many else ""
        return f"`{field.name}`{many}"
    if name == "duration" and route.frame_count is not None:
        return f"in frames: `{route.frame_count}`"
    return "–"


def _route(route: Route) -> Iterator[str]:
    yield ""
    yield f'<a id="{_anchor(route)}"></a>'
    yield ""
    yield f"## {route.title}"
    yield ""
    aliases = f", also written {', '.join(f'`{alias}`' for alias in route.aliases)}" if route.aliases else ""
    yield f"`{route.id}`{aliases}. Makes {route.makes}. Price: {price_text(route)}."
    yield ""
    names = canonical_names(route)
    yield _row("field", "canonical", "takes", "default", "limits")
    yield _row(*["---"] * 5)
    for field in route.fields.values():
        canonical = ", ".join(f"`{name}`" for name in names.get(field.name, ()))
        yield _row(f"`{field.name}`", canonical, _takes(field), _default(route, field), limits_text(field))
    if route.alternatives:
        yield ""
        yield (
            "Taken elsewhere: "
            + ", ".join(f"`{name}` by `{other}`" for name, other in route.alternatives.items())
            + "."
        )


def _takes(field: Field) -> str:
    if field.media is not None:
        return f"{field.media}{'s' if field.many else ''}"
    if field.enum:
        return ", ".join(f"`{value}`" for value in field.enum)
    edges = [number(edge, 6) for edge in (field.minimum, field.maximum) if edge is not None]
    return field.type + (f", {' to '.join(edges)}" if edges else "")


def _default(route: Route, field: Field) -> str:
    if field.required:
        return "required"
    if field.name == route.seed_field:
        return "from the plan"
    return (
        f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
        if field.has_default
        else ""
    )


def _anchor(route: Route) -> str:
    return "".join(char if char.isalnum() else "-" for char in route.id)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
