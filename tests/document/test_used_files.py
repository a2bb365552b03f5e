"""The files that a pipeline uses: where they are looked for, and what is wrong with them or with `with`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from callsheet.document.load import load
from callsheet.document.model import Document
from callsheet.problems import DataFault

HEAD = "callsheet: 1\nname: demo\n"
PART = (
    "callsheet: 1\nname: part\n"
    "params:\n  line: {type: text}\n  seconds: 4\n"
    "nodes:\n  shot: {intent: portrait}\n"
    'outputs: {video: "{{ nodes.shot.video }}"}\n'
)

Files = Mapping[str, str]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Files], Document]:
    """Reads `pipeline.yaml` of these files."""

    def read_files(files: Files) -> Document:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load(tmp_path / "pipeline.yaml", shown="campaigns/pipeline.yaml")

    return read_files


@pytest.fixture
def refusal(read: Callable[[Files], Document]) -> Callable[[Files], str]:
    """The whole text of the error that these files end with."""

    def refuse(files: Files) -> str:
        with pytest.raises(DataFault) as caught:
            read(files)
        return str(caught.value)

    return refuse


def using(*nodes: str) -> str:
    return HEAD + "nodes:\n" + "".join(f"  {node}\n" for node in nodes)


def test_a_path_is_relative_to_the_file_that_writes_it(read, tmp_path) -> None:
    document = read(
        {
            "pipeline.yaml": using("spot: {use: parts/a.yaml}"),
            "parts/a.yaml": using("b: {use: ../lib/b.yaml}"),
            "lib/b.yaml": using("c: {intent: portrait}"),
        }
    )
    first = document.used["spot"]
    assert (first.folder, first.span.path) == (tmp_path / "parts", "campaigns/parts/a.yaml")
    second = first.used["b"]
    assert (second.folder.resolve(), second.span.path) == (tmp_path / "lib", "campaigns/lib/b.yaml")
    assert second.used == {}


def test_a_file_that_is_used_twice_is_read_once(read) -> None:
    document = read(
        {
            "pipeline.yaml": using("a: {use: part.yaml, with: {line: x}}", "b: {use: ./part.yaml, with: {line: y}}"),
            "part.yaml": PART,
        }
    )
    assert document.used["a"] is document.used["b"]
    assert document.used["a"].unset == frozenset({"line"})


def test_params_that_must_be_given_and_names_that_are_none_are_told_where_they_are_missing(refusal) -> None:
    assert refusal({"pipeline.yaml": using("spot: {use: part.yaml, with: {lime: Hi}}"), "part.yaml": PART}) == (
        "campaigns/pipeline.yaml:4:32: error: `campaigns/part.yaml` needs a value for its param `line` "
        "[missing-param]\n"
        "  4 |   spot: {use: part.yaml, with: {lime: Hi}}\n"
        "    |                                ^^^^^^^^^^\n"
        "  see also campaigns/part.yaml:4:9\n"
        "  help: write `with: {line: …}`\n"
        "campaigns/pipeline.yaml:4:33: error: `campaigns/part.yaml` has no param `lime` [unknown-param]\n"
        "  4 |   spot: {use: part.yaml, with: {lime: Hi}}\n"
        "    |                                 ^^^^\n"
        "  help: did you mean `line`?"
    )


def test_params_that_must_be_given_are_missing_without_with_too(refusal) -> None:
    assert refusal({"pipeline.yaml": using("spot: {use: part.yaml}"), "part.yaml": PART}) == (
        "campaigns/pipeline.yaml:4:15: error: `campaigns/part.yaml` needs a value for its param `line` "
        "[missing-param]\n"
        "  4 |   spot: {use: part.yaml}\n"
        "    |               ^^^^^^^^^\n"
        "  see also campaigns/part.yaml:4:9\n"
        "  help: write `with: {line: …}`"
    )


def test_what_is_wrong_in_a_used_file_keeps_its_place_and_names_the_use(refusal) -> None:
    assert refusal(
        {
            "pipeline.yaml": using("spot: {use: a.yaml}", "other: {use: a.yaml}"),
            "a.yaml": using("b: {use: b.yaml}"),
            "b.yaml": HEAD + "nodez: {}\n",
        }
    ) == (
        "campaigns/b.yaml:3:1: error: `nodez` is not a key of a pipeline [unknown-key]\n"
        "  3 | nodez: {}\n"
        "    | ^^^^^\n"
        "  see also campaigns/a.yaml:4:12\n"
        "  see also campaigns/pipeline.yaml:4:15\n"
        "  help: did you mean `nodes`?"
    )


def test_the_form_of_a_used_file_is_judged_like_any(refusal) -> None:
    assert refusal({"pipeline.yaml": using("spot: {use: a.yaml}"), "a.yaml": "callsheet: 1\nname: [a\n"}) == (
        "campaigns/a.yaml:2:7: error: this list is never closed [syntax]\n"
        "  2 | name: [a\n"
        "    |       ^\n"
        "  see also campaigns/pipeline.yaml:4:15\n"
        "  help: close it with `]`"
    )


def test_a_newer_language_in_a_used_file_is_told(refusal) -> None:
    assert refusal({"pipeline.yaml": using("spot: {use: a.yaml}"), "a.yaml": "callsheet: 2\nnew: 1\n"}) == (
        "campaigns/a.yaml:1:12: error: version 2 of the language is newer than 1, the one that is read "
        "[unknown-version]\n"
        "  1 | callsheet: 2\n"
        "    |            ^\n"
        "  see also campaigns/pipeline.yaml:4:15\n"
        "  help: update callsheet to read this file"
    )


def test_a_file_that_is_not_there_and_a_ready_made_pipeline_that_is_none(refusal) -> None:
    assert refusal({"pipeline.yaml": using("a: {use: parts/a.yaml}", 'b: {use: "callsheet:portait"}')}) == (
        "campaigns/pipeline.yaml:4:12: error: `campaigns/parts/a.yaml` can't be read: there is no such file "
        "[unreadable]\n"
        "  4 |   a: {use: parts/a.yaml}\n"
        "    |            ^^^^^^^^^^^^\n"
        "campaigns/pipeline.yaml:5:12: error: there is no ready-made pipeline `portait` [unknown-pipeline]\n"
        '  5 |   b: {use: "callsheet:portait"}\n'
        "    |            ^^^^^^^^^^^^^^^^^^^\n"
        "  help: did you mean `portrait`?"
    )


def test_a_pipeline_that_uses_itself_is_refused(refusal) -> None:
    assert refusal({"pipeline.yaml": using("spot: {use: ./pipeline.yaml}")}) == (
        "campaigns/pipeline.yaml:4:15: error: `campaigns/pipeline.yaml` uses itself [use-cycle]\n"
        "  4 |   spot: {use: ./pipeline.yaml}\n"
        "    |               ^^^^^^^^^^^^^^^\n"
        "  help: a pipeline can't be a part of itself"
    )


def test_pipelines_that_use_each_other_are_refused_and_drawn(refusal) -> None:
    assert refusal(
        {
            "pipeline.yaml": using("spot: {use: a.yaml}"),
            "a.yaml": using("b: {use: lib/b.yaml}"),
            "lib/b.yaml": using("c: {use: ../a.yaml}"),
        }
    ) == (
        "campaigns/lib/b.yaml:4:12: error: these pipelines use each other: `campaigns/a.yaml` → "
        "`campaigns/lib/b.yaml` → `campaigns/a.yaml` [use-cycle]\n"
        "  4 |   c: {use: ../a.yaml}\n"
        "    |            ^^^^^^^^^\n"
        "  see also campaigns/a.yaml:4:12\n"
        "  see also campaigns/pipeline.yaml:4:15\n"
        "  help: a pipeline can't be a part of itself"
    )


def nested(levels: int) -> dict[str, str]:
    """`p1.yaml` uses `p2.yaml`, and so on; the last uses none."""
    files = {f"p{level}.yaml": using(f"n: {{use: p{level + 1}.yaml}}") for level in range(1, levels)}
    return {**files, f"p{levels}.yaml": using("n: {intent: portrait}")}


def test_eight_levels_are_read_and_the_ninth_is_refused(read, refusal) -> None:
    read({"pipeline.yaml": using("n: {use: p1.yaml}"), **nested(8)})
    text = refusal({"pipeline.yaml": using("n: {use: p1.yaml}"), **nested(9)})
    assert text.startswith(
        "campaigns/p8.yaml:4:12: error: pipelines are used more than 8 deep: `campaigns/pipeline.yaml` → "
        "`campaigns/p1.yaml` → `campaigns/p2.yaml` → "
    )
    assert text.endswith("  see also campaigns/p1.yaml:4:12\n  see also campaigns/pipeline.yaml:4:12")


def test_depth_counts_on_the_longest_way_even_where_a_file_was_read_before(refusal) -> None:
    text = refusal({"pipeline.yaml": using("short: {use: p2.yaml}", "long: {use: p1.yaml}"), **nested(9)})
    assert text.startswith("campaigns/p1.yaml:4:12: error: pipelines are used more than 8 deep: ")


def test_the_names_of_outputs_leave_out_what_references_have_for_something_else(refusal) -> None:
    assert refusal({"pipeline.yaml": HEAD + "nodes: {a: {intent: portrait}}\noutputs: {takes: x}\n"}) == (
        "campaigns/pipeline.yaml:4:11: error: `takes` can't name an output: templates have it for something else "
        "[reserved-name]\n"
        "  4 | outputs: {takes: x}\n"
        "    |           ^^^^^"
    )


def test_profiles_of_a_used_file_are_not_laid_over_and_those_of_its_user_may_change_with(read) -> None:
    part = PART + "profiles: {draft: {params: {seconds: 1}}}\n"
    campaign = using("spot: {use: part.yaml, with: {line: x}}")
    campaign += "profiles: {draft: {nodes: {spot: {with: {seconds: 2}}}}}\n"
    document = read({"pipeline.yaml": campaign, "part.yaml": part})
    drafted = load(document.path, profile="draft")
    assert drafted.used["spot"].params["seconds"].value == 4
    assert drafted.nodes["spot"].handed.plain() == {"line": "x", "seconds": 2}
