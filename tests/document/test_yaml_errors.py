"""Everything that can be wrong with the form of a file, each with its place and its mending."""

from __future__ import annotations

import pytest

from callsheet.document.source import parse
from callsheet.problems import DataFault, SourceText


def fault(text: str) -> DataFault:
    with pytest.raises(DataFault) as caught:
        parse(SourceText("p.yaml", text))
    return caught.value


def test_an_unquoted_template_is_told_to_be_quoted() -> None:
    assert str(fault("image: {{ sku.image }}\n")) == (
        "p.yaml:1:8: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | image: {{ sku.image }}\n"
        "    |        ^^^^^^^^^^^^^^^\n"
        '  help: quote the template: image: "{{ sku.image }}"'
    )


def test_an_unquoted_template_with_text_after_it_is_one_value() -> None:
    assert str(fault("image: {{ look }}/{{ sku.id }}.png  # the bottle\nb: 1\n")) == (
        "p.yaml:1:8: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | image: {{ look }}/{{ sku.id }}.png  # the bottle\n"
        "    |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: image: "{{ look }}/{{ sku.id }}.png"'
    )


def test_an_unquoted_template_in_a_list() -> None:
    assert str(fault("clips:\n  - {{ nodes.hero.video }}\n")) == (
        "p.yaml:2:5: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  2 |   - {{ nodes.hero.video }}\n"
        "    |     ^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: "{{ nodes.hero.video }}"'
    )


def test_an_unquoted_template_in_braces() -> None:
    assert str(fault("input: {video: {{ nodes.spot.video }}, text: {{ text.a }}-{{ look }}.png}\n")) == (
        "p.yaml:1:16: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | input: {video: {{ nodes.spot.video }}, text: {{ text.a }}-{{ look }}.png}\n"
        "    |                ^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: video: "{{ nodes.spot.video }}"\n'
        "p.yaml:1:46: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | input: {video: {{ nodes.spot.video }}, text: {{ text.a }}-{{ look }}.png}\n"
        "    |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: text: "{{ text.a }}-{{ look }}.png"'
    )


def test_an_unquoted_template_with_quotes_in_it_gets_the_other_kind() -> None:
    assert str(fault('image: {{ sku["image"] }}\n')) == (
        "p.yaml:1:8: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        '  1 | image: {{ sku["image"] }}\n'
        "    |        ^^^^^^^^^^^^^^^^^^\n"
        "  help: quote the template: image: '{{ sku[\"image\"] }}'"
    )


