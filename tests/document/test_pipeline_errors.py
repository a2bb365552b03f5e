"""Every key with its shape: what is refused, where, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callsheet.document.model import Document
from callsheet.problems import DataFault

Refuse = Callable[..., str]
Read = Callable[..., Document]


def test_an_unknown_key_gets_the_nearest_right_one(refused: Refuse) -> None:
    assert refused("sed: 4\n") == (
        "pipeline.yaml:3:1: error: `sed` is not a key of a pipeline [unknown-key]\n"
        "  3 | sed: 4\n"
        "    | ^^^\n"
        "  help: did you mean `seed`?"
    )


def test_an_unknown_key_near_to_none_gets_the_list(refused: Refuse) -> None:
    assert refused("zzz: 4\n") == (
        "pipeline.yaml:3:1: error: `zzz` is not a key of a pipeline [unknown-key]\n"
        "  3 | zzz: 4\n"
        "    | ^^^\n"
        "  help: there are: `callsheet`, `name`, `description`, `seed`, `params`, `axes`, `exclude`,"
        " `include`, `only`, `text`, `defaults`, `profiles`, `max_instances`, `nodes`, `outputs`"
    )


def test_a_text_that_yaml_reads_as_a_number_is_told_to_be_quoted(refused: Refuse) -> None:
    assert refused("description: 2026\n") == (
        "pipeline.yaml:3:14: error: `description` must be text, not `2026` [wrong-type]\n"
        "  3 | description: 2026\n"
        "    |              ^^^^\n"
        '  help: quote it: "2026"'
    )


def test_a_number_in_quotes_is_told_to_lose_them(refused: Refuse) -> None:
    assert refused('seed: "5"\n') == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not text [wrong-type]\n"
        '  3 | seed: "5"\n'
        "    |       ^^^\n"
        "  help: write it without quotes"
    )


def test_a_template_where_none_is_rendered(refused: Refuse) -> None:
    assert refused('seed: "{{ params.seed }}"\n') == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not text [wrong-type]\n"
        '  3 | seed: "{{ params.seed }}"\n'
        "    |       ^^^^^^^^^^^^^^^^^^^\n"
        "  help: a template can't stand here"
    )


def test_a_seed_of_zero(refused: Refuse) -> None:
    assert refused("seed: 0\n") == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not `0` [wrong-type]\n"
        "  3 | seed: 0\n"
        "    |       ^"
    )


def test_a_seed_that_is_no_integer(refused: Refuse) -> None:
    assert refused("seed: 1.5\n") == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not `1.5` [wrong-type]\n"
        "  3 | seed: 1.5\n"
        "    |       ^^^"
    )


def test_a_key_without_a_value(refused: Refuse) -> None:
    assert refused("axes:\n") == (
        "pipeline.yaml:3:6: error: `axes` must be a mapping, not empty [wrong-type]\n"
        "  3 | axes:\n"
        "    |      ^\n"
        "  help: give it a value, or leave the key out"
    )


def test_max_instances_of_zero(refused: Refuse) -> None:
    assert refused("max_instances: 0\n") == (
        "pipeline.yaml:3:16: error: `max_instances` must be an integer of at least 1, not `0` [wrong-type]\n"
        "  3 | max_instances: 0\n"
        "    |                ^"
    )


def test_a_pipeline_without_nodes(refused: Refuse) -> None:
    assert refused("nodes: {}\n") == (
        "pipeline.yaml:3:8: error: `nodes` must have at least one node [missing-key]\n  3 | nodes: {}\n    |        ^^"
    )


def whole(read: Read, text: str) -> str:
    with pytest.raises(DataFault) as caught:
        read(text)
    return str(caught.value)


def test_a_file_without_anything(read: Read) -> None:
    assert whole(read, "# nothing yet\n") == (
        "pipeline.yaml:1:1: error: the pipeline must be a mapping, not empty [wrong-type]\n  1 | # nothing yet\n    | ^"
    )


def test_a_file_that_is_a_list(read: Read) -> None:
    assert whole(read, "- a\n") == (
        "pipeline.yaml:1:1: error: the pipeline must be a mapping, not a list [wrong-type]\n  1 | - a\n    | ^^^"
    )


def test_what_a_whole_file_lacks_is_told_at_its_start(read: Read) -> None:
    assert whole(read, "# Aurora\n\nseed: 1\n") == (
        "pipeline.yaml:1:1: error: `callsheet` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^\n"
        "pipeline.yaml:1:1: error: `name` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^\n"
        "pipeline.yaml:1:1: error: `nodes` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^"
    )


def test_a_newer_language_version_is_all_that_is_told(read: Read) -> None:
    assert whole(read, "callsheet: 2\nnmae: x\n") == (
        "pipeline.yaml:1:12: error: version 2 of the language is newer than 1, the one that is read"
        " [unknown-version]\n"
        "  1 | callsheet: 2\n"
        "    |            ^\n"
        "  help: update callsheet to read this file"
    )


def test_a_language_version_that_is_text(read: Read) -> None:
    assert whole(read, "callsheet: one\nname: x\nnodes:\n  hero: {intent: portrait}\n") == (
        "pipeline.yaml:1:12: error: `callsheet` must be an integer of at least 1, not text [wrong-type]\n"
        "  1 | callsheet: one\n"
        "    |            ^^^"
    )


def test_a_misspelt_required_key_is_one_mistake(read: Read) -> None:
    assert whole(read, "callsheet: 1\nnam: demo\nnode:\n  hero: {intent: portrait}\n") == (
        "pipeline.yaml:2:1: error: `nam` is not a key of a pipeline [unknown-key]\n"
        "  2 | nam: demo\n"
        "    | ^^^\n"
        "  help: did you mean `name`?\n"
        "pipeline.yaml:3:1: error: `node` is not a key of a pipeline [unknown-key]\n"
        "  3 | node:\n"
        "    | ^^^^\n"
        "  help: did you mean `nodes`?"
    )
