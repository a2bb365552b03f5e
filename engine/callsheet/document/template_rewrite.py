"""Makes a parsed template safe to compile: refuses what isn't allowed, and puts our operations in place of Jinja's.

Every operation becomes a filter of the sandbox whose name starts with a dot, so that no template can write it. What
remains of Jinja in the compiled code is names, constants, lists, `and`/`or`/`not`, `if`, `for` and `set`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from jinja2 import Environment, nodes

from callsheet.document.record import Misuse
from callsheet.document.template_work import bounded_number
from callsheet.problems import nearest

_TAGS: Mapping[type[nodes.Node], str] = {
    nodes.Block: "block",
    nodes.CallBlock: "call",
    nodes.Extends: "extends",
    nodes.FilterBlock: "filter",
    nodes.FromImport: "from",
    nodes.Import: "import",
    nodes.Include: "include",
    nodes.Macro: "macro",
    nodes.Scope: "autoescape",
    nodes.With: "with",
}


class Rewriting:
    """One tree's rewriting. `output` is the operation for what it prints: `.print` into text, `.whole` as a value.

    Afterwards `loaded` and `stored` hold the names read and set, and `asked` the names written out after each of
    the names (`asked["nodes"] == {"hero"}`).
    """

    def __init__(self, environment: Environment, output: str) -> None:
        self.filters = environment.filters
        self.tests = environment.tests
        self.output = output
        self.loaded: set[str] = set()
        self.stored: set[str] = set()
        self.asked: dict[str, set[str]] = {}

    def visit(self, node: nodes.Node) -> Any:
        """The node to put in its place. Raises Misuse for what a template may not contain."""
        rewrite = _REWRITES.get(type(node))
        if rewrite is None:
            tag = _TAGS.get(type(node))
            _refuse(f"`{{% {tag} %}}` can't be used in a template" if tag else "the template uses what it may not")
        return rewrite(self, node)

    def _inside(self, node: nodes.Node) -> nodes.Node:
        """Rewrites what the node consists of."""
        for field, value in node.iter_fields():
            if isinstance(value, list):
                setattr(node, field, [self.visit(part) if isinstance(part, nodes.Node) else part for part in value])
            elif isinstance(value, nodes.Node):
                setattr(node, field, self.visit(value))
        return node

    def _output(self, node: nodes.Output) -> nodes.Node:
        for place, part in enumerate(node.nodes):
            if not isinstance(part, nodes.TemplateData):
                path = path_of(part)
                node.nodes[place] = _operation(self.output, self.visit(part), nodes.Const(path))
        return node

    def _name(self, node: nodes.Name) -> nodes.Node:
        if node.ctx == "load":
            if node.name == "self":
                _refuse("`self` can't be used in a template", needle="self")
            if node.name == "nodes":
                _refuse("`nodes` is followed by the name of a node", "write `nodes.NAME.video`", "nodes")
            self.loaded.add(node.name)
        else:
            if node.name in ("nodes", "params", "text", "loop", "self"):
                _refuse(f"`{node.name}` can't be set in a template", needle=node.name)
            self.stored.add(node.name)
        return node

    def _const(self, node: nodes.Const) -> nodes.Node:
        bounded_number(node.value)
        return node

    def _getattr(self, node: nodes.Getattr) -> nodes.Node:
        return self._look_up(".get", node.node, nodes.Const(node.attr))

    def _getitem(self, node: nodes.Getitem) -> nodes.Node:
        if isinstance(node.arg, nodes.Slice):
            bounds = (node.arg.start, node.arg.stop, node.arg.step)
            return _operation(".cut", self.visit(node.node), *map(self._optional, bounds))
        return self._look_up(".item", node.node, self.visit(node.arg))

    def _look_up(self, operation: str, owner: nodes.Expr, key: nodes.Expr) -> nodes.Node:
        path = path_of(owner)
        if isinstance(owner, nodes.Name) and isinstance(key, nodes.Const) and isinstance(key.value, str):
            self.asked.setdefault(owner.name, set()).add(key.value)
            if owner.name == "nodes":
                self.loaded.add("nodes")
                return _operation(operation, owner, key, nodes.Const(path))
        return _operation(operation, self.visit(owner), key, nodes.Const(path))

    def _optional(self, node: nodes.Expr | None) -> nodes.Expr:
        visited: nodes.Expr = nodes.Const(None) if node is None else self.visit(node)
        return visited

    def _call(self, node: nodes.Call) -> nodes.Node:
        self._check_arguments(node)
        target, path = self.visit(node.node), nodes.Const(path_of(node.node))
        arguments = [path, *map(self.visit, node.args)]
        return nodes.Filter(target, ".call", arguments, list(map(self.visit, node.kwargs)), None, None)

    def _filter(self, node: nodes.Filter) -> nodes.Node:
        self._check_arguments(node)
        self._check_name("filter", node, self.filters)
        return self._inside(node)

    def _test(self, node: nodes.Test) -> nodes.Node:
        self._check_arguments(node)
        self._check_name("test", node, self.tests)
        return self._inside(node)

    def _check_arguments(self, node: nodes.Call | nodes.Filter | nodes.Test) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            _refuse("arguments can't be unpacked with `*` in a template")

    def _check_name(self, sort: str, node: nodes.Filter | nodes.Test, known: Mapping[str, Any]) -> None:
        names = [name for name in known if name[0].isalpha()]
        if node.name not in names:
            raise Misuse("unknown-filter", f"there is no {sort} `{node.name}`", _near(node.name, names), node.name)
        given = {str(keyword.key): None for keyword in node.kwargs}
        try:
            inspect.signature(known[node.name]).bind(None, None, *node.args, **given)
        except TypeError:
            _refuse(f"the {sort} `{node.name}` is given the wrong arguments", needle=node.name)

    def _neg(self, node: nodes.Neg) -> nodes.Node:
        return _operation(".neg", self.visit(node.node))

    def _pos(self, node: nodes.Pos) -> nodes.Node:
        return _operation(".pos", self.visit(node.node))

    def _binary(self, node: nodes.BinExpr) -> nodes.Node:
        return _operation(f".{node.operator}", self.visit(node.left), self.visit(node.right))

    def _concat(self, node: nodes.Concat) -> nodes.Node:
        first, *rest = map(self.visit, node.nodes)
        return _operation(".~", first, *rest)

    def _compare(self, node: nodes.Compare) -> nodes.Node:
        left = self.visit(node.expr)
        result: nodes.Expr | None = None
        for operand in node.ops:
            right = self.visit(operand.expr)
            comparison = _operation(".compare", left, nodes.Const(operand.op), right)
            result = comparison if result is None else nodes.And(result, comparison)
            left = right
        return left if result is None else result

    def _cond_expr(self, node: nodes.CondExpr) -> nodes.Node:
        return nodes.CondExpr(self.visit(node.test), self.visit(node.expr1), self._optional(node.expr2))

    def _list(self, node: nodes.List | nodes.Tuple) -> nodes.Node:
        if isinstance(node, nodes.Tuple) and node.ctx == "store":
            return self._inside(node)
        node.items = [_operation(".some", self.visit(item)) for item in node.items]
        return node

    def _dict(self, node: nodes.Dict) -> nodes.Node:
        for pair in node.items:
            if not (isinstance(pair.key, nodes.Const) and isinstance(pair.key.value, str)):
                _refuse("the keys of a mapping in a template are quoted text")
            pair.value = _operation(".some", self.visit(pair.value))
        return node

    def _assign(self, node: nodes.Assign) -> nodes.Node:
        if not isinstance(node.target, nodes.Name):
            _refuse("`{% set %}` sets one name")
        return self._inside(node)

    def _assign_block(self, node: nodes.AssignBlock) -> nodes.Node:
        if not isinstance(node.target, nodes.Name) or node.filter is not None:
            _refuse("`{% set %}` sets one name")
        return self._inside(node)

    def _for(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            _refuse("`{% for %}` can't be recursive")
        width = 0
        if isinstance(node.target, nodes.Tuple):
            width = len(node.target.items)
            if not all(isinstance(target, nodes.Name) for target in node.target.items):
                _refuse("`{% for %}` sets plain names")
        weight = nodes.Const(1 + sum(map(_weight, [*node.body, *([node.test] if node.test else [])])))
        self._inside(node)
        node.iter = _operation(".each", node.iter, weight, nodes.Const(width))
        return node


_REWRITES: Mapping[type[nodes.Node], Callable[[Rewriting, Any], nodes.Node]] = {
    nodes.Assign: Rewriting._assign,
    nodes.AssignBlock: Rewriting._assign_block,
    nodes.Call: Rewriting._call,
    nodes.Compare: Rewriting._compare,
    nodes.Concat: Rewriting._concat,
    nodes.CondExpr: Rewriting._cond_expr,
    nodes.Const: Rewriting._const,
    nodes.Dict: Rewriting._dict,
    nodes.Filter: Rewriting._filter,
    nodes.For: Rewriting._for,
    nodes.Getattr: Rewriting._getattr,
    nodes.Getitem: Rewriting._getitem,
    nodes.List: Rewriting._list,
    nodes.Name: Rewriting._name,
    nodes.Neg: Rewriting._neg,
    nodes.Output: Rewriting._output,
    nodes.Pos: Rewriting._pos,
    nodes.Test: Rewriting._test,
    nodes.Tuple: Rewriting._list,
    **dict.fromkeys(
        (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), Rewriting._binary
    ),
    **dict.fromkeys(
        (nodes.And, nodes.If, nodes.Keyword, nodes.Not, nodes.Or, nodes.Template),
        Rewriting._inside,
    ),
    nodes.TemplateData: lambda rewriting, node: node,
}
"""Everything that a template may consist of."""


def path_of(node: nodes.Node) -> str | None:
    """How a chain of names is written, with dots: `params.product`; None for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = path_of(node.node)
        return owner and f"{owner}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        owner = path_of(node.node)
        return owner and f"{owner}.{node.arg.value}"
    return None


def _weight(node: nodes.Node) -> int:
    own = 1 + len(node.data) // 16 if isinstance(node, nodes.TemplateData) else 1
    return own + sum(map(_weight, node.iter_child_nodes()))


def _operation(name: str, value: Any, *arguments: Any) -> nodes.Filter:
    return nodes.Filter(value, name, list(arguments), [], None, None)


def _near(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, known)
    return near and f"did you mean `{near}`?"


def _refuse(message: str, hint: str | None = None, needle: str | None = None) -> NoReturn:
    raise Misuse("template-syntax", message, hint, needle)
