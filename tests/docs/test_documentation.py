"""What the documentation says is so: its pipelines are valid, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from callsheet.catalog.load import load_catalog
from callsheet.cli.dispatch import VERBS
from callsheet.document.item import Item
from callsheet.document.keys import (
    FALLBACK,
    FROM,
    NODE,
    NODE_SEED,
    ORDERED,
    PARAM,
    PIPELINE,
    PROFILE,
    SEEDS,
    TAKES,
    TEXT_FILES,
)
from callsheet.document.shape import Table
from callsheet.document.source import parse
from callsheet.problems import SourceText
from callsheet.shipped import shipped

NODES = "nodes: {shot: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}}\n"
TABLES = [PIPELINE, PARAM, TAKES, SEEDS, FROM, ORDERED, TEXT_FILES, PROFILE, NODE, NODE_SEED, FALLBACK]
LOOKS = '{"looks": [{"name": "dawn"}, {"name": "dusk"}]}'
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]+)?\)")


@pytest.fixture
def studio(project: Any, pages: Any) -> Any:
    """A project with the media, messages and rows that the pages speak of, and the files whose names they write in
    their first lines."""
    for example in ("aurora", "sweep"):
        for file in (shipped("examples") / example).rglob("*"):
            if file.is_file() and file.suffix in (".png", ".wav", ".yaml", ".csv"):
                project.write({str(file.relative_to(shipped("examples") / example)): file.read_bytes()})
    for block in pages.every_block("yaml"):
        if named := re.match(r"# ([\w/-]+\.yaml)\n", block.text):
            project.write({named[1]: block.text})
    return project.write({"looks.json": LOOKS})


def _mapping(text: str) -> Mapping[str, Item]:
    item = parse(SourceText("page", text))
    return item.mapping if item.is_mapping else {}


def _is_pipeline(text: str) -> bool:
    """Whether a block is a pipeline or a part of one, and not a file of another kind."""
    keys = set(_mapping(text))
    return bool(keys) and keys <= set(PIPELINE.keys)


def _completed(text: str) -> str:
    text = text.replace("../assets/", "assets/") if text.startswith("# parts/") else text
    keys = _mapping(text)
    head = "".join(
        f"{key}: {value}\n" for key, value in {"callsheet": 1, "name": "part", "seed": 1}.items() if key not in keys
    )
    return head + text + ("" if "nodes" in keys else NODES)


def _commands(text: str) -> Iterable[list[str]]:
    for line in text.splitlines():
        words = shlex.split(line.split(" > ")[0], comments=True)
        while words and "=" in words[0]:
            words = words[1:]
        if words and words[0] == "callsheet":
            yield words[1:]


def test_every_pipeline_on_every_page_is_valid(pages: Any, studio: Any) -> None:
    blocks = [block for block in pages.every_block("yaml") if _is_pipeline(block.text)]
    wrong = {}
    for block in blocks:
        studio.write({"pipeline.yaml": _completed(block.text)})
        profiles = _mapping(block.text).get("profiles")
        for profile in [[], *(["--profile", name] for name in (profiles.mapping if profiles else ()))]:
            told = studio.run("validate", "pipeline.yaml", "--json", *profile).json["problems"]
            if faults := [one for one in told if one["code"] != "advice"]:
                wrong[f"{block.page.name}:{block.line} {profile}"] = faults
    assert wrong == {}
    assert len(blocks) >= 15


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.of)
def test_every_key_of_the_language_is_described_and_has_an_example(pages: Any, table: Table) -> None:
    page = pages.root / "docs" / "reference" / "language.md"
    examples = "\n".join(block.text for block in pages.blocks(page) if block.language == "yaml")
    known = [name for name, key in table.keys.items() if not key.later]
    described = pages.text(page) + pages.text(page.with_name("keys-and-seeds.md"))
    assert [name for name in known if f"`{name}`" not in described and f"{name}:" not in described] == []
    assert [name for name in known if not re.search(rf"(?:^|[\s{{]){name}:", examples)] == []


def test_a_key_that_is_refused_as_not_yet_is_said_to_be(pages: Any) -> None:
    text = pages.text(pages.root / "docs" / "reference" / "language.md")
    later = {name for table in TABLES for name, key in table.keys.items() if key.later}
    said = next((line for line in text.splitlines() if "refuses them as `not-yet`" in line), "")
    assert sorted(name for name in later if f"`{name}`" not in said) == []


def test_the_pages_that_are_made_are_those_of_today(pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for page, text in runpy.run_path(str(pages.root / "docs" / "generate.py"))["pages"]().items():
        assert pages.text(page) == text, f"`make docs` writes {page.name} anew"


def test_every_command_and_every_step_is_described(pages: Any) -> None:
    reference = pages.root / "docs" / "reference"
    commands, steps = pages.text(reference / "command-line.md"), pages.text(reference / "steps.md")
    assert [verb for verb in VERBS if f"## callsheet {verb}\n" not in commands] == []
    assert [step.name for step in load_catalog().steps() if f"## {step.name}\n" not in steps] == []


def test_every_command_line_on_every_page_exists(pages: Any, project: Any) -> None:
    helps = {verb: project.run(verb, "--help").stdout for verb in VERBS}
    wrong = []
    seen = 0
    for block in pages.every_block("sh"):
        for verb, *words in _commands(block.text):
            seen += 1
            options = [word.split("=")[0] for word in words if word.startswith("--")]
            if verb not in helps or not all(re.search(rf"{option}\b", helps[verb]) for option in options):
                wrong.append((f"{block.page.name}:{block.line}", verb, options))
    assert wrong == []
    assert seen >= 10


def test_every_exit_code_has_a_row(pages: Any) -> None:
    text = pages.text(pages.root / "docs" / "reference" / "exit-codes.md")
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == ["0", "64", "65", "69", "70", "75", "77", "130"]


def test_every_link_leads_to_a_file(pages: Any) -> None:
    broken = [
        f"{page.relative_to(pages.root)}: {target}"
        for page in pages.paths
        for target, _ in LINK.findall(pages.text(page))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_link_into_a_page_leads_to_a_heading(pages: Any) -> None:
    broken = []
    for page in pages.paths:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", pages.text(page)):
            if "://" in target:
                continue
            there = page.parent / target if target else page
            headings = re.findall(r"^#+ (.+)$", pages.text(there), re.MULTILINE)
            named = re.findall(r'<a id="([^"]+)">', pages.text(there))
            if anchor not in {*named, *(re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings)}:
                broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def test_every_page_is_listed_on_the_first(pages: Any) -> None:
    first = pages.root / "docs" / "README.md"
    listed = {(first.parent / target).resolve() for target, _ in LINK.findall(pages.text(first)) if "://" not in target}
    assert [
        page.name for page in pages.paths if page not in (first, pages.root / "README.md") and page not in listed
    ] == []


def test_every_code_that_is_explained_is_one_that_is_told(pages: Any) -> None:
    text = pages.text(pages.root / "docs" / "how-to" / "read-an-error.md")
    explained = [
        code for row in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE) for code in re.findall(r"`(.+?)`", row)
    ]
    sources = "".join(file.read_text(encoding="utf-8") for file in (pages.root / "engine").rglob("*.py"))
    assert len(explained) >= 8
    assert [code for code in explained if f'"{code}"' not in sources] == []


def test_the_error_that_is_taken_apart_is_told_like_that(pages: Any, project: Any) -> None:
    shown = next(block.text for block in pages.blocks(pages.root / "docs" / "how-to" / "read-an-error.md"))
    project.run("init", ".")
    project.edit("pipeline.yaml", "step: concat", "step: conkat")
    assert project.run("validate", "pipeline.yaml").stderr == shown


def test_the_settings_that_are_shown_are_taken(pages: Any, project: Any) -> None:
    (shown,) = [block.text for block in pages.every_block("toml")]
    project.run("init", ".")
    project.write({"callsheet.toml": shown})
    assert project.run("validate", "pipeline.yaml").stdout == "1 file checked: no problems\n"


def test_the_client_without_a_library_gets_its_request(
    pages: Any, provider: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = [block.text for block in pages.every_block("python")]
    simulator = provider()
    assert shown.count('"http://127.0.0.1:8642/v1"') == 1
    exec(shown.replace("http://127.0.0.1:8642/v1", simulator.base_url), {})
    (submit,) = simulator.submits
    assert capsys.readouterr().out == f"{submit['request_id']}\n"
    assert submit["body"] == {"prompt": "A bottle on a table."}
