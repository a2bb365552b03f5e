"""`fallback`: what is wrong with its entries, told where they stand."""

from __future__ import annotations

from collections.abc import Callable

Refuse = Callable[..., str]


def test_an_entry_names_a_route(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: {route: a/b, fallback: [{input: {prompt: x}}]}\n") == (
        "pipeline.yaml:4:33: error: `route` is missing from a fallback [missing-key]\n"
        "  4 |   hero: {route: a/b, fallback: [{input: {prompt: x}}]}\n"
        "    |                                 ^"
    )


def test_an_entry_is_no_intent_and_no_text(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: {route: a/b, fallback: [c/d, {intent: portrait}]}\n") == (
        "pipeline.yaml:4:33: error: a fallback must be a mapping, not text [wrong-type]\n"
        "  4 |   hero: {route: a/b, fallback: [c/d, {intent: portrait}]}\n"
        "    |                                 ^^^\n"
        "  help: write `{route: c/d}`\n"
        "pipeline.yaml:4:39: error: `intent` is not a key of a fallback [unknown-key]\n"
        "  4 |   hero: {route: a/b, fallback: [c/d, {intent: portrait}]}\n"
        "    |                                       ^^^^^^\n"
        "  help: name the route: `callsheet intents` lists that of each intent"
    )


def test_a_misspelt_key_gets_the_nearest(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: {route: a/b, fallback: [{route: c/d, inptu: {}}]}\n") == (
        "pipeline.yaml:4:46: error: `inptu` is not a key of a fallback [unknown-key]\n"
        "  4 |   hero: {route: a/b, fallback: [{route: c/d, inptu: {}}]}\n"
        "    |                                              ^^^^^\n"
        "  help: did you mean `input`?"
    )


def test_it_is_a_list_and_its_input_a_mapping(refused: Refuse) -> None:
    assert refused(
        "nodes:\n  hero: {route: a/b, fallback: c/d}\n  other: {route: a/b, fallback: [{route: c/d, input: x}]}\n"
    ) == (
        "pipeline.yaml:4:32: error: `fallback` must be a list of fallbacks, not text [wrong-type]\n"
        "  4 |   hero: {route: a/b, fallback: c/d}\n"
        "    |                                ^^^\n"
        '  help: write `["c/d"]`\n'
        "pipeline.yaml:5:54: error: `input` must be a mapping, not text [wrong-type]\n"
        "  5 |   other: {route: a/b, fallback: [{route: c/d, input: x}]}\n"
        "    |                                                      ^"
    )


def test_the_seed_is_no_input_of_a_fallback_either(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: {route: a/b, fallback: [{route: c/d, input: {seed: 5}}]}\n") == (
        "pipeline.yaml:4:54: error: `seed` can't be set in `input` [seed-in-input]\n"
        "  4 |   hero: {route: a/b, fallback: [{route: c/d, input: {seed: 5}}]}\n"
        "    |                                                      ^^^^\n"
        "  help: write `seed: 5` on the node, beside `input`"
    )


def test_a_step_has_no_route_to_fall_back_from(refused: Refuse) -> None:
    assert refused("nodes:\n  spot: {step: concat, fallback: [{route: c/d}]}\n") == (
        "pipeline.yaml:4:34: error: node `spot` is made by a step, on this machine, so there is no route to fall back"
        " from [fallback-of-step]\n"
        "  4 |   spot: {step: concat, fallback: [{route: c/d}]}\n"
        "    |                                  ^^^^^^^^^^^^^^\n"
        "  help: take `fallback` away"
    )
