"""What a node is given: what is refused, where, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.document.model import Document

Refuse = Callable[..., str]
Read = Callable[..., Document]


def test_an_input_that_is_a_list(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, input: [a]}\n"
    ) == (
        "pipeline.yaml:9:26: error: `input` must be a mapping, not a list [wrong-type]\n"
        "  9 |   spot: {step: a, input: [a]}\n"
        "    |                          ^^^"
    )


def test_a_seed_in_the_input(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, input: {seed: 1234}}\n"
    ) == (
        "pipeline.yaml:9:30: error: `seed` can't be set in `input` [seed-in-input]\n"
        "  9 |   spot: {route: a/b, input: {seed: 1234}}\n"
        "    |                              ^^^^\n"
        "  help: write `seed: 1234` on the node, beside `input`"
    )


def test_a_seed_that_varies_over_nothing(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
    ) == (
        "pipeline.yaml:9:50: error: node `spot` is not over `alt` [not-over]\n"
        "  9 |   spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
        "    |                                                  ^^^\n"
        "  help: add `alt` to `over`, or take it out of `vary`\n"
        "pipeline.yaml:9:55: error: there is no axis `lok` [unknown-axis]\n"
        "  9 |   spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
        "    |                                                       ^^^\n"
        "  help: did you mean `look`?"
    )


def test_a_seed_with_an_unknown_key(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, seed: {pn: 4}}\n"
    ) == (
        "pipeline.yaml:9:29: error: `pn` is not a key of `seed` [unknown-key]\n"
        "  9 |   spot: {route: a/b, seed: {pn: 4}}\n"
        "    |                             ^^\n"
        "  help: did you mean `pin`?"
    )


def test_an_empty_seed(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, seed: {}}\n"
    ) == (
        "pipeline.yaml:9:28: error: `seed` must have `pin` or `vary` [missing-key]\n"
        "  9 |   spot: {route: a/b, seed: {}}\n"
        "    |                            ^^"
    )


def test_a_when_that_is_a_list(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, when: [x]}\n"
    ) == (
        "pipeline.yaml:9:25: error: `when` must be text, a number or a boolean, not a list [wrong-type]\n"
        "  9 |   spot: {step: a, when: [x]}\n"
        "    |                         ^^^"
    )


def test_a_publish_that_is_empty(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        '  spot: {step: a, publish: ""}\n'
    ) == (
        "pipeline.yaml:9:28: error: `publish` must be text, not empty text [wrong-type]\n"
        '  9 |   spot: {step: a, publish: ""}\n'
        "    |                            ^^"
    )


def test_tags_that_are_none(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, tags: [a b, 4, x, x]}\n"
    ) == (
        "pipeline.yaml:9:26: error: `a b` can't be a tag: it has 1 to 64 letters, digits, `.`, `_` and `-`,"
        " and is not `.` or `..` [bad-id]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                          ^^^\n"
        "pipeline.yaml:9:31: error: a tag must be text, not `4` [wrong-type]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                               ^\n"
        "pipeline.yaml:9:37: error: `x` is written twice [duplicate-name]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                                     ^\n"
        "  see also pipeline.yaml:9:34"
    )


def test_an_advice_that_is_neither_on_nor_off(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, advice: none}\n"
    ) == (
        "pipeline.yaml:9:27: error: `advice` must be `on` or `off`, not text [wrong-type]\n"
        "  9 |   spot: {step: a, advice: none}\n"
        "    |                           ^^^^"
    )


def test_an_allow_cut_that_is_text(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, allow_cut: yes}\n"
    ) == (
        "pipeline.yaml:9:30: error: `allow_cut` must be `true` or `false`, not text [wrong-type]\n"
        "  9 |   spot: {step: a, allow_cut: yes}\n"
        "    |                              ^^^"
    )


def test_a_was_that_is_no_name(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, was: b-roll}\n"
    ) == (
        "pipeline.yaml:9:24: error: `b-roll` can't name a node: names are lower-case letters, digits and"
        " `_`, and start with a letter [bad-name]\n"
        "  9 |   spot: {step: a, was: b-roll}\n"
        "    |                        ^^^^^^\n"
        "  help: did you mean `b_roll`?"
    )
