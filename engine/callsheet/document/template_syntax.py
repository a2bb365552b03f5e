"""A template's text as a tree of allowed operations, and the names it uses.

Jinja's parser reads it, its complaints are put in words of our own, and template_rewrite makes it safe to compile.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, meta, nodes
from jinja2.parser import Parser

from callsheet.document.record import Misuse
from callsheet.document.template_rewrite import Rewriting

MAX_SOURCE = 20_000
"""Characters in the text of one template."""
MARKS = ("{{", "{%", "{#")


@dataclass(frozen=True, slots=True)
class Names:
    """What a template asks for: top-level names, and the names written out after `nodes.`, `params.` and `text.`."""

    free: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    params: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()


def read_template(environment: Environment, text: str) -> tuple[nodes.Template, Names, bool]:
    """The tree of a text with `{{ … }}` in it, its names, and whether it is exactly one `{{ … }}`. Raises Misuse."""
    tree = _parsed(lambda: environment.parse(text), text)
    output = tree.body[0] if len(tree.body) == 1 else None
    whole = (
        isinstance(output, nodes.Output)
        and len(output.nodes) == 1
        and not isinstance(output.nodes[0], nodes.TemplateData)
        and text.startswith("{{")
        and text.endswith("}}")
    )
    return *_bounded(environment, tree, ".whole" if whole else ".print"), whole


def read_expression(environment: Environment, text: str) -> tuple[nodes.Template, Names]:
    """The tree of a bare expression, such as `language == 'en'`, and its names. Raises Misuse."""

    def parse() -> nodes.Template:
        parser = Parser(environment, text, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError(f"expected token 'end of print statement', got '{parser.stream.current}'", 1)
        return nodes.Template([nodes.Output([expression], lineno=1)], lineno=1)

    return _bounded(environment, _parsed(parse, text), ".whole")


def _parsed(parse: Callable[[], nodes.Template], text: str) -> nodes.Template:
    if len(text) > MAX_SOURCE:
        raise Misuse("template-bounds", f"a template is at most {MAX_SOURCE:,} characters long")
    try:
        return parse()
    except TemplateSyntaxError as error:
        raise _syntax_fault(error.message or "") from None
    except RecursionError:
        raise Misuse("template-bounds", "the template is nested too deeply") from None
    except ValueError:
        raise Misuse("template-bounds", "a number in the template is too large") from None


def _bounded(environment: Environment, tree: nodes.Template, output: str) -> tuple[nodes.Template, Names]:
    rewriting = Rewriting(environment, output)
    try:
        bounded = rewriting.visit(tree)
        bounded.set_environment(environment)
        free = meta.find_undeclared_variables(bounded) if rewriting.stored else rewriting.loaded
    except RecursionError:
        raise Misuse("template-bounds", "the template is nested too deeply") from None
    asked = {name: frozenset(rewriting.asked.get(name, ())) for name in ("nodes", "params", "text")}
    return bounded, Names(frozenset(free), asked["nodes"], asked["params"], asked["text"])


_SYNTAX = (
    (r"Encountered unknown tag '(end\w+|el\w+)'", "`{{% {0} %}}` closes nothing here", None),
    (
        r"Encountered unknown tag '(\w+)'",
        "`{{% {0} %}}` can't be used in a template",
        "there are `if`, `for`, `set` and `raw`",
    ),
    (r"innermost block that needs to be closed is '(\w+)'", "`{{% {0} %}}` is never closed", "add `{{% end{0} %}}`"),
    (
        r"Missing end of comment",
        "`{{#` begins a comment that is never closed",
        "write `{{{{ '{{#' }}}}` for the characters",
    ),
    (r"Missing end of raw", "`{{% raw %}}` is never closed", "add `{{% endraw %}}`"),
    (r"""unexpected char (?:"'"|'"')""", "a quoted text in the template is never closed", None),
    (r"unexpected char '(.)'", "`{0}` can't stand in a template", None),
    (r"Expected an expression, got '?end of", "a value is missing between the braces", None),
    (
        r"got 'end of|unexpected '?end of|tag name expected",
        "the template ends too early",
        "close it with `}}}}` or `%}}`",
    ),
    (r"expected token 'end of [^']*', got '(.+?)'", "`{0}` is out of place in the template", None),
    (r"unexpected '(.+?)', expected '(.+?)'", "`{0}` stands where `{1}` was expected", None),
    (r"unexpected '(.+?)'", "`{0}` is out of place in the template", None),
)


def _syntax_fault(message: str) -> Misuse:
    """The parser's complaint in words of our own."""
    for pattern, words, hint in _SYNTAX:
        found = re.search(pattern, message)
        if found:
            said = words.format(*found.groups())
            return Misuse("template-syntax", said, hint and hint.format(*found.groups()))
    return Misuse("template-syntax", "the template can't be read", "a value is written `{{ params.name }}`")
