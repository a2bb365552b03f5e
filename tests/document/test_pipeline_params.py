"""Params: types, bounds, and whose value counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet.document.model import Document, Param

Read = Callable[..., Document]
Refuse = Callable[..., str]

SECONDS = "params:\n  seconds: {type: integer, default: 5, minimum: 3, maximum: 15, description: Clip length}\n"
CHOICE = "params:\n  size: {enum: [small, large], default: small}\n"


def value(document: Document, name: str) -> object:
    return document.params[name].value


def facts(param: Param) -> tuple[object, ...]:
    return (param.type, param.value, param.default, param.minimum, param.maximum, param.enum, param.description)


def test_a_param_with_all_its_facts(sections: Read) -> None:
    param = sections(SECONDS).params["seconds"]
    assert facts(param) == ("integer", 5, 5, 3, 15, (), "Clip length")
    assert (param.name, str(param.span)) == ("seconds", "pipeline.yaml:4:12")


@pytest.mark.parametrize(
    ("written", "kind", "default"),
    [
        ("bottle", "text", "bottle"),
        ("5", "integer", 5),
        ("1.5", "number", 1.5),
        ("true", "boolean", True),
        ('"5"', "text", "5"),
    ],
)
def test_without_a_type_it_is_that_of_the_default(sections: Read, written: str, kind: str, default: object) -> None:
    for text in (f"params: {{a: {written}}}\n", f"params: {{a: {{default: {written}}}}}\n"):
        assert facts(sections(text).params["a"]) == (kind, default, default, None, None, (), None)


@pytest.mark.parametrize(
    ("declared", "given", "value_"),
    [
        ("text", "5", "5"),
        ("text", "", ""),
        ("integer", "-7", -7),
        ("number", "5", 5),
        ("number", "1e3", 1000.0),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("image", "a.png", "a.png"),
    ],
)
def test_a_text_of_the_command_line_is_read_as_the_params_type(
    sections: Read, declared: str, given: str, value_: object
) -> None:
    got = value(sections(f"params: {{a: {{type: {declared}}}}}\n", params={"a": given}), "a")
    assert got == value_
    assert type(got) is type(value_)


def test_a_value_of_the_command_line_may_have_its_type_already(sections: Read) -> None:
    assert value(sections(SECONDS, params={"seconds": 7}), "seconds") == 7


def test_the_default_stays_beside_the_value(sections: Read) -> None:
    assert facts(sections(SECONDS, params={"seconds": "7"}).params["seconds"])[1:3] == (7, 5)


def test_the_command_line_comes_after_the_file_and_the_file_after_the_profile(sections: Read, tmp_path: Path) -> None:
    text = "params: {a: 1, b: 1, c: 1, d: 1}\nprofiles: {p: {params: {b: 2, c: 2, d: 2}}}\n"
    path = tmp_path / "params.yaml"
    path.write_text("c: 3\nd: 3\n", encoding="utf-8")
    document = sections(text, profile="p", params_file=path, params={"d": "4"})
    assert {name: param.value for name, param in document.params.items()} == {"a": 1, "b": 2, "c": 3, "d": 4}


def test_a_null_default_is_a_value(sections: Read) -> None:
    assert facts(sections("params: {voice: {type: audio, default: null}}\n").params["voice"])[:3] == (
        "audio",
        None,
        None,
    )


def test_a_param_without_default_must_be_given(refused: Refuse) -> None:
    assert refused("params:\n  product: {type: text}\n") == (
        "pipeline.yaml:4:12: error: param `product` has no value [missing-param]\n"
        "  4 |   product: {type: text}\n"
        "    |            ^^^^^^^^^^^^\n"
        "  help: give it one with `--param product=VALUE`, or write a `default`"
    )


def test_a_param_without_default_may_be_given(sections: Read) -> None:
    assert value(sections("params: {product: {type: text}}\n", params={"product": "x"}), "product") == "x"


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        (SECONDS, "99", "`--param seconds=99`: must be at most 15 [out-of-range]"),
        (SECONDS, "2", "`--param seconds=2`: must be at least 3 [out-of-range]"),
        (SECONDS, "1.5", "`--param seconds=1.5`: must be an integer [wrong-type]"),
        (SECONDS, "five", "`--param seconds=five`: must be an integer [wrong-type]"),
        (SECONDS, "", "`--param seconds=`: must be an integer [wrong-type]"),
        (SECONDS, "99999999999999999999", "`--param seconds=99999999999999999999`: must be an integer [wrong-type]"),
        (CHOICE, "huge", "`--param size=huge`: must be one of `small`, `large` [not-allowed]"),
        ("params: {size: true}\n", "yes", "`--param size=yes`: must be `true` or `false` [wrong-type]"),
    ],
)
def test_a_wrong_value_of_the_command_line_names_the_option(
    refused: Refuse, text: str, given: str, message: str
) -> None:
    name = "seconds" if text is SECONDS else "size"
    assert refused(text, params={name: given}) == f"error: {message}"


def test_an_unknown_param_of_the_command_line(refused: Refuse) -> None:
    assert refused(SECONDS, params={"secnds": "4"}) == (
        "error: `--param secnds=4`: there is no param `secnds` [unknown-param]\n  help: did you mean `seconds`?"
    )


def test_a_params_file_is_checked_in_its_own_lines(refused: Refuse, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("seconds: '5'\nsecnds: 4\n", encoding="utf-8")
    assert refused(SECONDS, params_file=path) == (
        f"{path}:1:10: error: param `seconds` must be an integer, not text [wrong-type]\n"
        "  1 | seconds: '5'\n"
        "    |          ^^^\n"
        f"{path}:2:1: error: there is no param `secnds` [unknown-param]\n"
        "  2 | secnds: 4\n"
        "    | ^^^^^^\n"
        "  help: did you mean `seconds`?"
    )


def test_a_params_file_holds_a_mapping(refused: Refuse, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("- 4\n", encoding="utf-8")
    assert refused(SECONDS, params_file=path) == (
        f"{path}:1:1: error: a params file must hold a mapping from params to values [wrong-type]\n  1 | - 4\n    | ^^^"
    )


def test_a_params_file_that_is_not_there(refused: Refuse, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    assert refused(SECONDS, params_file=path) == f"error: `{path}` can't be read: there is no such file [unreadable]"


@pytest.mark.parametrize(
    ("declaration", "column", "width", "message"),
    [
        ("~", 6, 1, "param `a` must be text, a number, a boolean or a mapping, not empty [wrong-type]"),
        ("[1]", 6, 3, "param `a` must be text, a number, a boolean or a mapping, not a list [wrong-type]"),
        ("{default: [1]}", 16, 3, "`default` must be text, a number or a boolean, not a list [wrong-type]"),
        ("{type: integer, default: 1.5}", 31, 3, "`default` must be an integer, not `1.5` [wrong-type]"),
        ("{type: image, default: 5}", 29, 1, "`default` must be the path or URL of an image, not `5` [wrong-type]"),
        ("{default: 2, minimum: 3}", 16, 1, "`default` must be at least 3, not `2` [out-of-range]"),
        ("{default: x, enum: [y, z]}", 16, 1, "`default` must be one of `y`, `z`, not `x` [not-allowed]"),
        (
            "{default: x, minimum: 3}",
            28,
            1,
            "`minimum` is only for the types `integer` and `number`, not `text` [bad-range]",
        ),
        ("{default: 2, minimum: 3, maximum: 1}", 28, 1, "`minimum` is larger than `maximum` [bad-range]"),
        ("{default: x, enum: [x, 4]}", 29, 1, "a value of `enum` must be text, not `4` [wrong-type]"),
        ("{default: x, enum: []}", 25, 2, "`enum` must hold at least one value [wrong-type]"),
    ],
)
def test_a_declaration_that_is_wrong(refused: Refuse, declaration: str, column: int, width: int, message: str) -> None:
    text = refused(f"params:\n  a: {declaration}\n")
    rows = text.split("\n")
    assert rows[0] == f"pipeline.yaml:4:{column}: error: {message}"
    assert rows[1:3] == [f"  4 |   a: {declaration}", f"    | {' ' * (column - 1)}{'^' * width}"]


def test_a_misspelt_type_gets_the_nearest_right_one(refused: Refuse) -> None:
    assert refused("params: {a: {type: interger, default: x}}\n") == (
        "pipeline.yaml:3:20: error: `type` must be `text`, `integer`, `number`, `boolean`, `image`, `video` or `audio`,"
        " not text [wrong-type]\n"
        "  3 | params: {a: {type: interger, default: x}}\n"
        "    |                    ^^^^^^^^\n"
        "  help: did you mean `integer`?"
    )


def test_a_param_with_a_wrong_or_reserved_name(refused: Refuse) -> None:
    assert refused("params: {Product: x, text: y}\n") == (
        "pipeline.yaml:3:10: error: `Product` can't name a param: names are lower-case letters, digits and `_`,"
        " and start with a letter [bad-name]\n"
        "  3 | params: {Product: x, text: y}\n"
        "    |          ^^^^^^^\n"
        "  help: did you mean `product`?\n"
        "pipeline.yaml:3:22: error: `text` can't name a param: templates have it for something else [reserved-name]\n"
        "  3 | params: {Product: x, text: y}\n"
        "    |                      ^^^^"
    )
