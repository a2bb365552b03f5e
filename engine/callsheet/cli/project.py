"""The project around a pipeline: its root, its settings (`callsheet.toml`), and where its memories lie."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from callsheet.problems import DataFault, Problem, did_you_mean

SETTINGS_FILE = "callsheet.toml"
DEFAULT_BASE = "https://model-api.runcomfy.net/v1"
DEFAULT_CONCURRENCY = 16
_KEYS: Mapping[str, Mapping[str, type]] = {
    "provider": {"base": str, "name": str, "download_hosts": list, "requests_per_second": float},
    "concurrency": {},
    "run": {"concurrency": int, "budget": float},
    "assets": {"url": str, "endpoint": str, "region": str, "expires_hours": float},
    "store": {"url": str, "endpoint": str, "region": str},
}
_BUCKET = re.compile(r"(s3|gs|az)://[^\s/@?#]+(/[^\s@?#]*)?")
STORE_HINT = (
    "write `s3://BUCKET/PREFIX`, `gs://…`, `az://…`, or the path of a folder; credentials belong into the environment"
)
MOST_HOURS = 168.0
"""A week: the longest that the stores sign an address for."""


@dataclass(frozen=True, slots=True)
class AssetSettings:
    """Where local media that are too large for a request are put: a bucket as `s3://BUCKET/PREFIX`, for how many hours
    its addresses are good, and for an S3-compatible store its endpoint and region."""

    url: str
    endpoint: str | None = None
    region: str | None = None
    expires_hours: float = 24.0


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where results are shared: a bucket as `s3://BUCKET/PREFIX`, or the absolute path of a folder; for an
    S3-compatible store its endpoint and region."""

    url: str
    endpoint: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What is no part of a pipeline's meaning. `per_route` bounds the requests of one route under way, `budget`
    in USD all that the project ever submits."""

    base: str = DEFAULT_BASE
    provider_name: str | None = None
    download_hosts: tuple[str, ...] = ()
    concurrency: int = DEFAULT_CONCURRENCY
    per_route: Mapping[str, int] = field(default_factory=dict)
    budget: float | None = None
    requests_per_second: float | None = None
    assets: AssetSettings | None = None
    store: StoreSettings | None = None

    @property
    def provider(self) -> str:
        """What the provider is called in keys: `runcomfy` only at the default origin, else the given name or origin."""
        origin = _origin(self.base)
        return "runcomfy" if origin == _origin(DEFAULT_BASE) else self.provider_name or origin


@dataclass(frozen=True, slots=True)
class Project:
    """`root` is the nearest folder up with a `callsheet.toml`, else the pipeline's own folder."""

    root: Path
    settings: Settings

    @property
    def memory(self) -> Path:
        return self.root / ".callsheet"

    @property
    def runs(self) -> Path:
        """Where the latest runs are on record."""
        return self.memory / "runs"


def find_project(pipeline: Path, environment: Mapping[str, str]) -> Project:
    """The project that a pipeline file belongs to; environment variables override its settings."""
    folder = pipeline.absolute().parent
    root = next((one for one in (folder, *folder.parents) if (one / SETTINGS_FILE).is_file()), folder)
    return Project(root, read_settings(root / SETTINGS_FILE, environment))


