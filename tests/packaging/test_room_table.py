from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

Table = dict[str, set[str]]


@pytest.fixture
def stated(root: Path) -> Table:
    """Room -> the rooms that ARCHITECTURE.md's table lets it import."""
    rows = re.findall(r"^\| `(\w+)/` \|.*\| ([^|]+) \|$", (root / "ARCHITECTURE.md").read_text(), re.M)
    table = {room: set() if may.startswith("nothing") else set(may.split(", ")) for room, may in rows}
    table["cli"] = {*table} - {"cli"}
    return table


@pytest.fixture
def contracts(root: Path) -> list[dict[str, object]]:
    """The contracts that `make rooms` checks."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    found: list[dict[str, object]] = project["tool"]["importlinter"]["contracts"]
    return found


def test_every_room_is_in_the_table(root: Path, stated: Table) -> None:
    packages = {path.parent.name for path in (root / "engine" / "callsheet").glob("*/__init__.py")}

    assert set(stated) == packages - {"media"}


def test_the_room_table_is_what_is_checked(stated: Table, contracts: list[dict[str, object]]) -> None:
    checked: Table = {"cli": {*stated} - {"cli"}}
    for contract in contracts:
        sources, forbidden = contract.get("source_modules"), contract.get("forbidden_modules")
        if contract["type"] == "forbidden" and isinstance(sources, list) and sources != ["callsheet"]:
            assert isinstance(forbidden, list)
            refused = {str(module).removeprefix("callsheet.") for module in forbidden}
            room = str(sources[0]).removeprefix("callsheet.")
            checked[room] = {*stated} - refused - {room}

    assert checked == stated
