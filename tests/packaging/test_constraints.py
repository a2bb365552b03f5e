from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

FILES = ["run.txt", "dev.txt", "browser.txt"]
ENTRY = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ]+)(?: ; (?P<marker>.+))?")


def _pins(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Name -> version and digests, of every logical line of a constraints file."""
    pins: dict[str, tuple[str, list[str]]] = {}
    for line in path.read_text().replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        match = ENTRY.fullmatch(requirement.strip())
        assert match, f"not a pin: {requirement}"
        pins[match["name"]] = (match["version"], [digest.strip() for digest in hashes])
    return pins


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement)[0]


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_one_version_with_the_digests_of_its_files(root: Path, file: str) -> None:
    pins = _pins(root / "constraints" / file)

    assert pins
    for name, (_, digests) in pins.items():
        assert digests, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests), name


@pytest.mark.parametrize("file", FILES)
def test_no_index_and_no_place_is_named(root: Path, file: str) -> None:
    text = (root / "constraints" / file).read_text()

    assert not re.findall(r"://|\bfile:|--(?:extra-)?index-url|--find-links|--trusted-host| @ |^/|#", text, re.M)


def test_every_dependency_is_pinned(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    groups = project["dependency-groups"]

    run, dev, browser = (set(_pins(root / "constraints" / file)) for file in FILES)

    assert {_name(one) for one in project["project"]["dependencies"] + groups["build"]} <= run
    assert {_name(one) for one in groups["dev"]} <= dev
    assert {_name(one) for one in groups["browser"]} <= browser


def test_tests_run_on_the_versions_that_users_get(root: Path) -> None:
    run, dev, browser = (_pins(root / "constraints" / file) for file in FILES)

    assert {name: dev[name] for name in run} == run
    assert {name: browser[name] for name in dev} == dev