def test_an_unquoted_template_with_both_quotes_is_escaped() -> None:
    assert str(fault("image: {{ sku[\"image\"] ~ 'x' }}\n")) == (
        "p.yaml:1:8: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | image: {{ sku[\"image\"] ~ 'x' }}\n"
        "    |        ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: image: "{{ sku[\\"image\\"] ~ \'x\' }}"'
    )


def test_an_unquoted_template_over_two_lines() -> None:
    assert str(fault("image: {{ sku\n  .image }} x\nb: 1\n")) == (
        "p.yaml:1:8: error: a value that starts with `{{` must be quoted [unquoted-template]\n"
        "  1 | image: {{ sku\n"
        "    |        ^^^^^^\n"
        "  help: quote the template"
    )


def test_an_unquoted_statement() -> None:
    assert str(fault("image: {% if x %}a{% endif %}\n")) == (
        "p.yaml:1:8: error: a value that starts with `{%` must be quoted [unquoted-template]\n"
        "  1 | image: {% if x %}a{% endif %}\n"
        "    |        ^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the template: image: "{% if x %}a{% endif %}"'
    )


def test_duplicate_keys_are_all_reported() -> None:
    assert str(fault("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\na: 4\n")) == (
        "p.yaml:3:1: error: `a` is written twice [duplicate-key]\n"
        "  3 | a: 3\n"
        "    | ^\n"
        "  see also p.yaml:1:1\n"
        "p.yaml:4:11: error: `d` is written twice [duplicate-key]\n"
        "  4 | c: {d: 1, d: 2}\n"
        "    |           ^\n"
        "  see also p.yaml:4:5\n"
        "p.yaml:5:1: error: `a` is written twice [duplicate-key]\n"
        "  5 | a: 4\n"
        "    | ^\n"
        "  see also p.yaml:1:1"
    )


def test_a_tag() -> None:
    assert str(fault("a: !!str 1\nb: !mine {c: 1}\nc: !x [1]\n")) == (
        "p.yaml:1:4: error: tags are not allowed [tag]\n"
        "  1 | a: !!str 1\n"
        "    |    ^^^^^^^\n"
        "  help: quote the value if it starts with `!`\n"
        "p.yaml:2:4: error: tags are not allowed [tag]\n"
        "  2 | b: !mine {c: 1}\n"
        "    |    ^^^^^^^\n"
        "  help: quote the value if it starts with `!`\n"
        "p.yaml:3:4: error: tags are not allowed [tag]\n"
        "  3 | c: !x [1]\n"
        "    |    ^^^^\n"
        "  help: quote the value if it starts with `!`"
    )


def test_a_tag_of_a_handle_that_is_not_declared() -> None:
    assert str(fault("a: !e!x 1\n")) == (
        "p.yaml:1:4: error: tags are not allowed [tag]\n"
        "  1 | a: !e!x 1\n"
        "    |    ^\n"
        "  help: quote the value if it starts with `!`"
    )


def test_a_merge_key() -> None:
    assert str(fault("a: &x {b: 1}\nc:\n  <<: *x\n")) == (
        "p.yaml:3:3: error: merge keys (`<<`) are not allowed [merge-key]\n"
        "  3 |   <<: *x\n"
        "    |   ^^\n"
        "  help: write the keys out, or use an alias for a whole value"
    )


def test_a_null_key() -> None:
    assert str(fault("~: 1\nnull: 2\n: 3\n")) == (
        "p.yaml:1:1: error: a key can't be null [bad-key]\n"
        "  1 | ~: 1\n"
        "    | ^\n"
        "  help: quote it if it is a name\n"
        "p.yaml:2:1: error: a key can't be null [bad-key]\n"
        "  2 | null: 2\n"
        "    | ^^^^\n"
        "  help: quote it if it is a name\n"
        "p.yaml:3:1: error: this line is not part of the mapping above it [syntax]\n"
        "  3 | : 3\n"
        "    | ^\n"
        "  help: entries of one mapping or list start in the same column"
    )


def test_a_list_as_a_key() -> None:
    assert str(fault("? [a, b]\n: 1\n")) == (
        "p.yaml:1:3: error: a key must be text, not a list or mapping [bad-key]\n  1 | ? [a, b]\n    |   ^"
    )


def test_an_alias_as_a_key() -> None:
    assert str(fault("a: &x b\n*x : 1\n")) == (
        "p.yaml:2:1: error: an alias can't be a key [bad-key]\n  2 | *x : 1\n    | ^^\n  help: write the key out"
    )


def test_an_anchor_that_is_not_there() -> None:
    assert str(fault("a: &here 1\nb: *hree\n")) == (
        "p.yaml:2:4: error: there is no anchor `hree` above [unknown-alias]\n"
        "  2 | b: *hree\n"
        "    |    ^^^^^\n"
        "  help: did you mean `here`?"
    )


def test_an_anchor_that_is_not_there_at_all() -> None:
    assert str(fault("a: *x\n")) == (
        "p.yaml:1:4: error: there is no anchor `x` above [unknown-alias]\n"
        "  1 | a: *x\n"
        "    |    ^^\n"
        "  help: quote the value if it starts with `*`"
    )


def test_an_anchor_that_holds_itself() -> None:
    assert str(fault("a: &x [1, *x]\n")) == (
        "p.yaml:1:11: error: the value of the anchor `x` can't hold itself [unknown-alias]\n"
        "  1 | a: &x [1, *x]\n"
        "    |           ^^"
    )


def test_a_second_document() -> None:
    assert str(fault("a: 1\n---\nb: 2\n")) == (
        "p.yaml:2:1: error: a second document starts here [several-documents]\n"
        "  2 | ---\n"
        "    | ^^^\n"
        "  help: keep one document in a file"
    )


def test_an_integer_too_large_to_be_kept() -> None:
    assert str(fault("id: 12345678901234567890\n")) == (
        "p.yaml:1:5: error: `12345678901234567890` is too large: an integer can be at most 9007199254740991"
        " [bad-number]\n"
        "  1 | id: 12345678901234567890\n"
        "    |     ^^^^^^^^^^^^^^^^^^^^\n"
        "  help: quote it if it is text"
    )


def test_a_number_too_large_to_be_kept() -> None:
    assert str(fault("x: -1e999\n")) == (
        "p.yaml:1:4: error: `-1e999` is too large: a number can be at most about 1.8e308 [bad-number]\n"
        "  1 | x: -1e999\n"
        "    |    ^^^^^^\n"
        "  help: quote it if it is text"
    )


def test_a_tab_as_indentation() -> None:
    assert str(fault("a:\n\tb: 1\n")) == (
        "p.yaml:2:1: error: a tab can't indent a line [syntax]\n  2 |  b: 1\n    | ^\n  help: indent with spaces"
    )


def test_a_colon_in_an_unquoted_text() -> None:
    assert str(fault("prompt: Slow dolly: the bottle  # in\n")) == (
        "p.yaml:1:9: error: a value that holds `: ` must be quoted [syntax]\n"
        "  1 | prompt: Slow dolly: the bottle  # in\n"
        "    |         ^^^^^^^^^^^^^^^^^^^^^^\n"
        '  help: quote the value: prompt: "Slow dolly: the bottle"'
    )