def read_settings(file: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in a file that need not be there, checked; a DataFault names each thing wrong."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataFault(Problem("bad-settings", f"`{file.name}` can't be read: {error}")) from None
    problems = list(_wrong(data))
    if problems:
        raise DataFault([Problem("bad-settings", f"`{file.name}`: {message}", hint=hint) for message, hint in problems])
    provider = data.get("provider", {})
    base = environment.get("RUNCOMFY_MODEL_API_BASE") or provider.get("base") or DEFAULT_BASE
    _check_base(base)
    return Settings(
        base.rstrip("/"),
        provider.get("name"),
        tuple(provider.get("download_hosts", ())),
        _concurrency(environment.get("CALLSHEET_CONCURRENCY"), data.get("run", {}).get("concurrency")),
        data.get("concurrency", {}),
        budget=_budget(environment.get("CALLSHEET_BUDGET"), data.get("run", {}).get("budget")),
        requests_per_second=provider.get("requests_per_second"),
        assets=_assets(data["assets"]) if "assets" in data else None,
        store=_store(data.get("store", {}), environment.get("CALLSHEET_STORE"), file.absolute().parent),
    )


def store_address(text: str, folder: Path) -> str | None:
    """What a shared store is opened by: the address of a bucket as it is, a folder (relative to `folder`, or as
    `file://`) by its absolute path; None where `text` is neither."""
    if _BUCKET.fullmatch(text):
        return text
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://"))
        return os.path.normpath(text) if text.startswith("/") else None
    if not text or "://" in text or not text.isprintable():
        return None
    return os.path.normpath(folder / Path(text).expanduser())


def _check_base(base: str) -> None:
    """Refuse what is no address of an API; credentials in one would end up in keys and on screens."""
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
        parts = None
    if parts is not None and (parts.username or parts.password):
        hint = "give the token in `RUNCOMFY_TOKEN`"
        raise DataFault(Problem("bad-settings", "the provider's base holds credentials", hint=hint))
    if not usable:
        raise DataFault(Problem("bad-settings", f"the provider's base `{base}` is no http(s) address"))


def _wrong(data: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for name, table in data.items():
        if name not in _KEYS or not isinstance(table, dict):
            found.append((f"there is no table `[{name}]`", did_you_mean(name, _KEYS)))
        elif name == "concurrency":
            found += [
                (f'`concurrency."{route}"` must be a whole number from 1', None)
                for route, count in table.items()
                if type(count) is not int or count < 1
            ]
        else:
            found += [
                (f"`{name}` has no `{key}`", did_you_mean(key, _KEYS[name])) for key in table if key not in _KEYS[name]
            ]
            found += [
                (f"`{name}.{key}` must be {_KEYS[name][key].__name__}", None)
                for key, value in table.items()
                if key in _KEYS[name] and not _fits(value, _KEYS[name][key])
            ]
    if not found:
        found += _out_of_range(data)
    return found


def _out_of_range(data: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if not 0 < data.get("provider", {}).get("requests_per_second", 1) < math.inf:
        found.append(("`provider.requests_per_second` must be a number above 0", None))
    assets = data.get("assets")
    if assets is not None:
        if not _BUCKET.fullmatch(assets.get("url", "")):
            hint = (
                'write `url = "s3://BUCKET/PREFIX"`, or `gs://…`, or `az://…`; credentials belong into the environment'
            )
            found.append(("`assets.url` must be the address of a bucket", hint))
        if not 0 < assets.get("expires_hours", 24) <= MOST_HOURS:
            found.append((f"`assets.expires_hours` must be a number above 0, at most {MOST_HOURS:.0f}", None))
    store = data.get("store")
    if store is not None and store_address(store.get("url", ""), Path("/")) is None:
        found.append(("`store.url` must be the address of a bucket, or a folder", STORE_HINT))
    return found


def _concurrency(given: str | None, setting: int | None) -> int:
    if given is None:
        return setting or DEFAULT_CONCURRENCY
    if not given.isdecimal() or int(given) < 1:
        raise DataFault(Problem("bad-settings", f"`CALLSHEET_CONCURRENCY={given}` must be a whole number from 1"))
    return int(given)


def _assets(table: Mapping[str, Any]) -> AssetSettings:
    return AssetSettings(table["url"], table.get("endpoint"), table.get("region"), table.get("expires_hours", 24.0))


def _store(table: Mapping[str, Any], given: str | None, folder: Path) -> StoreSettings | None:
    """The shared store; one from the environment takes the place of the file's `url`."""
    url = given or table.get("url")
    if not url:
        return None
    address = store_address(url, folder)
    if address is None:
        problem = Problem("bad-settings", "`CALLSHEET_STORE` is neither a bucket nor a folder", hint=STORE_HINT)
        raise DataFault(problem)
    return StoreSettings(address, table.get("endpoint"), table.get("region"))


def _fits(value: object, expected: type) -> bool:
    return type(value) is expected or (expected is float and type(value) is int)


def _budget(given: str | None, setting: float | None) -> float | None:
    try:
        budget = setting if given is None else float(given)
    except ValueError:
        budget = math.nan
    if budget is not None and not 0 <= budget < math.inf:
        raise DataFault(Problem("bad-settings", "the budget of the project must be a number of USD from 0"))
    return budget


def _origin(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"
