"""Whatever is written as a template, it renders within bounds or is an ordinary error."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet.document.item import Item
from callsheet.document.record import Absent, Record, TemplateFunction
from callsheet.document.template import compile_expression, compile_value
from callsheet.document.template_functions import FILTERS, TESTS, TEXT_METHODS
from callsheet.media.info import Artifact
from callsheet.problems import CallsheetError, SourceText, Span

SCOPE: dict[str, object] = {
    "params": Record(None, {"a": "text", "n": 5, "f": 1.5, "none": None, "t": True}),
    "look": Record("dawn", {"light": "warm", "nested": {"x": [1, {"y": "z"}]}}, 3),
    "xs": [1, 2.5, "s", None, True, [1], {"k": "v"}],
    "clip": Artifact("hero", "video", axes={"look": "dawn"}),
    "f": TemplateFunction("f", lambda x, y=1: x),
    "gone": Absent("it is gone"),
}

ATOMS = st.sampled_from(
    [
        "params.a", "params.n", "params.f", "params.none", "params.nope", "look", "look.light", "look.nested",
        "look.nested.x", "xs", "xs[0]", "xs[-1].k", "clip", "clip.axes.look", "f", "gone", "nope", "1", "0", "-3",
        "2.5", "'a'", "''", "true", "none", "[]", "{}", "{'a': 1}", "10**9", "'__class__'", "loop.index",
    ]
)  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "and", "or", "is"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(OPERATORS)
    tests = st.sampled_from(sorted([*TESTS, "defined", "undefined"]))
    filters = st.sampled_from(sorted([*FILTERS, "default", "map", "select", "reject", "selectattr", "rejectattr"]))
    methods = st.sampled_from(sorted([*TEXT_METHODS, "format", "__class__", "light", "k", "x"]))
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} is {})".format, inner, tests),
        st.builds("({} is {}({}))".format, inner, tests, inner),
        st.builds("{}|{}".format, inner, filters),
        st.builds("{}|{}({})".format, inner, filters, inner),
        st.builds("{}|{}({}, {})".format, inner, filters, inner, inner),
        st.builds("{}.{}".format, inner, methods),
        st.builds("{}.{}({})".format, inner, methods, inner),
        st.builds("f({}, y={})".format, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}[{}:{}]".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{'a': {}}}".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} if {})".format, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
    )


EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=12)
PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", " if ", " for x in xs ", " endfor ", " set y ", "'"]
    ),
    EXPRESSIONS,
    EXPRESSIONS.map("{{{{ {} }}}}".format),
    EXPRESSIONS.map("{{% if {} %}}a{{% endif %}}".format),
    EXPRESSIONS.map("{{% set y = {} %}}{{{{ y }}}}".format),
    st.builds("{{% for x in {} %}}{{{{ {} }}}}{{% endfor %}}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds(
        "{{% for x, y in {}|items if {} %}}{{{{ x }}}}{{% else %}}n{{% endfor %}}".format, EXPRESSIONS, EXPRESSIONS
    ),
)


def item(text: str) -> Item:
    source = SourceText("p.yaml", text)
    return Item(text, Span(source, 1, 1, len(source.lines), len(source.lines[-1]) + 1))


def is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(part) for key, part in value.items())
    return value is None or isinstance(value, str | int | float | Artifact)


def outcome(run: Callable[[], object]) -> object:
    """What came of it: the value, or the ordinary error that it ended in."""
    try:
        return run()
    except CallsheetError as error:
        return error


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=6).map("".join))
@example("{{ {}|unique }}")
@example("{{ {[1]: 2} }}")
@example("{% for x, y in xs %}{% endfor %}")
def test_random_template_text_renders_within_bounds_or_is_an_ordinary_error(text: str) -> None:
    value = outcome(lambda: compile_value(item(text)).render(SCOPE))
    if isinstance(value, CallsheetError):
        assert all(problem.span is not None for problem in value.problems)
        assert str(value)
    else:
        assert is_plain(value)
        assert not isinstance(value, str) or len(value) <= 100_000


@settings(max_examples=300)
@given(EXPRESSIONS)
def test_random_expressions_give_plain_values_or_are_ordinary_errors(text: str) -> None:
    value = outcome(lambda: compile_value(item(f"{{{{ {text} }}}}")).render(SCOPE))
    assert len(value.problems) == 1 if isinstance(value, CallsheetError) else is_plain(value)


@settings(max_examples=100)
@given(st.one_of(EXPRESSIONS, st.text(max_size=20)))
def test_a_random_condition_is_true_or_false_or_an_ordinary_error(text: str) -> None:
    value = outcome(lambda: compile_expression(item(text)).render_boolean(SCOPE))
    assert len(value.problems) == 1 if isinstance(value, CallsheetError) else value in (True, False)


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(exclude_characters="{"), max_size=40))
def test_text_without_marks_is_itself(text: str) -> None:
    assert compile_value(item(text)).render({}) == text


@settings(max_examples=100)
@given(st.one_of(st.text(), st.integers(-(2**53), 2**53), st.booleans(), st.floats(-1e300, 1e300)))
def test_any_param_comes_out_of_a_whole_value_as_it_is(value: object) -> None:
    result = compile_value(item("{{ params.v }}")).render({"params": Record(None, {"v": value})})
    assert result == value
    assert type(result) is type(value)
